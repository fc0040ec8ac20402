"""A data folder that somebody else filled, served and checked: nothing outside of it is read, changed or removed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from support.s3 import client
from support.server import BINARY, Server, serve_and_wait

SECRET = b"precious" * 2_500
KEY = "stored"


class Folder:
    """One that held an object of 20,000 bytes, and the file beside it that nothing may touch."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.data = folder / "data"
        self.victim = folder / "victim"
        self.victim.write_bytes(SECRET)
        with Server(folder / "filling", data=self.data) as server:
            s3 = client(server)
            s3.create_bucket(Bucket="films")
            s3.put_object(Bucket="films", Key=KEY, Body=b"x" * len(SECRET))

    def sql(self, *statements: str) -> None:
        database = sqlite3.connect(self.data / "partsmith.db")
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.close()

    def blob(self) -> Path:
        return next(path for path in (self.data / "blobs").rglob("*") if path.is_file())

    def fsck(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([BINARY, "fsck", "--data", self.data, *options], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)

    def use(self) -> None:
        """Serves it: the object can be deleted and not read, and whoever starts, reads or deletes gets nowhere."""
        with Server(self.folder / "using", data=self.data) as server:
            s3 = client(server)
            assert [one["Key"] for one in s3.list_objects_v2(Bucket="films")["Contents"]] == [KEY]
            with pytest.raises((BotoCoreError, ClientError)):
                s3.get_object(Bucket="films", Key=KEY)["Body"].read()  # cut off before the first byte
            assert "damaged" in server.log() or "blob" in server.log()
            s3.delete_object(Bucket="films", Key=KEY)

    def check_victim(self) -> None:
        assert self.victim.read_bytes() == SECRET


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.mark.parametrize("name", ["../victim", "../../victim", "../../../victim", "/victim", "..", "", "x" * 32])
def test_a_blobs_name_leads_nowhere(folder: Folder, name: str) -> None:
    if name == "/victim":
        name = str(folder.victim)
    folder.sql(f"UPDATE blobs SET name = '{name}', size = {len(SECRET)}",
               f"INSERT INTO blobs(name, size, refs) VALUES('{name}/.', 8, 0)")
    assert folder.fsck("--deep").returncode == 1
    folder.use()
    folder.check_victim()
    folder.fsck("--repair")
    folder.check_victim()


def _second_name(target: Path, place: Path) -> None:
    os.link(target, place)


def _link(target: Path, place: Path) -> None:
    place.symlink_to(target)


def _pipe(target: Path, place: Path) -> None:
    os.mkfifo(place)


def _device(target: Path, place: Path) -> None:
    place.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [_second_name, _link, _pipe, _device])
def test_what_lies_in_a_blobs_place_is_not_followed(folder: Folder, make: Callable[[Path, Path], None]) -> None:
    place = folder.blob()
    place.unlink()
    make(folder.victim, place)
    assert folder.fsck("--deep").returncode == 1
    folder.use()
    folder.fsck("--repair")
    folder.check_victim()


@pytest.mark.parametrize("make", [_second_name, _link, _pipe, _device])
@pytest.mark.parametrize("name", ["partsmith.db", "partsmith.db-wal", "partsmith.db-shm", "partsmith.db-journal", "lock"])
def test_what_lies_in_the_databases_place_is_refused(folder: Folder, make: Callable[[Path, Path], None],
                                                     name: str) -> None:
    (folder.data / name).unlink(missing_ok=True)
    make(folder.victim, folder.data / name)
    for done in (serve_and_wait("--port", "0", "--data", folder.data), folder.fsck(), folder.fsck("--repair")):
        assert done.returncode not in (0, 1) or "partsmith" in done.stderr
        assert done.returncode != 0
        assert str(folder.data) in done.stderr
    folder.check_victim()


def test_a_link_to_a_folder_is_not_entered(folder: Folder) -> None:
    outside = folder.folder / "outside"
    outside.mkdir()
    (outside / ("0" * 32)).write_text("another's")
    (folder.data / "blobs" / "00").symlink_to(outside)
    folder.sql(f"INSERT INTO blobs(name, size, refs) VALUES('{'0' * 32}', 9, 0)")
    with Server(folder.folder / "using", data=folder.data) as server:
        assert client(server).get_object(Bucket="films", Key=KEY)["Body"].read() == b"x" * len(SECRET)
    assert folder.fsck("--repair").returncode == 0
    assert (outside / ("0" * 32)).read_text() == "another's"


@pytest.mark.parametrize("statement", [
    "CREATE TRIGGER t AFTER INSERT ON buckets BEGIN DELETE FROM objects; END",
    "CREATE TRIGGER t AFTER UPDATE ON totals BEGIN UPDATE blobs SET name = '../victim', refs = 0; END",
    "CREATE VIEW v AS SELECT 1",
    "PRAGMA user_version = 99",
])
def test_what_runs_in_a_database_is_refused(folder: Folder, statement: str) -> None:
    folder.sql(statement)
    for done in (serve_and_wait("--port", "0", "--data", folder.data), folder.fsck("--repair")):
        assert done.returncode != 0
        assert "partsmith.db" in done.stderr


def test_two_servers_never_have_one_folder(folder: Folder) -> None:
    with Server(folder.folder / "first", data=folder.data) as first:
        (folder.data / "lock").unlink()
        assert "in use" in serve_and_wait("--port", "0", "--data", folder.data).stderr
        (folder.data / "lock").touch()
        assert "in use" in serve_and_wait("--port", "0", "--data", folder.data).stderr
        client(first).put_object(Bucket="films", Key="more", Body=b"y")
    assert folder.fsck("--deep").returncode == 0


def test_all_that_a_server_writes_is_its_users_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o755)  # as somebody made it
    with Server(tmp_path, data=data, within=["sh", "-c", 'umask 000 && exec "$@"', "sh"]) as server:
        s3 = client(server)
        s3.create_bucket(Bucket="films")
        s3.put_object(Bucket="films", Key=KEY, Body=b"x" * 100_000)
        made = {str(path.relative_to(data)): path.stat().st_mode & 0o777 for path in data.rglob("*")}
    assert {"partsmith.db", "partsmith.db-wal", "partsmith.db-shm", "lock", "blobs", "incoming"} <= made.keys()
    assert {name: mode for name, mode in made.items() if mode not in (0o600, 0o700)} == {}
    assert all(made[name] == 0o600 for name in made if name.startswith("partsmith") or name == "lock")


def test_a_journal_does_not_make_sqlite_delete_a_file(folder: Folder) -> None:
    def number(value: int) -> bytes:
        return value.to_bytes(4, "big")

    magic = bytes.fromhex("d9d505f920a163d7")
    name = str(folder.victim).encode()
    header = (magic + number(0) + number(0) + number(1) + number(512) + number(4096)).ljust(512, b"\0")
    journal = header + number(0x40000000 // 4096 + 1) + name + number(len(name)) + number(sum(name)) + magic
    (folder.data / "partsmith.db-journal").write_bytes(journal)
    for done in (serve_and_wait("--port", "0", "--data", folder.data), folder.fsck("--repair")):
        assert done.returncode != 0
        assert "journal" in done.stderr
    folder.check_victim()
