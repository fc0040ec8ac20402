"""Worlds of access keys: apart from each other, emptied, removed, kept and put back."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from botocore.client import BaseClient

from double.control import Control, Refused
from support.s3 import Upload, client, refused
from support.server import Server, serve_and_wait

FILM = {"Bucket": "films", "Key": "a.mp4"}


def test_each_access_key_has_a_world_of_its_own(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--world-per-access-key") as server:
        first, second = (client(server, access_key=key) for key in ("worker-1", "worker-2"))
        first.create_bucket(Bucket="films")
        first.put_object(**FILM, Body=b"first")
        assert second.list_buckets()["Buckets"] == []
        second.create_bucket(Bucket="films")
        second.put_object(**FILM, Body=b"second")
        assert first.get_object(**FILM)["Body"].read() == b"first"
        assert set(Control(server).ask("GET", "v1/worlds")["worlds"]) == {"worker-1", "worker-2"}


def test_faults_clock_and_journal_are_of_one_world(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--world-per-access-key") as server:
        s3 = {key: client(server, access_key=key, retries={"total_max_attempts": 1}) for key in ("a", "b")}
        for one in s3.values():
            one.create_bucket(Bucket="films")
        of_a, of_b = (Control(server, world=key) for key in ("a", "b"))
        of_a.preset("slow-down")
        of_a.add({"type": "error", "code": "SlowDown"}, name="always")
        of_a.clock(set="2030-01-01T00:00:00Z")
        with refused("SlowDown"):
            s3["a"].list_buckets()
        answer = s3["b"].list_buckets()
        assert "2030" not in answer["ResponseMetadata"]["HTTPHeaders"]["date"]
        assert [entry["status"] for entry in of_a.journal(operation="ListBuckets")] == [503]
        assert [entry["status"] for entry in of_b.journal(operation="ListBuckets")] == [200]


def test_an_unverified_key_makes_no_world(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--world-per-access-key") as server:
        with refused("SignatureDoesNotMatch"):
            client(server, access_key="stranger", secret_key="wrong").list_buckets()
        assert Control(server).ask("GET", "v1/worlds")["worlds"] == []


def test_more_worlds_than_are_open_keep_their_data(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--world-per-access-key") as server:
        keys = [f"worker-{number}" for number in range(40)]
        for key in keys:
            client(server, access_key=key).create_bucket(Bucket=f"of-{key}")
        for key in keys:
            buckets = client(server, access_key=key).list_buckets()["Buckets"]
            assert [bucket["Name"] for bucket in buckets] == [f"of-{key}"]
        threads = len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))
        assert threads < 40 + 60


def test_a_reset_empties_a_world(doubled: Server, control: Control, once: BaseClient) -> None:
    once.put_bucket_versioning(Bucket="films", VersioningConfiguration={"Status": "Enabled"})
    for _ in range(3):
        once.put_object(**FILM, Body=b"x")
    once.delete_object(**FILM)
    Upload(once, "films", "b.mp4").put(1, b"x")
    control.preset("lost-complete")
    control.clock(advance="1d")
    control.ask("POST", "v1/reset")
    assert once.list_buckets()["Buckets"] == []
    assert control.rules() == {}
    assert [entry["operation"] for entry in control.journal()] == ["ListBuckets"]
    clock = control.clock()
    shown, real = (datetime.datetime.fromisoformat(clock[name]) for name in ("now", "real"))
    assert abs((shown - real).total_seconds()) < 60


def test_a_removed_world_is_empty_when_its_key_is_used_again(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--world-per-access-key") as server:
        worker = client(server, access_key="worker-1")
        worker.create_bucket(Bucket="films")
        control, of_world = Control(server), Control(server, world="worker-1")
        of_world.preset("slow-down")
        of_world.ask("PUT", "v1/snapshots/one")
        control.ask("DELETE", "v1/worlds/worker-1")
        assert control.ask("GET", "v1/worlds")["worlds"] == []
        with pytest.raises(Refused) as caught:
            control.ask("DELETE", "v1/worlds/worker-1")
        assert caught.value.status == 404
        assert worker.list_buckets()["Buckets"] == []
        assert of_world.rules() == {}
        assert of_world.ask("GET", "v1/snapshots")["snapshots"] == []


def test_each_new_world_begins_with_the_buckets_and_the_data_that_were_asked_for(tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text(json.dumps({"buckets": {"seeded": {"objects": [{"key": "k", "body": "text"}]}}}))
    with Server(tmp_path / "s", "--world-per-access-key", "--bucket", "films", "--seed", str(tmp_path / "seed.json")) as server:
        for key in ("a", "b"):
            worker = client(server, access_key=key)
            assert worker.get_object(Bucket="seeded", Key="k")["Body"].read() == b"text"
            worker.delete_bucket(Bucket="films")
        for number in range(40):  # so many that the first is closed, and opened again
            client(server, access_key=f"other-{number}").list_buckets()
        assert [bucket["Name"] for bucket in client(server, access_key="a").list_buckets()["Buckets"]] == ["seeded"]


class TestSnapshots:
    def test_what_was_there_is_there_again(self, control: Control, once: BaseClient) -> None:
        once.put_bucket_versioning(Bucket="films", VersioningConfiguration={"Status": "Enabled"})
        version = once.put_object(**FILM, Body=b"first", Metadata={"by": "me"})["VersionId"]
        made = Upload(once, "films", "b.mp4")
        made.put(1, b"part")
        control.ask("PUT", "v1/snapshots/seeded")
        once.put_object(**FILM, Body=b"second")
        made.complete()
        once.create_bucket(Bucket="another")
        control.preset("slow-down")
        control.clock(advance="1d")
        control.ask("POST", "v1/snapshots/seeded/restore")
        assert control.rules() == {}
        assert control.journal() == []
        seen = once.get_object(**FILM)
        assert (seen["Body"].read(), seen["VersionId"], seen["Metadata"]) == (b"first", version, {"by": "me"})
        assert [bucket["Name"] for bucket in once.list_buckets()["Buckets"]] == ["films"]
        made.complete()
        assert once.get_object(Bucket="films", Key="b.mp4")["Body"].read() == b"part"

    def test_a_world_has_snapshots_of_its_own(self, tmp_path: Path) -> None:
        with Server(tmp_path / "s", "--world-per-access-key", "--bucket", "films") as server:
            s3 = {key: client(server, access_key=key) for key in ("a", "b")}
            for key, one in s3.items():
                one.put_object(**FILM, Body=key.encode())
            Control(server, world="a").ask("PUT", "v1/snapshots/s")
            assert Control(server, world="b").ask("GET", "v1/snapshots")["snapshots"] == []
            for one in s3.values():
                one.put_object(**FILM, Body=b"changed")
            Control(server, world="a").ask("POST", "v1/snapshots/s/restore")
            assert s3["a"].get_object(**FILM)["Body"].read() == b"a"
            assert s3["b"].get_object(**FILM)["Body"].read() == b"changed"

    def test_they_survive_a_kill(self, tmp_path: Path) -> None:
        with Server(tmp_path / "s", "--bucket", "films", data=tmp_path / "data") as server:
            client(server).put_object(**FILM, Body=b"x" * 100_000)
            Control(server).ask("PUT", "v1/snapshots/s")
            client(server).delete_object(**FILM)
            server.kill()
        with Server(tmp_path / "s", data=tmp_path / "data") as server:
            assert [one["name"] for one in Control(server).ask("GET", "v1/snapshots")["snapshots"]] == ["s"]
            Control(server).ask("POST", "v1/snapshots/s/restore")
            assert client(server).get_object(**FILM)["Body"].read() == b"x" * 100_000

    @pytest.mark.parametrize(("method", "path", "status"), [
        ("POST", "v1/snapshots/none/restore", 404), ("DELETE", "v1/snapshots/none", 404), ("PUT", "v1/snapshots/a%20b", 400),
        ("PUT", "v1/snapshots/a%2Fb", 400), ("PUT", "v1/snapshots/" + "x" * 101, 400), ("GET", "v1/snapshots/one", 405)])
    def test_what_can_t_be_done_is_refused(self, method: str, path: str, status: int, control: Control) -> None:
        with pytest.raises(Refused) as caught:
            control.ask(method, path)
        assert caught.value.status == status
