"""B27: a call of any length is stopped by a signal, and says how far it got by the core's own counters."""

from __future__ import annotations

import json
import signal
import threading
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from native.binding import LoadedPlan
from tests.bad_input.support import plan


class Alarm(BaseException):
    """What the signal's handler raises."""


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """After so long in it, `Alarm` is raised."""

    def ring(_number: int, _frame: Any) -> None:
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def core(source: Any, target: Any) -> LoadedPlan:
    made: LoadedPlan = plan(source, target)._core
    return made


def again(call: Callable[[], object]) -> None:
    """Calls until something is raised."""
    for _ in range(1000):
        call()


def test_b27_a_batch_is_stopped() -> None:
    """B27: of a batch of many seconds, only the messages before the signal are looked at, and the plan works on."""
    made, message, n = core("json", "msgpack"), b"[" + b"[1,2,3,4]," * 2000 + b"[]]", 100_000
    ends = array("q", [len(message)]) * n
    with pytest.raises(Alarm), alarm(0.1):
        made.translate_many(message, array("q", bytes(8 * n)), ends)
    assert 0 < made.context().usage().record < n // 4
    assert made.translate(b"[1]") == b"\x91\1"


def test_b27_a_run_is_stopped() -> None:
    """B27: the same of messages back to back."""
    made, message, n = core("json", "msgpack"), b"[" + b'"a",' * 200 + b"0] ", 200_000
    messages = message * n
    with pytest.raises(Alarm), alarm(0.05):
        made.translate_run(messages, n)
    assert 0 < made.context().usage().record < n - 1


LIST = {"type": "array", "items": {"type": "number"}}
LONG = {
    "json": b"[" + b"12.5," * 7_999_999 + b"1]",
    "msgpack": b"\xdd\0\x7a\x12\0" + (b"\xcb" + bytes(8) + b"\1") * 4_000_000,
}


@pytest.mark.heavy
@pytest.mark.parametrize("source", LONG)
@pytest.mark.parametrize("schema", [None, LIST], ids=["untyped", "typed"])
def test_b27_one_message_is_stopped(source: str, schema: Any) -> None:
    """B27: one message of millions of items, reading or writing."""
    made = core((source, schema) if schema else source, "json")
    for seconds in (0.02, 0.2):
        with pytest.raises(Alarm), alarm(seconds):
            again(lambda: made.translate(LONG[source]))
    assert json.loads(made.translate(b"[1]" if source == "json" else b"\x91\1")) == [1]


def test_b27_another_thread_works_on() -> None:
    """B27: what stops is the call that the signal's exception is raised in, and no other."""
    made, message, n = core("json", "msgpack"), b"[" + b"[1,2,3,4]," * 2000 + b"[]]", 2000
    begins, ends = array("q", bytes(8 * n)), array("q", [len(message)]) * n
    results: list[int] = []
    other = threading.Thread(target=lambda: results.append(len(made.translate_many(message, begins, ends).inputs)))
    other.start()
    with pytest.raises(Alarm), alarm(0.05):
        again(lambda: made.translate_many(message, begins, ends))
    other.join()
    assert results == [n]
