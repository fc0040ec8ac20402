"""Random requests, signed with the right key, against the served program: see fuzz_served.py, which goes on for as long as one
likes when it is run as a program."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest
from support.server import BINARY

from fuzz_served import Fault, Reader, Round, Tally

REACHED = ["anything", "copy", "document", "form", "listing", "multipart", "multipart in chunks", "object", "object in chunks", "pipelined"]


def test_the_served_program_stands_random_requests() -> None:
    tally = Tally()
    for seed in range(3):
        Round(str(BINARY), seed, tally).run(1000)
    assert [kind for kind in REACHED if not tally.answers[f"{kind} 2xx"]] == [], "kinds of requests that are always refused prove little"


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_served_program_stands_requests_that_nobody_has_tried() -> None:
    seed, until = int.from_bytes(os.urandom(4)), time.monotonic() + 180
    while time.monotonic() < until:
        Round(str(BINARY), seed, Tally()).run(4000, until)
        seed += 1


def program(folder: Path, lines: str) -> str:
    """One that does as told where `partsmith serve` is expected."""
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(("lines", "told"), [
    (f'"{BINARY}" "$@" & sleep 1; kill -SEGV $!; wait $!; exit', "the server ended with"),
    (f'echo "x.cc:1:1: runtime error: signed integer overflow" >&2; exec "{BINARY}" "$@"', "runtime error"),
    (f'case "$1" in fsck) exit 1;; esac; exec "{BINARY}" "$@"', "fsck ends with 1"),
    ("exit 3", "the server didn't start"),
])
def test_a_fault_is_found_and_told_with_its_seed(tmp_path: Path, lines: str, told: str) -> None:
    with pytest.raises(Fault, match="(?s)" + told) as fault:
        Round(program(tmp_path, lines), 7, Tally()).run(10 if "SEGV" not in lines else 100_000)
    assert "seed 7" in str(fault.value)


@pytest.mark.parametrize("answer", [
    b"HTTP/1.1 200 OK\r\nbroken\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n", b"HTTP/1.1 200 OK\r\na b: c\r\n\r\n"])
def test_an_answer_that_is_none_is_a_fault(answer: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(answer)
        with pytest.raises(Fault):
            Reader(ours).next("GET")
