"""The oracle itself: what can be there, and what cannot."""

from __future__ import annotations

import itertools

import pytest

from oracle import ABSENT, Register


@pytest.fixture
def register() -> Register:
    return Register(ABSENT, itertools.count(1))


def test_an_acknowledged_write_is_there_and_nothing_older(register: Register) -> None:
    register.acknowledge(register.begin("a"))
    register.acknowledge(register.begin("b"))
    assert register.possible() == {"b"}


def test_an_unanswered_write_may_have_happened(register: Register) -> None:
    register.acknowledge(register.begin("a"))
    register.begin("b")
    assert register.possible() == {"a", "b"}


def test_of_writes_at_once_either_may_be_the_last(register: Register) -> None:
    first, second = register.begin("a"), register.begin("b")
    register.acknowledge(first)
    register.acknowledge(second)
    assert register.possible() == {"a", "b"}


def test_an_absence_that_was_seen_began_when_something_was_deleted(register: Register) -> None:
    register.acknowledge(register.begin("a"))
    deletion = register.begin(ABSENT)
    register.settle(ABSENT)
    assert register.latest().began == deletion.start


def test_what_was_seen_is_all_that_there_can_be(register: Register) -> None:
    register.begin("a")
    register.settle("a")
    assert register.possible() == {"a"}
    with pytest.raises(AssertionError):
        register.settle(ABSENT)
