"""All listings against a plain model of them: random keys, random parameters, pages followed to the end. Seeded."""

from __future__ import annotations

import random
import urllib.parse
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from botocore.client import BaseClient
from support.s3 import new_bucket

from raw import NAMESPACE, Raw, listed

SEEDS = range(4)
LISTINGS_OF_A_SEED = 15
PIECES = ["a", "b", "aa", "a/", "b/", "//", "-", "--", "%2F", "+", " ", "ä", "é", "日", "😀", "\x7f", "=", "&", "~", ".", "Z", "0"]
DELIMITERS = ["", "", "/", "/", "-", "--", "a", "ä", "日", "//", "b/", "%", " ", "#"]


@dataclass(frozen=True)
class Question:
    prefix: str
    delimiter: str
    after: str
    limit: int


def random_text(chance: random.Random, most: int) -> str:
    return "".join(chance.choices(PIECES, k=chance.randint(1, most)))


def random_question(chance: random.Random, keys: list[str]) -> Question:
    prefix = chance.choice(["", "", chance.choice(keys)[:chance.randint(0, 4)], random_text(chance, 2)])
    after = chance.choice(["", "", chance.choice(keys), random_text(chance, 3), prefix])
    return Question(prefix, chance.choice(DELIMITERS), after, chance.choice([1, 2, 3, 7, 1000]))


def bytes_of(text: str) -> bytes:
    return text.encode()


def model(keys: list[str], asked: Question) -> list[str]:
    """What a listing gives in all its pages: keys and groups behind the marker, in the order of their bytes. A group that
    holds the marker begins before it, and so has been passed."""

    def entry(key: str) -> str:
        at = key.find(asked.delimiter, len(asked.prefix)) if asked.delimiter else -1
        return key if at < 0 else key[:at + len(asked.delimiter)]

    entries = {entry(key) for key in keys if key.startswith(asked.prefix)}
    return sorted((name for name in entries if bytes_of(name) > bytes_of(asked.after)), key=bytes_of)


def plain(text: str | None) -> str:
    """Undoes encoding-type=url."""
    return urllib.parse.unquote_plus(text or "")


def query_of(parameters: Mapping[str, object]) -> str:
    """A space is %20: a plus sign is itself to the tests' requests."""
    return urllib.parse.urlencode(parameters, quote_via=urllib.parse.quote)


class Pages:
    """One listing, page by page."""

    def __init__(self, raw: Raw, bucket: str, kind: str, asked: Question):
        self.raw = raw
        self.bucket = bucket
        self.kind = kind
        self.asked = asked

    def parameters(self, cursor: dict[str, str]) -> dict[str, str]:
        kind, asked = self.kind, self.asked
        base = {"V1": {}, "V2": {"list-type": "2"}, "versions": {"versions": ""}, "uploads": {"uploads": ""}}[kind]
        names = {"prefix": asked.prefix, "delimiter": asked.delimiter, "encoding-type": "url",
                 "max-uploads" if kind == "uploads" else "max-keys": str(asked.limit)}
        first = {"V1": "marker", "V2": "start-after", "versions": "key-marker", "uploads": "key-marker"}[kind]
        return {**base, **names, **(cursor or ({first: asked.after} if asked.after else {}))}

    def cursor(self, root: ElementTree.Element, entries: list[str]) -> dict[str, str]:
        def text(name: str) -> str:
            return root.findtext(NAMESPACE + name) or ""

        if self.kind == "V2":
            return {"continuation-token": text("NextContinuationToken")}
        if self.kind == "V1":
            last = plain(text("NextMarker"))
            assert bool(last) == bool(self.asked.delimiter)
            return {"marker": last or entries[-1]}
        if self.kind == "versions":
            version = text("NextVersionIdMarker")
            return {"key-marker": plain(text("NextKeyMarker"))} | ({"version-id-marker": version} if version else {})
        key, upload = plain(text("NextKeyMarker")), text("NextUploadIdMarker")
        # Behind a common prefix Amazon S3 names nothing (recorded): a client goes on behind the last entry.
        return {"key-marker": key, "upload-id-marker": upload} if key else {"key-marker": entries[-1]}

    def all(self) -> list[str]:
        every: list[str] = []
        cursor: dict[str, str] = {}
        for _ in range(500):
            answer = self.raw("GET", f"/{self.bucket}?{query_of(self.parameters(cursor))}")
            assert answer.status == 200, answer.body
            root = ElementTree.fromstring(answer.body)
            entries = sorted((plain(name) for name in listed(root)), key=bytes_of)
            assert len(entries) <= self.asked.limit
            every += entries
            if root.findtext(f"{NAMESPACE}IsTruncated") == "false":
                return every
            assert len(entries) == self.asked.limit
            cursor = self.cursor(root, entries)
        raise AssertionError("the listing doesn't end")


def random_keys(chance: random.Random) -> list[str]:
    return sorted({random_text(chance, 5) for _ in range(45)} - {".", ".."})


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["V1", "V2", "versions", "uploads"])
def test_a_listing_is_that_of_the_model(kind: str, seed: int, s3: BaseClient, raw: Raw) -> None:
    chance = random.Random(f"{kind} {seed}")
    keys = random_keys(chance)
    bucket = new_bucket(s3)
    for key in chance.sample(keys, len(keys)):
        if kind == "uploads":
            s3.create_multipart_upload(Bucket=bucket, Key=key)
        else:
            s3.put_object(Bucket=bucket, Key=key, Body=b"")
    for _ in range(LISTINGS_OF_A_SEED):
        asked = random_question(chance, keys)
        assert Pages(raw, bucket, kind, asked).all() == model(keys, asked), asked


@pytest.mark.parametrize("seed", SEEDS)
def test_a_listing_of_versions_has_each_version_once_and_the_newest_first(seed: int, s3: BaseClient, raw: Raw) -> None:
    chance = random.Random(f"version lists {seed}")
    bucket = new_bucket(s3)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    made: dict[str, list[str]] = {}
    keys = random_keys(chance)[:8]
    for _ in range(40):
        key = chance.choice(keys)
        answer = s3.delete_object(Bucket=bucket, Key=key) if chance.random() < 0.3 else \
            s3.put_object(Bucket=bucket, Key=key, Body=b"")
        made.setdefault(key, []).insert(0, answer["VersionId"])
    expected = [(key, version) for key in sorted(made, key=bytes_of) for version in made[key]]
    for limit in (1, 2, 3, 7):
        found: list[tuple[str, str]] = []
        cursor: dict[str, str] = {}
        while len(found) <= len(expected):
            query = query_of({"versions": "", "encoding-type": "url", "max-keys": limit, **cursor})
            root = ElementTree.fromstring(raw("GET", f"/{bucket}?{query}").body)
            found += [(plain(child.findtext(NAMESPACE + "Key")), child.findtext(NAMESPACE + "VersionId") or "")
                      for child in root if child.tag in (NAMESPACE + "Version", NAMESPACE + "DeleteMarker")]
            if root.findtext(f"{NAMESPACE}IsTruncated") == "false":
                break
            cursor = {"key-marker": plain(root.findtext(NAMESPACE + "NextKeyMarker")),
                      "version-id-marker": root.findtext(NAMESPACE + "NextVersionIdMarker") or ""}
        assert found == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_the_uploads_of_a_key_are_listed_by_age_each_once(seed: int, s3: BaseClient, raw: Raw) -> None:
    chance = random.Random(f"uploads of keys {seed}")
    bucket = new_bucket(s3)
    keys = random_keys(chance)[:5]
    made: dict[str, list[str]] = {}
    for _ in range(20):
        key = chance.choice(keys)
        made.setdefault(key, []).append(s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"])
    expected = [(key, upload) for key in sorted(made, key=bytes_of) for upload in made[key]]
    for limit in (1, 2, 3, 7):
        found: list[tuple[str, str]] = []
        cursor: dict[str, str] = {}
        while len(found) <= len(expected):
            query = query_of({"uploads": "", "encoding-type": "url", "max-uploads": limit, **cursor})
            root = ElementTree.fromstring(raw("GET", f"/{bucket}?{query}").body)
            found += [(plain(child.findtext(NAMESPACE + "Key")), child.findtext(NAMESPACE + "UploadId") or "")
                      for child in root if child.tag == NAMESPACE + "Upload"]
            if root.findtext(f"{NAMESPACE}IsTruncated") == "false":
                break
            cursor = {"key-marker": plain(root.findtext(NAMESPACE + "NextKeyMarker")),
                      "upload-id-marker": root.findtext(NAMESPACE + "NextUploadIdMarker") or ""}
        assert found == expected
