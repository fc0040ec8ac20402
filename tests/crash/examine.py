"""A store after a crash: by its answers, and on its disk."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path

from load import BUCKET, SHARED_KEYS, digest
from oracle import ABSENT, Oracle
from signed import Connection
from support.server import BINARY, PATIENCE


def examine_answers(oracle: Oracle, port: int) -> None:
    """Every acknowledged write is there, no refused one is. What was under way is known from here on."""
    connection = Connection(port)
    try:
        _examine_uploads(oracle, connection)
        _examine_objects(oracle, connection)
    finally:
        connection.close()


def _examine_objects(oracle: Oracle, connection: Connection) -> None:
    listed = connection.send("GET", f"/{BUCKET}", {"list-type": "2"}).texts("Key")
    for key in sorted({*listed, *oracle.keys}):
        answer = connection.send("GET", f"/{BUCKET}/{key}")
        assert answer.status in (200, 404), f"{key}: {answer}"
        seen = ABSENT if answer.status == 404 else (digest(answer.body), answer.headers["etag"].strip('"'))
        assert (key in listed) == (seen is not ABSENT), f"{key}: listed and read differently"
        try:
            oracle.key(key).settle(seen)
        except AssertionError as error:
            raise AssertionError(f"object {key}: {error}") from error


def _examine_uploads(oracle: Oracle, connection: Connection) -> None:
    page = connection.send("GET", f"/{BUCKET}", {"uploads": ""})
    assert page.texts("IsTruncated") == ["false"]
    listed = dict(zip(page.texts("UploadId"), page.texts("Key"), strict=True))
    for upload_id, key in listed.items():
        if upload_id not in oracle.uploads:
            assert key in oracle.creating, f"an upload of {key} that nobody asked for"
            oracle.creating.remove(key)
            oracle.created(key, upload_id)
    oracle.creating.clear()
    for upload in list(oracle.uploads.values()):
        seen = upload.id in listed
        under_way = len(upload.open.possible()) > 1
        upload.open.settle(seen)
        parts = connection.send("GET", f"/{BUCKET}/{upload.key}", {"uploadId": upload.id})
        assert parts.status == (200 if seen else 404), f"upload of {upload.key}: {parts}"
        if under_way:
            _settle_complete(oracle, upload.key, happened=not seen)
        if not seen:
            continue
        numbers = map(int, parts.texts("PartNumber"))
        tags = dict(zip(numbers, (tag.strip('"') for tag in parts.texts("ETag")), strict=True))
        for number in {*tags, *upload.parts}:
            oracle.part(upload, number).settle(tags.get(number, ABSENT))


def _settle_complete(oracle: Oracle, key: str, happened: bool) -> None:
    """An upload's end and its object are one: both are there or neither. Only one client writes the key, so what it
    didn't get answered is its Complete; there is none if it was an Abort."""
    assert key not in SHARED_KEYS
    register = oracle.key(key)
    for attempt in [attempt for attempt in register.attempts if not attempt.answered]:
        if happened:
            register.acknowledge(attempt)
        else:
            register.attempts.remove(attempt)


def examine_folder(data: Path) -> None:
    """After a clean end: every file has a row, every row its file, and nothing is left over."""
    assert list((data / "incoming").iterdir()) == []
    files = {path.name: path.stat().st_size for path in (data / "blobs").rglob("*") if path.is_file()}
    database = sqlite3.connect(f"file:{data / 'partsmith.db'}?mode=ro&immutable=1", uri=True)
    try:
        rows = dict(database.execute("SELECT name, size FROM blobs WHERE name IS NOT NULL"))
        assert database.execute("SELECT count(*) FROM blobs WHERE refs = 0").fetchone() == (0,)
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        database.close()
    assert files == rows
    found = subprocess.run([BINARY, "fsck", "--data", data, "--deep"], stdin=subprocess.DEVNULL, capture_output=True,
                           text=True, timeout=PATIENCE, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
