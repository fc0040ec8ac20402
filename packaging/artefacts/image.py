"""partsmith-VERSION-image.tar: an OCI image for every architecture, made of nothing but the program.

The format is the image specification's: a layout with an index, and by architecture a manifest, a configuration and a
layer. `docker load`, `podman load` and `skopeo copy oci-archive:` read it.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from .archives import Entry, compressed, tar, with_folders
from .release import SUMMARY, Architecture, Release, sha256

USER = 65532  # nobody's: the number that images without a user list use


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


class Layout:
    """Blobs by their digests."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._known: set[str] = set()

    def add(self, media_type: str, data: bytes) -> dict[str, Any]:
        digest = sha256(data)
        if digest not in self._known:
            self._known.add(digest)
            self.entries.append(Entry(f"blobs/sha256/{digest}", data))
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}


# What start commands and health checks of MinIO's compose files call, and where they mount volumes: one that is mounted where the
# image has a folder belongs to whom that belongs to (cli/stand_ins, docs/migrate/minio.md).
NAMES = ("minio", "docker-entrypoint.sh", "mc", "curl", "sh", "bash")
FOLDERS = ("data", "minio_data", "export", "mnt/data", "bitnami/minio/data")


def _root(release: Release, architecture: Architecture) -> bytes:
    entries = [
        Entry("usr/bin/partsmith", release.program(architecture), 0o755),
        *(Entry(f"usr/bin/{name}", link="partsmith") for name in NAMES),
        Entry("bin", link="usr/bin"),
        *(Entry(f"{folder}/", mode=0o755, owner=USER) for folder in FOLDERS),
        Entry("tmp/", mode=0o1777),
        Entry("etc/passwd", f"partsmith:x:{USER}:{USER}:partsmith:/data:/usr/bin/partsmith\n".encode()),
        Entry("etc/group", f"partsmith:x:{USER}:\n".encode()),
    ]
    return tar(with_folders(entries), release.time)


def _configuration(release: Release, architecture: Architecture, root: bytes) -> dict[str, Any]:
    created = datetime.fromtimestamp(release.time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "architecture": architecture.oci, "os": "linux", "created": created,
        "config": {
            "User": str(USER), "WorkingDir": "/data", "Entrypoint": ["/usr/bin/partsmith"], "Cmd": ["serve"],
            # Inside a container the network is the container's: every address, and keys that everybody knows.
            "Env": ["PATH=/usr/bin", "PARTSMITH_HOST=0.0.0.0", "PARTSMITH_PORT=9000", "PARTSMITH_DATA=/data",
                    "PARTSMITH_ACCEPT_DEFAULT_KEYS=true"],
            "ExposedPorts": {"9000/tcp": {}}, "Volumes": {"/data": {}}, "StopSignal": "SIGTERM",
            # Docker's own, which the specification lets pass: times are in nanoseconds.
            "Healthcheck": {"Test": ["CMD", "/usr/bin/partsmith", "health", "--quiet"], "Interval": 5_000_000_000,
                            "Timeout": 5_000_000_000, "StartPeriod": 2_000_000_000, "Retries": 3},
            "Labels": {"org.opencontainers.image.title": "partsmith", "org.opencontainers.image.version": release.version,
                       "org.opencontainers.image.description": SUMMARY, "org.opencontainers.image.licenses": "Apache-2.0"},
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{sha256(root)}"]},
        "history": [{"created": created, "created_by": "partsmith", "comment": "the program"}],
    }


def _manifest(layout: Layout, release: Release, architecture: Architecture) -> dict[str, Any]:
    root = _root(release, architecture)
    layer = layout.add("application/vnd.oci.image.layer.v1.tar+gzip", compressed(root))
    configuration = layout.add("application/vnd.oci.image.config.v1+json", _json(_configuration(release, architecture, root)))
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": configuration, "layers": [layer]}
    described = layout.add("application/vnd.oci.image.manifest.v1+json", _json(manifest))
    return {**described, "platform": {"architecture": architecture.oci, "os": "linux"}}


def make(release: Release) -> tuple[str, bytes]:
    layout = Layout()
    manifests = [_manifest(layout, release, architecture) for architecture in release.architectures()]
    index = layout.add("application/vnd.oci.image.index.v1+json", _json(
        {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests}))
    names = {"org.opencontainers.image.ref.name": release.version, "io.containerd.image.name": f"docker.io/library/partsmith:{release.version}"}
    layout.entries += [
        Entry("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'),
        Entry("index.json", _json({"schemaVersion": 2, "manifests": [{**index, "annotations": names}]})),
    ]
    return f"partsmith-{release.version}-image.tar", tar(with_folders(layout.entries), release.time)
