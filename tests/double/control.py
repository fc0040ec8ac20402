"""The control API over plain HTTP, as any language would use it."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from support.server import Server


class Refused(Exception):
    def __init__(self, status: int, message: str):
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


class Control:
    def __init__(self, server: Server, token: str | None = None, world: str | None = None):
        self.url = f"{server.url}/_partsmith/"
        self.token = token
        self.world = world

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        if self.world is not None:
            query["world"] = self.world
        url = self.url + path + ("?" + urllib.parse.urlencode(query) if query else "")
        request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, json.loads(error.read())["error"]) from None
        return json.loads(text) if text else None

    def add(self, fault: dict[str, Any], *, match: dict[str, Any] | None = None, **rule: Any) -> None:
        self.ask("POST", "v1/faults", {"match": match or {}, "fault": fault, **rule})

    def preset(self, name: str) -> None:
        self.ask("POST", "v1/faults", {"preset": name})

    def rules(self) -> dict[str, dict[str, Any]]:
        return {rule["name"]: rule for rule in self.ask("GET", "v1/faults")["faults"]}

    def journal(self, **filters: Any) -> list[dict[str, Any]]:
        return self.ask("GET", "v1/journal", **filters)["entries"]

    def expect(self, **expectation: Any) -> dict[str, Any]:
        return self.ask("POST", "v1/journal/expect", expectation)

    def clock(self, **change: Any) -> dict[str, Any]:
        return self.ask("POST", "v1/clock", change) if change else self.ask("GET", "v1/clock")
