"""Engines of several processes, of which one may die: Ceph with three OSDs, Garage with three nodes. Both keep three copies of everything
and go on with two."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from others.servers import KINDS, Kind, Other, Place, installed_kinds
from support.s3 import client_of
from support.server import eventually

PATIENCE = 300.0
"""Seconds for a cluster to come up, on a machine that has other work."""

BY_NAME = {kind.name: kind for kind in KINDS}


def ports(place: Place) -> list[int]:
    """Of Garage: for each node the port of S3, and the one where it speaks to the others."""
    return [place.port, place.spare_port, *place.more_ports]


@dataclasses.dataclass(frozen=True)
class ClusterKind:
    kind: Kind
    front_ports: Callable[[Place], list[int]]
    """Where it speaks S3."""
    pid_file: str
    """Of one that keeps data, below the folder of the data; of Garage it serves the second of `front_ports`, too."""


CLUSTERS = (
    ClusterKind(dataclasses.replace(BY_NAME["radosgw"], name="three-osds",
                                    command=lambda place: [*BY_NAME["radosgw"].command(place), "3", "3"]),
                lambda place: [place.port], "osd.1.pid"),
    ClusterKind(dataclasses.replace(BY_NAME["garage"], name="three-nodes",
                                    command=lambda place: [*BY_NAME["garage"].command(place)[:3], *map(str, ports(place))]),
                lambda place: ports(place)[::2], "2.pid"),
)


class Cluster(Other):
    """Ready when the constructor returns. The one that was killed stays away."""

    def __init__(self, of: ClusterKind, installed: Path, folder: Path):
        super().__init__(of.kind, installed, folder)
        self._pid_file = folder / "data" / of.pid_file
        self.urls = [f"http://127.0.0.1:{port}" for port in of.front_ports(self._place)]
        self.keys = (of.kind.access_key, of.kind.secret_key)
        try:
            for url in self.urls:
                eventually(lambda url=url: self._serves(url), f"{of.kind.name} serves {url}", within=PATIENCE)
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def _serves(self, url: str) -> bool:
        assert self.falls == 0, "it ended at its start"
        try:
            client_of(url, *self.keys, retries={"total_max_attempts": 1}).list_buckets()
        except (BotoCoreError, ClientError):
            return False
        return True

    def kill_one(self) -> None:
        """kill -9 of one that keeps data. It is a child of the script that started it, which reaps it."""
        pid = int(self._pid_file.read_text())
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not running(pid), "the one that was killed is gone")


def running(pid: int) -> bool:
    """Whether there is such a process that hasn't ended."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return told.stdout.strip()[:1] not in ("", "Z")


def installed_clusters(installed: Path) -> list[ClusterKind]:
    programs = {kind.program for kind in installed_kinds(installed)}
    return [cluster for cluster in CLUSTERS if cluster.kind.program in programs]
