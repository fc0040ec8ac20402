"""The catalogue notices each planted bug: by the check that caught_by.txt names for it."""

from __future__ import annotations

import pytest

from support.s3 import client
from support.server import Server

from . import run
from .bugs import BUGS
from .proxy import Bug

CAUGHT_BY = run.caught_by()
SAMPLE = sorted(BUGS)[::8]


def test_the_page_has_each_bug_once_and_each_has_a_check() -> None:
    assert sorted(run.table()) == sorted(BUGS)
    assert sorted(CAUGHT_BY) == sorted(BUGS)


def test_a_proxy_without_a_bug_is_not_noticed(server: Server) -> None:
    """Neither one that looks at no request, nor one that looks at each and signs it anew."""
    def signs_again(request: run.Request, upstream: run.Server, memory: object) -> run.Answer:
        request.changed = True
        return upstream(request)

    only = ["multipart.part.p*", "multipart.complete.[a-e]*", "multipart.wire.*", "object.[g-p]*", "versions.*"]
    assert run.noticed(Bug("none", (), run.no_bug, False), server.url, only) == []
    assert run.noticed(Bug("none", ("*",), signs_again, False), server.url, only) == []


@pytest.mark.parametrize("other", ["000", "zzz"], ids=["before", "behind"])
def test_buckets_beside_what_was_asked_for_are_noticed_whatever_their_names(own_server: Server, other: str) -> None:
    client(own_server).create_bucket(Bucket=other)
    asked = ["bucket.list.pages-below-a-prefix", "bucket.list.region-in-capitals"]
    assert sorted(run.noticed(BUGS["bucket.list-prefix-unread"], own_server.url, asked, jobs=1)) == asked


def notice(server: Server, name: str) -> None:
    checks = CAUGHT_BY[name]
    assert checks[0] in run.noticed(BUGS[name], server.url, checks, jobs=1)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_bug_is_noticed(server: Server, name: str) -> None:
    notice(server, name)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(set(BUGS) - set(SAMPLE)))
def test_each_other_bug_is_noticed_too(server: Server, name: str) -> None:
    notice(server, name)
