"""Buckets that have other names at the upstream, or are parts of buckets there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient

from double.control import Control
from gateway.gateways import Gateway
from support.plain_http import send
from support.s3 import Upload, client, new_bucket, read, refused
from support.server import Server, serve_and_wait


@pytest.fixture(scope="module")
def there(direct: BaseClient) -> str:
    """The upstream's bucket, with a neighbour of the prefix in it."""
    name = new_bucket(direct)
    direct.put_object(Bucket=name, Key="other/secret", Body=b"a neighbour's")
    return name


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory, engine: Server, there: str) -> Iterator[Gateway]:
    with Gateway(tmp_path_factory.mktemp("mapped"), engine.url, "--upstream-bucket", f"films={there}/dev/<&>/",
                 "--upstream-bucket", f"whole={there}") as running:
        yield running


@pytest.fixture(scope="module")
def films(mapped: Gateway) -> BaseClient:
    return client(mapped)


PREFIX = "dev/<&>/"


def test_keys_begin_with_the_prefix_there_and_not_here(films: BaseClient, direct: BaseClient, there: str) -> None:
    films.put_object(Bucket="films", Key="a & b", Body=b"x")
    assert read(direct, there, PREFIX + "a & b") == b"x" == read(films, "films", "a & b")
    assert "a & b" in [entry["Key"] for entry in films.list_objects_v2(Bucket="films")["Contents"]]
    assert read(films, "whole", PREFIX + "a & b") == b"x"
    with refused("NoSuchKey") as error:
        films.get_object(Bucket="films", Key="none")
    assert error["Key"] == "none"
    with refused("NoSuchKey"):
        films.get_object(Bucket="films", Key="../other/secret")


def keys(listing: dict) -> list[str]:
    return [entry["Key"] for entry in listing.get("Contents", [])]


@pytest.mark.parametrize("encoding", [{}, {"EncodingType": "url"}])
def test_listings_name_what_is_below_the_prefix(films: BaseClient, encoding: dict[str, str]) -> None:
    for key in ("list/a", "list/b/1", "list/b/2", "list/c d"):
        films.put_object(Bucket="films", Key=key, Body=b"x")
    page = films.list_objects_v2(Bucket="films", Prefix="list/", Delimiter="/", **encoding)
    space = "+" if encoding else " "  # the client decodes only what it asked for by itself
    assert [key.replace("%20", "+") for key in keys(page)] in (["list/a", f"list/c{space}d"], ["list/a", "list/c d"])
    assert page["CommonPrefixes"] == [{"Prefix": "list/b/"}]
    assert (page["Prefix"], page["Name"]) == ("list/", "films")
    first = films.list_objects_v2(Bucket="films", Prefix="list/", MaxKeys=2, **encoding)
    second = films.list_objects_v2(Bucket="films", Prefix="list/", ContinuationToken=first["NextContinuationToken"])
    assert keys(first) == ["list/a", "list/b/1"] and keys(second) == ["list/b/2", "list/c d"]
    after = films.list_objects_v2(Bucket="films", Prefix="list/", StartAfter="list/b/1")
    assert (keys(after), after["StartAfter"]) == (["list/b/2", "list/c d"], "list/b/1")


def test_the_first_listing_s_markers(films: BaseClient) -> None:
    for key in ("v1/a", "v1/b", "v1/c"):
        films.put_object(Bucket="films", Key=key, Body=b"x")
    first = films.list_objects(Bucket="films", Prefix="v1/", Delimiter="!", MaxKeys=1)
    assert (keys(first), first["NextMarker"]) == (["v1/a"], "v1/a")
    rest = films.list_objects(Bucket="films", Prefix="v1/", Marker=first["NextMarker"])
    assert (keys(rest), rest["Marker"]) == (["v1/b", "v1/c"], "v1/a")
    assert films.list_objects(Bucket="films", Prefix="v1/")["Marker"] == ""


def test_versions_and_deletions(films: BaseClient, direct: BaseClient, there: str) -> None:
    films.put_object(Bucket="films", Key="gone/1", Body=b"x")
    films.put_object(Bucket="films", Key="gone/2", Body=b"x")
    listed = films.list_object_versions(Bucket="films", Prefix="gone/")
    assert [(entry["Key"]) for entry in listed["Versions"]] == ["gone/1", "gone/2"]
    deleted = films.delete_objects(Bucket="films", Delete={"Objects": [{"Key": "gone/1"}, {"Key": "gone/2"}]})
    assert sorted(entry["Key"] for entry in deleted["Deleted"]) == ["gone/1", "gone/2"]
    assert "Contents" not in direct.list_objects_v2(Bucket=there, Prefix=PREFIX + "gone/")
    assert read(direct, there, "other/secret") == b"a neighbour's"


def test_uploads_name_bucket_and_key_as_the_client_does(films: BaseClient, mapped: Gateway, direct: BaseClient,
                                                        there: str) -> None:
    upload = Upload(films, "films", "up/a")
    assert (upload.created["Bucket"], upload.created["Key"]) == ("films", "up/a")
    upload.put(1, b"x")
    listed = films.list_multipart_uploads(Bucket="films", Prefix="up/")
    assert (listed["Bucket"], listed["Prefix"], [one["Key"] for one in listed["Uploads"]]) == ("films", "up/", ["up/a"])
    parts = films.list_parts(**upload.at)
    assert (parts["Bucket"], parts["Key"]) == ("films", "up/a")
    done = upload.complete()
    assert (done["Bucket"], done["Key"]) == ("films", "up/a")
    assert done["Location"] == f"{mapped.url}/films/up%2Fa"
    assert read(direct, there, PREFIX + "up/a") == b"x"


def test_copies_name_their_source_as_the_client_does(films: BaseClient) -> None:
    films.put_object(Bucket="films", Key="from", Body=b"x")
    films.copy_object(Bucket="films", Key="to", CopySource={"Bucket": "films", "Key": "from"})
    films.copy_object(Bucket="whole", Key="to", CopySource="films/from")
    assert read(films, "films", "to") == read(films, "whole", "to") == b"x"
    with refused("NoSuchBucket"):
        films.copy_object(Bucket="films", Key="to", CopySource="elsewhere/from")


def test_other_buckets_are_not_there(films: BaseClient, there: str) -> None:
    names = [bucket["Name"] for bucket in films.list_buckets()["Buckets"]]
    assert sorted(names) == ["films", "whole"]
    with refused("NoSuchBucket"):
        films.list_objects_v2(Bucket=there)
    with refused("AccessDenied"):
        films.create_bucket(Bucket="elsewhere")


def test_a_part_of_a_bucket_has_no_configuration(films: BaseClient) -> None:
    with refused("NotImplemented"):
        films.put_bucket_versioning(Bucket="films", VersioningConfiguration={"Status": "Enabled"})
    with refused("NotImplemented"):
        films.delete_bucket(Bucket="films")
    films.head_bucket(Bucket="films")
    assert "LocationConstraint" in films.get_bucket_location(Bucket="films")
    films.put_bucket_tagging(Bucket="whole", Tagging={"TagSet": [{"Key": "Key", "Value": "dev/a"}]})
    assert films.get_bucket_tagging(Bucket="whole")["TagSet"] == [{"Key": "Key", "Value": "dev/a"}]


def test_a_star_stands_for_the_rest_of_the_names(tmp_path: Path, engine: Server, direct: BaseClient) -> None:
    with Gateway(tmp_path / "g", engine.url, "--upstream-bucket", "*=team-*") as gateway:
        s3 = client(gateway)
        answer = s3.create_bucket(Bucket="star-films")
        assert answer["Location"] == "/star-films"
        s3.put_object(Bucket="star-films", Key="a", Body=b"x")
        assert read(direct, "team-star-films", "a") == b"x"
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["star-films"]
        with refused("NoSuchBucket") as error:
            s3.list_objects_v2(Bucket="star-none")
        assert error["BucketName"] == "star-none"


def test_worlds_are_prefixes_of_names(tmp_path: Path, engine: Server, direct: BaseClient) -> None:
    with Gateway(tmp_path / "g", engine.url, "--world-per-access-key") as gateway:
        first, second = (client(gateway, access_key=key) for key in ("worker-1", "worker-2"))
        first.create_bucket(Bucket="world-films")
        first.put_object(Bucket="world-films", Key="a", Body=b"first")
        assert second.list_buckets()["Buckets"] == []
        second.create_bucket(Bucket="world-films")
        second.put_object(Bucket="world-films", Key="a", Body=b"second")
        assert read(first, "world-films", "a") == b"first"
        names = [bucket["Name"] for bucket in direct.list_buckets()["Buckets"]]
        assert sum(name.endswith("-world-films") for name in names) == 2
        Control(gateway, world="worker-1").add({"type": "error", "code": "SlowDown"})
        assert read(second, "world-films", "a") == b"second"
        assert send("GET", f"{gateway.url}/world-films/a").error()["Code"] == "AccessDenied"


@pytest.mark.parametrize("wrong", ["films", "films=", "*=one", "one=*", "films=NO", "a**=b*"])
def test_a_map_that_is_none_is_told(wrong: str) -> None:
    ended = serve_and_wait("--upstream", "http://127.0.0.1:1", "--upstream-access-key", "a", "--upstream-secret-key", "b",
                           "--upstream-bucket", wrong)
    assert ended.returncode == 1 and ended.stderr.count("\n") == 1, ended.stderr
    assert "--upstream-bucket" in ended.stderr and "films=prod-films/dev/" in ended.stderr
