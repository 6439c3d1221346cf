"""Adapters whose mapping makes any number of messages of one."""

from __future__ import annotations

import io

import pytest

import translator
from native.errors import PlanError
from tests.translator.containers.support import messages
from tests.translator.streams.schema_ids.support import avro
from translator import containers
from translator.contract import delimiter
from translator.streams.pump import Pump

ARRAY = {"type": "array", "items": "string"}
OLD = {"type": "record", "name": "R", "fields": [{"name": "tags", "type": ARRAY}]}
NEW = {"type": "record", "name": "R", "fields": [{"name": "x", "type": "int"}, {"name": "tags", "type": ARRAY}]}
TARGET = {"type": "record", "name": "T", "fields": [{"name": "n", "type": "int"}]}
MAPPING = {"version": 1, "for_each": "t in tags", "fields": {"n": {"path": "t", "cast": "int32"}}}


def old(*tags: str) -> bytes:
    return b"\0\0\0\0\1" + avro(OLD, {"tags": tags})


def new(*tags: str) -> bytes:
    return b"\0\0\0\0\2" + avro(NEW, {"x": 1, "tags": tags})


def adapter(**options):
    return translator.adapter({1: OLD, 2: NEW}, TARGET, mapping=MAPPING, **options)


STREAM = [old("1", "2"), new("3"), old(), b"\0\0\0\0\\9", new("4", "x", "5"), old("6")]
MADE = [(0, 0, 1), (0, 1, 2), (1, 0, 3), (4, 0, 4), (4, 2, 5), (5, 0, 6)]


@pytest.mark.parametrize(("options", "prefix"), [({}, b""), ({"out": "confluent", "out_id": 9}, b"\0\0\0\0\x09")])
def test_results_of_several_ids_stand_in_the_order_of_their_messages(options, prefix):
    """Each says of which input it is and which of its items; a refused item stands aside, a refused input made none."""
    batch = adapter(**options).translate_each(STREAM, delimiting="be32")
    made = [(batch.inputs[i], batch.items[i], batch[i]) for i in range(len(batch))]
    frame = delimiter("be32")
    assert made == [(i, item, frame(prefix + avro(TARGET, {"n": n}))) for i, item, n in MADE]
    assert [(error.index, error.item, error.code) for error in batch.errors] == [
        (3, None, "FRAME_SCHEMA"),
        (4, 1, "NUMBER"),
    ]


def test_one_id_alone():
    """The core's own results, with offsets in the messages with their framing."""
    batch = adapter().translate_each([old("1"), old("y")])
    assert (list(batch.inputs), list(batch.items), batch.data) == ([0], [0], b"\2")
    assert [(error.index, error.item) for error in batch.errors] == [(1, 0)]


def test_without_a_loop_each_makes_one():
    plain = translator.adapter({1: TARGET, 2: TARGET}, TARGET)
    batch = plain.translate_each([b"\0\0\0\0\1\2", b"\0\0\0\0\2", b"\0\0\0\0\2\4"])
    assert (list(batch.inputs), list(batch.items), batch.data) == ([0, 2], [0, 0], b"\2\4")


def test_other_calls_say_so():
    """They give one result for each message."""
    for act in (lambda: adapter().translate(old("1")), lambda: adapter().translate_many([old("1")])):
        with pytest.raises(PlanError, match="use translate_each"):
            act()


@pytest.mark.parametrize("options", [{}, {"out": "confluent", "out_id": 9}])
def test_the_conversion_engine_takes_them(options):
    """A stream of two ids, refused items aside."""
    data, out, refused = b"".join(map(delimiter("varint"), STREAM)), io.BytesIO(), []
    with containers.get("hal9-frames").writer(out) as writer:
        reader = containers.get("delimited").reader(io.BytesIO(data))
        counts = Pump(reader, adapter(**options), writer, refused=refused.append).run()
    found = messages(containers.get("hal9-frames").reader(io.BytesIO(out.getvalue())))
    assert [each[-1] >> 1 for each in found] == [1, 2, 3, 4, 5, 6]
    assert (counts.read, counts.written, counts.refused) == (6, 6, 2)
    assert [(each.index, each.error.item) for each in refused] == [(3, None), (4, 1)]
