"""Our times against the peers' on the neuron signal: a table, and `bench/results.json`.

    python -m bench            all pairs of formats
    python -m bench avro json  only the pairs of these formats

Every time is in nanoseconds per message, the shortest of several rounds in which all contestants of a pair take turns.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import accumulate
from math import isclose
from pathlib import Path
from random import Random
from typing import Any

from bench import clock, confluent, github, otlp, peers
from tests.vectors import LANGUAGES, SIGNAL, encoded, side
from translator.engine.plan import Plan

RESULTS = Path(__file__).with_name("results.json")
COUNT = 64
"""How many signals, no two alike: each contestant goes through all of them."""
BATCH = 16
"""How many times they are in one batch."""
GOALS = {
    ("avro", "protobuf", "fastavro decode"): 45.0,
    ("protobuf", "avro", "upb parse"): 3.0,
    ("json", "protobuf", "orjson.loads"): 4.0,
    ("protobuf", "json", "orjson.dumps"): 1.5,
    ("msgpack", "json", "msgspec typed decode + encode"): 4.0,
    ("json", "msgpack", "msgspec typed decode + encode"): 4.0,
}
"""How many times faster than that peer we mean to be, in batches."""
THREADS_GOAL = 1.9
Row = dict[str, Any]


def signals() -> dict[str, list[bytes]]:
    """By format: signals like the golden one, with other ids, numbers and lengths."""
    random = Random(9)
    messages = [encoded("NeuronSignal", varied(random)) for _ in range(COUNT)]
    return {name: [message[name] for message in messages] for name in LANGUAGES}


def varied(random: Random) -> dict[str, Any]:
    payload = SIGNAL["payload"]
    activation = payload["activation"] | {
        "content": activation_text(random),
        "strength": round(random.random(), 2),
        "features": {key: round(random.uniform(-20, 20), 3) for key in payload["activation"]["features"]},
    }
    return SIGNAL | {
        "signal_id": identifier(random),
        "batch_id": identifier(random),
        "from_neuron": f"cortex-a/planner-{random.randrange(10**4):04}",
        "timestamp": f"2026-11-22T10:{random.randrange(60):02}:30.{random.randrange(10**9):09}Z",
        "payload": payload | {"activation": activation},
    }


def identifier(random: Random) -> str:
    digits = f"{random.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def activation_text(random: Random) -> str:
    words = ("retry", "the", "build", "with", "a", "smaller", "batch")
    return " ".join(random.choice(words) for _ in range(random.randrange(6, 10)))


def each(function: Callable[[Any], Any], values: list[Any]) -> Callable[[], None]:
    def run() -> None:
        for value in values:
            function(value)

    return run


def batched(plan: Plan, messages: list[bytes]) -> Callable[[], Any]:
    data = b"".join(messages * BATCH)
    offsets = array("q", [0, *accumulate(map(len, messages * BATCH))])
    return lambda: plan.translate_many(data, offsets)


def check(source: str, target: str, messages: dict[str, list[bytes]]) -> None:
    """All contestants do the work at all: ours to the byte, the peer's to the microsecond and float 32."""
    ours = Plan(side(source), side(target)).translate_many(messages[source])
    assert ours.data == b"".join(messages[target]), (source, target)
    name, peer = peers.same_work(source, target)
    for data, wanted in zip(messages[source], messages[target], strict=True):
        assert alike(peers.values(target, peer(data)), peers.values(target, wanted)), (source, target, name)


def alike(one: Any, other: Any) -> bool:
    """The same values, but for what a float 32 and a datetime can't hold, and for null where another leaves out."""
    match one:
        case dict():
            names = {name for each in (one, other) for name in each if each[name] is not None}
            return all(name in one and name in other and alike(one[name], other[name]) for name in names)
        case float() | int():
            return isclose(one, other, rel_tol=1e-6)
        case datetime():
            return bool(abs(one - other) < 2 * peers.MICROSECOND)
        case str() if one.endswith("Z"):
            return alike(datetime.fromisoformat(one), datetime.fromisoformat(other))
        case _:
            return bool(one == other)


def pair(source: str, target: str, messages: dict[str, list[bytes]]) -> Iterator[Row]:
    """One pair's rows: ours, one by one and in a batch, against the same work and against each side alone."""
    plan = Plan(side(source), side(target))
    work, both = peers.same_work(source, target)
    decoder, decode = peers.DECODE[source]
    encoder, encode = peers.ENCODE[target]
    loaded = [peers.DECODE[target][1](data) for data in messages[target]]
    times = clock.race(
        {
            "translate": (each(plan.translate, messages[source]), COUNT),
            "translate_many": (batched(plan, messages[source]), COUNT * BATCH),
            work: (each(both, messages[source]), COUNT),
            decoder: (each(decode, messages[source]), COUNT),
            encoder: (each(encode, loaded), COUNT),
        }
    )
    for call in ("translate", "translate_many"):
        for peer in (work, decoder, encoder):
            yield row(source, target, call, times[call], peer, times[peer])


def row(source: str, target: str, call: str, ours: float, peer: str, theirs: float) -> Row:
    return {
        "message": "neuron signal",
        "source": source,
        "target": target,
        "call": call,
        "ours_ns": round(ours, 1),
        "peer": peer,
        "peer_ns": round(theirs, 1),
    }


def further(messages: dict[str, list[bytes]]) -> list[Row]:
    """Messages of the outside world: GitHub's events, OTLP's metrics, Kafka's framed messages."""
    rows: list[Row] = []
    for what, count, runs in (github.contestants(), *otlp.contestants(), confluent.contestants(messages["avro"])):
        times = clock.race({name: (run, count) for name, run in runs.items()})
        ours = [name for name in times if "translate" in name]
        found: list[Row] = [
            {"message": what, "call": call, "ours_ns": round(times[call], 1), "peer": peer, "peer_ns": round(ns, 1)}
            for call in ours for peer, ns in times.items() if peer not in ours
        ]  # fmt: skip
        print(f"{what}, for each message that is made:")
        print("\n".join(
            f"{each['call']:>47} {each['ours_ns']:>8.0f} ns  {each['peer']:<42} {each['peer_ns']:>8.0f} ns  "
            f"{each['peer_ns'] / each['ours_ns']:>6.2f} ×" for each in found
        ), flush=True)  # fmt: skip
        rows += found
    return rows


def scaling(source: str, target: str, messages: dict[str, list[bytes]]) -> Row:
    """Two threads on one plan against one thread, in turns."""
    run = batched(Plan(side(source), side(target)), messages[source])
    one = two = float("inf")
    for _ in range(clock.ROUNDS):
        one = min(one, clock.threads(run, 100, 1) / 100)
        two = min(two, clock.threads(run, 100, 2) / 200)
    size = COUNT * BATCH
    return row(source, target, "translate_many, 2 threads", two / size, "translate_many, 1 thread", one / size)


def line(entry: Row) -> str:
    ratio = entry["peer_ns"] / entry["ours_ns"]
    goal = GOALS.get((entry["source"], entry["target"], entry["peer"])) if "many" in entry["call"] else None
    goal = THREADS_GOAL if "threads" in entry["call"] else goal
    aim = "" if goal is None else f"  goal {goal:g}{'' if ratio >= goal else ': NOT MET'}"
    return (
        f"{entry['source']:>9} → {entry['target']:<9} {entry['call']:<25} {entry['ours_ns']:>8.0f} ns  "
        f"{entry['peer']:<31} {entry['peer_ns']:>8.0f} ns  {ratio:>6.2f} ×{aim}"
    )


def main(names: list[str]) -> None:
    messages = signals()
    chosen = [name for name in LANGUAGES if name in peers.LIBRARY and (name in names or not names)]
    sizes = ", ".join(f"{name} {sum(map(len, found)) // COUNT}" for name, found in messages.items())
    print(f"The neuron signal, in bytes: {sizes}.  × is how often ours fits into the peer's time.")
    rows: list[Row] = []
    for source in chosen:
        for target in chosen:
            check(source, target, messages)
            rows += pair(source, target, messages)
            print("\n".join(line(entry) for entry in rows[-6:]), flush=True)
    if not names:
        rows += further(messages)
    rows += [scaling(source, target, messages) for source, target in (("avro", "protobuf"), ("json", "protobuf"))]
    print("\n".join(line(entry) for entry in rows[-2:]))
    RESULTS.write_text("[\n" + ",\n".join(f"  {json.dumps(entry)}" for entry in rows) + "\n]\n")


if __name__ == "__main__":
    main(sys.argv[1:])
