"""The fuzzer finds results that only look right. (One planted in the C core: `make canary`, which CI runs.)"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

import pytest

from native.errors import DataError
from tests import vectors
from tests.fuzz.corpus import Target, targets
from tests.fuzz.fuzz_readers import FindingError, attempt, check_each
from tests.fuzz.mutate import CHANGES, mutated
from translator.contract import Made
from translator.engine.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
SIGNAL = vectors.golden()
OTHER = vectors.golden("forward")
READ = Plan(vectors.side("avro"), vectors.side("json"))
AGAIN = Plan(vectors.side("json"), vectors.side("json"))


@dataclass
class Spoiled:
    """A plan whose results are changed before anyone sees them."""

    before: bytes
    after: bytes
    many = False

    def translate(self, data: bytes) -> bytes:
        return READ.translate(data)

    def translate_many(self, data: bytes, offsets: object) -> Made:
        found = READ.translate_many(data, offsets)
        data = found.data.replace(self.before, self.after)
        found.offsets[-1] += len(data) - len(found.data)
        return replace(found, data=data)


def test_good_messages_are_no_finding() -> None:
    """What is translated as it should be passes."""
    attempt(Target("", (SIGNAL["avro"],), READ, AGAIN), SIGNAL["avro"], OTHER["avro"])
    attempt(Target("", (SIGNAL["avro"],), READ, AGAIN), SIGNAL["avro"], OTHER["avro"][:-1])


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [
        (b"retry", b"RETRY", "neighbour"),
        (b'"Forward"', b'"Forwar\xff"', "our own output is refused"),
        (b'"metadata":{}', b'"metadata":{', "our own output is refused"),
        (b'"metadata":{}', b'"metadata": {}', "another output the second time"),
    ],
)
def test_wrong_results_are_found(before: bytes, after: bytes, finding: str) -> None:
    """A changed neighbour, or output that its own reader refuses, is a finding."""
    target = Target("", (SIGNAL["avro"],), Spoiled(before, after), AGAIN)  # type: ignore[arg-type]
    with pytest.raises(FindingError, match=finding):
        attempt(target, SIGNAL["avro"], OTHER["avro"])


@cache
def each() -> Target:
    """A plan that makes many messages of one."""
    return next(target for target in targets() if target.name == "each json avro")


def _spoiled(change: str) -> Made:
    """What the good message makes twice, with one thing changed."""
    seed = each().seeds[0]
    found = each().plan.translate_each([seed, seed])
    if change == "order":
        found.items[0], found.items[1] = found.items[1], found.items[0]
    if change == "twice":
        found.items[-1] = found.items[-2]
    if change == "left out":
        found.errors.pop(0)
    if change == "neighbour":
        return replace(found, data=found.data.replace(b"alpha/load", b"ALPHA/load", 1))
    if change == "both":
        found.errors.append(DataError("CONDITION", "", 0, 1, "", None))
    return found


def test_good_items_are_no_finding() -> None:
    """What a message makes, as it should be, passes."""
    check_each(each(), *each().seeds[:1] * 2, _spoiled(""))


@pytest.mark.parametrize("change", ["order", "twice", "left out", "neighbour", "both"])
def test_wrong_items_are_found(change: str) -> None:
    """Items out of order, twice, missing, other than alone, or of a message that is refused."""
    with pytest.raises(FindingError):
        check_each(each(), *each().seeds[:1] * 2, _spoiled(change))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_change_changes(change: object) -> None:
    """Every kind of change does something, to an empty message too."""
    random = Random(1)
    messages = [bytearray(b"0123456789") for _ in range(40)]
    for message in messages:
        change(random, message, (b"abc",))  # type: ignore[operator]
    change(random, bytearray(), (b"abc",))  # type: ignore[operator]
    assert len({bytes(message) for message in messages}) > 10


def test_an_input_is_made_again_from_its_number() -> None:
    """The same seed gives the same messages."""
    assert mutated(Random(5), (b"abc", b"def")) == mutated(Random(5), (b"abc", b"def"))
