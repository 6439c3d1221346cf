"""How much time a test may take, by how fast this build is on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from tests.vectors import side
from translator.engine.plan import Plan

USUAL_SECONDS = 0.013
"""What `_yardstick` takes on the machine that the bounds were chosen on."""


@contextmanager
def in_time(seconds: float = 5) -> Iterator[None]:
    """What is inside takes no more of the processor than `seconds`, or in proportion where everything is slower.

    Generous: what it must tell apart is linear from quadratic. Time in which other processes run doesn't count, and a
    build that is slow (for debugging, with sanitizers) is so in the yardstick too.
    """
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds * slowness()


@cache
def slowness() -> float:
    """How many times slower than usual this build is here, by the best of several tries; 1 where it is faster."""
    return max(1.0, min(_yardstick() for _ in range(5)) / USUAL_SECONDS)


def _yardstick() -> float:
    start = time.process_time()
    for _ in range(3):
        Plan(side("json"), side("protobuf"))
    return time.process_time() - start
