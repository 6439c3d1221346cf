"""A plan is shared between threads, and pickles as its schemas and options."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest

import translator
from translator.messages import Activation, NeuronSignal, Payload

ROOT = Path(__file__).resolve().parents[3]
THREADS, MESSAGES = 8, 300


def signal(i: int) -> NeuronSignal:
    return NeuronSignal(
        signal_id=UUID(int=i), from_neuron=f"n{i}", to_neuron="x" * (i % 50), layer_from="L1", layer_to="L2",
        propagation_type="Forward", batch_id=UUID(int=i + 1), timestamp=f"2026-01-01T00:00:00.{i + 1:09}Z",
        payload=Payload(activation=Activation(content="c", features={f"f{k}": float(k) for k in range(i % 7)})),
    )  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> translator.Plan:
    return translator.compile(("avro", "neuron:NeuronSignal"))


@pytest.fixture(scope="module")
def messages() -> list[bytes]:
    write = translator.compile(("avro", "neuron:NeuronSignal"), ("avro", "neuron:NeuronSignal"))
    return [write.encode(signal(i)) for i in range(MESSAGES)]


def test_one_plan_many_threads(plan: translator.Plan, messages: list[bytes]) -> None:
    """Eight threads on one plan get what one thread gets: singly, in batches, refusals, and as Python objects."""
    fresh, start = pickle.loads(pickle.dumps(plan)), Barrier(THREADS)
    expected = [plan.translate(message) for message in messages]

    def work(thread: int) -> None:
        start.wait()
        for i in range(thread, MESSAGES, 2):
            assert fresh.translate(messages[i]) == expected[i]
            assert fresh.decode(messages[i], NeuronSignal) == signal(i)
            assert fresh.encode(signal(i)) == expected[i]
            with pytest.raises(translator.DataError) as caught:
                fresh.translate(messages[i][: 10 + thread])
            assert (caught.value.code, caught.value.path) == ("TRUNCATED", "signal_id")
        for _ in range(5):
            batch = fresh.translate_many([*messages, b""])
            assert [batch[i] for i in range(MESSAGES)] == expected
            assert [error.index for error in batch.errors] == [MESSAGES]

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(work, thread) for thread in range(THREADS)]:
            done.result()


def test_compiling_in_threads() -> None:
    """Plans may be compiled at the same time."""
    start = Barrier(THREADS)

    def work(_: int) -> bytes:
        start.wait()
        return translator.compile("neuron", ("json", "neuron:NeuronSignal")).encode(signal(3))

    with ThreadPoolExecutor(THREADS) as pool:
        assert len(set(pool.map(work, range(THREADS)))) == 1


def test_pickle_keeps_the_options() -> None:
    """Schemas, policies, drop and limits survive pickling."""
    wide = {"type": "record", "name": "R", "fields": [{"name": n, "type": "double"} for n in ("a", "b")]}
    narrow = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "float"}]}
    limits = translator.Limits(record=20)
    plan = translator.compile(wide, narrow, policies={"rounding": "round"}, drop=["b"], limits=limits)
    again = pickle.loads(pickle.dumps(plan))
    assert (again.policies, again.drop, again.limits) == (plan.policies, ("b",), limits)
    assert list(again.losses) == list(plan.losses)
    message = bytes(8) + b"\x9a\x99\x99\x99\x99\x99\xb9\x3f"
    assert again.translate(message) == plan.translate(message)
    with pytest.raises(translator.LimitError):
        again.translate(bytes(21))


SCRIPT = """
import pickle, sys
plan = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(plan.translate(bytes.fromhex(sys.argv[1])))
"""


def test_pickle_to_another_process(plan: translator.Plan, messages: list[bytes]) -> None:
    """A fresh interpreter loads a plan without having imported anything of ours."""
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, messages[5].hex()],
        input=pickle.dumps(plan),
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    assert run.stdout == plan.translate(messages[5])


def test_spawned_pool(plan: translator.Plan, messages: list[bytes]) -> None:
    """A plan's own method can be given to a spawned pool."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.map(Translate(plan), messages[:20])
    assert found == [plan.translate(message) for message in messages[:20]]


class Translate:
    """A callable that pickles with its plan."""

    def __init__(self, plan: translator.Plan) -> None:
        self.plan = plan

    def __call__(self, data: bytes) -> bytes:
        return self.plan.translate(data)
