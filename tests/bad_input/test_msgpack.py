"""B57-B60 and B64: bad MessagePack, and what an earlier message may leave behind."""

from __future__ import annotations

import struct

import pytest

from native.binding import Limits
from schemas import avro
from tests.bad_input.support import FORMATS, in_little_memory, place, plan, untyped
from tests.pace import in_time
from tests.vectors import golden, side
from translator.engine.plan import Plan

TARGETS = ("json", "msgpack")
RECORD = {"type": "record", "name": "R", "fields": [{"name": "t", "type": "string"}]}


@pytest.mark.parametrize("target", TARGETS)
def test_b57_byte_c1(target: str) -> None:
    """B57: the byte that means nothing, as a value, an item, a key's value, and where nobody wants it."""
    for message, at in ((b"\xc1", 0), (b"\x92\x01\xc1", 2), (b"\x81\xa1a\xc1", 3)):
        assert place(untyped("msgpack", target).translate, message) == ("TAG", at)
    schema = avro.read(RECORD)
    made = plan(("msgpack", schema), (target, schema), policies={"unknown": "ignore"})
    assert place(made.translate, b"\x82\xa1x\xc1\xa1t\xa0") == ("TAG", 3)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("head", [b"\xdd", b"\xdf"])
def test_b58_array32_of_4_g_nested_200_deep(target: str, head: bytes) -> None:
    """B58: what is promised can't be there, so nothing is allocated for it."""
    message = (head + b"\xff\xff\xff\xff" + (b"\xa1a" if head == b"\xdf" else b"")) * 200
    with in_time(1):
        assert place(untyped("msgpack", target).translate, message) == ("TRUNCATED", len(message))


PROMISES = """
from tests.bad_input.support import untyped, place
message = (b"\\xdd\\x00\\x10\\x00\\x00") * 120 + b"\\xc0" * (1 << 20)
print(place(untyped("msgpack", "json").translate, message)[0])
"""


def test_b58_promises_that_the_input_could_hold_once() -> None:
    """B58: 120 lists that each could have the rest of the input: the first one's last item is missing."""
    assert in_little_memory(PROMISES) in ("TRUNCATED\n", "ITEMS\n", "MEMORY\n")


@pytest.mark.parametrize("nanos", [1_000_000_000, (1 << 30) - 1])
def test_b59_timestamp_nanoseconds_over_999999999(nanos: int) -> None:
    """B59: in both forms that have nanoseconds, kept as a value or read as a time."""
    schema = avro.read({"type": "long", "logicalType": "timestamp-nanos"})
    for made in (untyped("msgpack"), plan(("msgpack", schema), ("avro", schema))):
        assert place(made.translate, b"\xd7\xff" + struct.pack(">Q", nanos << 34)) == ("TIME", 0)
        assert place(made.translate, b"\xc7\x0c\xff" + struct.pack(">Iq", nanos, 0)) == ("TIME", 0)
        assert made.translate(b"\xd7\xff" + struct.pack(">Q", 999_999_999 << 34))


@pytest.mark.parametrize("key", [b"\x80", b"\x90", b"\x91\x01", b"\x81\xa1a\x01", b"\xc0", b"\xc4\x01a", b"\xd4\x01a"])
@pytest.mark.parametrize("target", TARGETS)
def test_b60_maps_or_arrays_as_keys(target: str, key: bytes) -> None:
    """B60: a key is text, in an untyped map, a map by its schema, and a record."""
    assert place(untyped("msgpack", target).translate, b"\x81" + key + b"\x01") == ("KEY", 1)
    table = avro.read({"type": "map", "values": "int"})
    assert place(plan(("msgpack", table), (target, table)).translate, b"\x81" + key + b"\x01") == ("KEY", 1)
    record = avro.read(RECORD)
    made = plan(("msgpack", record), (target, record))
    assert place(made.translate, b"\x82" + key + b"\x01\xa1t\xa0") == ("KEY", 1)


@pytest.mark.parametrize("source", FORMATS)
def test_b64_state_left_over_from_an_earlier_message(source: str) -> None:
    """B64: what came before, good, refused, huge or deep, changes no later result."""
    made = Plan(side(source), side("avro"), limits=Limits(memory=1 << 20))
    good, wanted = golden()[source], golden()["avro"]
    before = [good[:cut] for cut in range(0, len(good), 7)] + [b"\xff" * 300, b"[" * 300, b"\x91" * 300, good * 2]
    for message in before:
        result = made.translate_many([message, good])
        assert result[1] == wanted
        assert made.translate(good) == wanted


def test_b64_untyped_values() -> None:
    """B64: the same of untyped values, whose tape is the context's."""
    made = untyped("msgpack", "json")
    for before in (
        b"\x92\x01",
        b"\x81\xa1a",
        b"\x91" * 200,
        b"\xdc\xff\xff" + b"\xc0" * 65535,
        b"\x82\xa1a\x01\xa1a\x02",
    ):
        result = made.translate_many([before, b"\x92\x01\xa1x"])
        assert result[1] == b'[1,"x"]'
