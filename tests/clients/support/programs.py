"""Where `./dev` installs the clients that aren't Python's: programs and packages of other languages."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .server import BINARY

ROOT = Path(__file__).parents[3]
CLIENTS = Path(os.environ.get("PARTSMITH_JS") or ROOT / "build/clients/js").parent
JS_PACKAGES = CLIENTS / "js/node_modules"
GO_CLIENT = CLIENTS / "go/partsmith-go-client"
GO_ENVIRONMENT = {"GOPATH": str(CLIENTS / "gopath"), "GOCACHE": str(CLIENTS / "gocache"), "GOTOOLCHAIN": "local",
                  "GOFLAGS": "-mod=mod", "CGO_ENABLED": "0"}
LONG_PYTHON = CLIENTS / "long/bin"
"""The Python of the long tests, with clients that are too large for all the others."""
JARS = CLIENTS / "java/*"
DOCS_PYTHON = CLIENTS / "docs/bin/python"
"""The Python that makes the site of the documentation."""
UPPY = CLIENTS / "uppy"
"""With uppy.js, which a page imports."""
RUST_CLIENT = CLIENTS / "rust/debug/partsmith-rust-client"
PATH = os.pathsep.join([str(Path(sys.executable).parent), str(BINARY.parent), os.environ.get("PATH", "")])
"""With rclone, s5cmd, s3cmd, litestream, aws, go, node and partsmith itself."""
