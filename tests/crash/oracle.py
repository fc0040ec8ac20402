"""What must be in the store, known from what was asked and answered alone."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Hashable
from dataclasses import dataclass, field

FOREVER = float("inf")
ABSENT = None


@dataclass
class Attempt:
    """A write of one value. It took effect at one instant between `start` and `end`; when it was never answered,
    at any instant from `start` on, or never."""
    value: Hashable
    start: float
    end: float = FOREVER
    began: float = 0
    """When what it is of began: an upload completes as what it was when it was created. Of an absence, when something was deleted."""

    @property
    def answered(self) -> bool:
        return self.end != FOREVER


class Register:
    """One thing that is written and read whole: a key, a part number of an upload, an upload's being open."""

    def __init__(self, value: Hashable, clock: itertools.count[int], began: float | None = None):
        self.clock = clock
        start = next(clock)
        self.attempts = [Attempt(value, start, next(clock), start if began is None else began)]

    def begin(self, value: Hashable, began: float | None = None) -> Attempt:
        start = next(self.clock)
        attempt = Attempt(value, start, began=start if began is None else began)
        self.attempts.append(attempt)
        return attempt

    def acknowledge(self, attempt: Attempt) -> None:
        attempt.end = next(self.clock)

    def possible(self) -> set[Hashable]:
        """A value is past when an acknowledged write began after the value's own was acknowledged."""
        begun = max((attempt.start for attempt in self.attempts if attempt.answered), default=0)
        return {attempt.value for attempt in self.attempts if attempt.end >= begun}

    def latest(self) -> Attempt:
        """What is there, when nothing is under way."""
        (value,) = self.possible()
        return next(attempt for attempt in reversed(self.attempts) if attempt.value == value)

    def settle(self, seen: Hashable) -> None:
        """The store has shown what it holds, and nothing is under way."""
        assert seen in self.possible(), f"there is {seen!r}, and there can only be {self.possible()!r}"
        began = max(attempt.began for attempt in self.attempts if attempt.value == seen)
        start = next(self.clock)
        self.attempts = [Attempt(seen, start, next(self.clock), began)]


@dataclass
class Upload:
    key: str
    id: str
    open: Register
    parts: dict[int, Register] = field(default_factory=dict)


class Oracle:
    """Of one bucket. Registers are made by any thread; each upload is used by one thread."""

    def __init__(self) -> None:
        self.clock = itertools.count(1)
        self.lock = threading.Lock()
        self.keys: dict[str, Register] = {}
        self.uploads: dict[str, Upload] = {}
        self.creating: list[str] = []
        """Keys whose CreateMultipartUpload was never answered: each may have made one upload."""

    def key(self, name: str) -> Register:
        with self.lock:
            return self.keys.setdefault(name, Register(ABSENT, self.clock, began=0))

    def created(self, key: str, upload_id: str) -> Upload:
        upload = Upload(key, upload_id, Register(True, self.clock))
        with self.lock:
            assert upload_id not in self.uploads, "an upload id was given out twice"
            self.uploads[upload_id] = upload
        return upload

    def part(self, upload: Upload, number: int) -> Register:
        return upload.parts.setdefault(number, Register(ABSENT, self.clock))
