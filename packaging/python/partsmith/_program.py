"""Where the program is that this package brings along."""

from __future__ import annotations

import os
import shutil
import sysconfig
from importlib import metadata
from pathlib import Path


def version() -> str:
    """Of the package, which is the program's."""
    return metadata.version("partsmith")


def program() -> Path:
    """The program: that of `PARTSMITH_PROGRAM`, else the one that was installed with this package."""
    named = os.environ.get("PARTSMITH_PROGRAM")
    if named:
        return Path(named)
    places = [Path(sysconfig.get_path("scripts")), Path(sysconfig.get_path("scripts", f"{os.name}_user"))]
    # With `pip install --target`, the programs are beside the packages.
    places.append(Path(__file__).parents[1] / "bin")
    for place in places:
        if (place / "partsmith").is_file():
            return place / "partsmith"
    found = shutil.which("partsmith")
    if found:
        return Path(found)
    raise FileNotFoundError(f"the program partsmith is in none of {', '.join(map(str, places))}, nor on PATH")
