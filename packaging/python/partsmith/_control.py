"""The control API of a server (docs/control.md): faults, the clock, the journal, and a clean slate."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Optional, Union


class ControlError(RuntimeError):
    """The control API refused, in its own words."""


class Control:
    """Requests to `/_partsmith/v1/…` of one world, None being the default one."""

    def __init__(self, endpoint_url: str, world: Optional[str] = None, timeout: float = 30.0) -> None:
        self._base = f"{endpoint_url}/_partsmith/v1/"
        self._world = world
        self._timeout = timeout

    def request(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The JSON that answers, or None. ControlError when the answer is an error."""
        asked = {name: value for name, value in {**query, "world": self._world}.items() if value is not None}
        url = self._base + path + ("?" + urllib.parse.urlencode(asked) if asked else "")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        # Whatever proxy the environment names, the server is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=self._timeout) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise ControlError(f"{method} {path}: {error.code} {error.read().decode(errors='replace').strip()}") from None
        return json.loads(text) if text.strip() else None


class Faults:
    """What goes wrong on demand (docs/faults.md has the rules and presets)."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(self, rule: Union[str, Mapping[str, Any]]) -> None:
        """A preset by its name, as `lost-complete`, or a rule."""
        self._control.request("POST", "faults", {"preset": rule} if isinstance(rule, str) else dict(rule))

    def rules(self) -> list[dict[str, Any]]:
        """The rules, with how often each `matched`, and how often it acted: `hits`."""
        found: list[dict[str, Any]] = self._control.request("GET", "faults")["faults"]
        return found

    def clear(self, name: Optional[str] = None) -> None:
        """Removes every rule, or the one of that name."""
        self._control.request("DELETE", "faults" if name is None else f"faults/{urllib.parse.quote(name, safe='')}")


class Clock:
    """The time that dates, expiry and listings follow."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def now(self) -> datetime:
        told: str = self._control.request("GET", "clock")["now"]
        return datetime.fromisoformat(told.replace("Z", "+00:00"))

    def set(self, to: datetime) -> None:
        self._control.request("POST", "clock", {"set": to.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")})

    def advance(self, by: timedelta) -> None:
        """By whole seconds."""
        self._control.request("POST", "clock", {"advance": f"{int(by.total_seconds())}s"})

    def freeze(self) -> None:
        self._control.request("POST", "clock", {"frozen": True})

    def reset(self) -> None:
        """Shows real time again, and goes."""
        self._control.request("POST", "clock", {"reset": True})


class Journal:
    """What clients really sent, and what they got."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def entries(self, **filters: Any) -> list[dict[str, Any]]:
        """The requests that match, the oldest first: `operation`, `bucket`, `key`, `status` and so on."""
        told = self._control.request("GET", "journal", **filters)
        found: list[dict[str, Any]] = told["entries"] if isinstance(told, dict) else told
        return found

    def expect(self, **expectation: Any) -> None:
        """AssertionError, with a table of what there is instead, unless there were so many: `operation="UploadPart", count=5`."""
        told = self._control.request("POST", "journal/expect", expectation)
        if not told["holds"]:
            raise AssertionError(told.get("text") or f"{told['found']} were found")

    def clear(self) -> None:
        self._control.request("DELETE", "journal")
