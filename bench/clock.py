"""Times contestants in turn, round after round, so that a slow moment of the machine hits all of them alike."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Mapping
from time import perf_counter_ns

ROUNDS = 15
ROUND_NS = 5_000_000
Run = Callable[[], object]


def race(contestants: Mapping[str, tuple[Run, int]], rounds: int = ROUNDS) -> dict[str, float]:
    """The shortest time of each contestant in nanoseconds per message; one call of it does as many as it says."""
    calls = {name: max(1, ROUND_NS // max(1, timed(run, 1))) for name, (run, _) in contestants.items()}
    best = dict.fromkeys(contestants, float("inf"))
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, (run, messages) in contestants.items():
                best[name] = min(best[name], timed(run, calls[name]) / calls[name] / messages)
    finally:
        gc.enable()
    return best


def timed(run: Run, calls: int) -> int:
    start = perf_counter_ns()
    for _ in range(calls):
        run()
    return perf_counter_ns() - start


def threads(run: Run, calls: int, count: int) -> int:
    """The time in which `count` threads make `calls` calls each, from a common start."""
    barrier = threading.Barrier(count + 1)

    def work() -> None:
        run()
        barrier.wait()
        timed(run, calls)
        barrier.wait()

    workers = [threading.Thread(target=work) for _ in range(count)]
    for each in workers:
        each.start()
    barrier.wait()
    start = perf_counter_ns()
    barrier.wait()
    elapsed = perf_counter_ns() - start
    for each in workers:
        each.join()
    return elapsed
