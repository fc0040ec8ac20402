"""Hundreds of clients that are as slow as they like, beside one that works."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.server import Server, eventually

from slow_clients import KINDS, SlowClients, memory, prepare, send, signed, trusting

COUNT = 300
GENEROUS = 10.0
"""Seconds for an answer that takes milliseconds on a machine with nothing else to do."""
HEALTH = b"GET /_partsmith/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
GET = b"GET /films/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("slow"), "--quiet") as running:
        prepare(running.port)
        yield running


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, ssl.SSLContext]]:
    folder = tmp_path_factory.mktemp("secure")
    with Server(folder, "--quiet", "--tls-self-signed", str(folder / "ca.pem")) as running:
        context = trusting(folder / "ca.pem")
        prepare(running.port, context)
        yield running, context


def check_that_others_are_served(port: int, context: ssl.SSLContext | None = None) -> None:
    for _ in range(5):
        assert b'"status":"ok"' in send(port, HEALTH, context, GENEROUS)
        assert send(port, signed(GET), context, GENEROUS) == b"200 x"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind].shakes_hands])
def test_slow_clients_of_any_kind_stop_nobody(plain: Server, kind: str) -> None:
    with SlowClients(plain.port, kind, COUNT):
        check_that_others_are_served(plain.port)


@pytest.mark.parametrize("kind", ["handshake", "head", "body", "drain", "linger", "answer"])
def test_slow_clients_over_tls_stop_nobody(secure: tuple[Server, ssl.SSLContext], kind: str) -> None:
    server, context = secure
    with SlowClients(server.port, kind, COUNT, context):
        check_that_others_are_served(server.port, context)


@pytest.mark.measures_memory
@pytest.mark.parametrize("kind", KINDS)
def test_256_hostile_connections_of_a_kind_leave_the_server_small_and_answering(tmp_path: Path, kind: str) -> None:
    with Server(tmp_path, "--quiet") as server:
        prepare(server.port)
        with SlowClients(server.port, kind, 256):
            check_that_others_are_served(server.port)
            check_that_others_are_served(server.port)
        assert memory(server.process.pid, "VmHWM") < 200


def test_a_body_that_a_client_stops_sending_is_refused_and_the_connection_closed(plain: Server) -> None:
    request = signed(b"PUT /films/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
    answer = send(plain.port, request, timeout=120)
    assert answer.startswith(b"400 ")
    assert b"<Code>RequestTimeout</Code>" in answer


def test_tls_spoken_to_the_plain_port_ends_at_once_with_a_line_in_the_log(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        with pytest.raises(ssl.SSLError, match="WRONG_VERSION_NUMBER"):
            send(server.port, GET, ssl.create_default_context(), GENEROUS)
        eventually(lambda: "TLS spoken to the plain HTTP port" in server.log(), "the log says what happened")


@pytest.mark.parametrize("request_bytes", [GET, HEALTH.replace(b"GET", b"DELETE"), b"G"])
def test_plain_http_spoken_to_the_tls_port_is_answered_in_plain_text(tmp_path: Path, request_bytes: bytes) -> None:
    with Server(tmp_path, "--tls-self-signed", str(tmp_path / "ca.pem")) as server:
        answer = send(server.port, request_bytes, timeout=GENEROUS)
        assert answer.startswith(b"400 ")
        assert b"You spoke plain HTTP to a port that speaks TLS." in answer
        eventually(lambda: "plain HTTP spoken to the TLS port" in server.log(), "the log says what happened")


def test_a_head_that_is_refused_has_a_line_in_the_log(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        assert send(server.port, b"GET / HTTP/1.1\r\nbroken\r\n\r\n", timeout=GENEROUS).startswith(b"400 ")
        eventually(lambda: "400 BadRequest" in server.log(), "the log has the refusal")
