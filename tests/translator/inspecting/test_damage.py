"""Walkers survive any input: all up to the damage is shown, and the core, asked too, never says that there was none."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from native.errors import DataError
from schemas import avro
from schemas.model import Schema
from tests.bad_input.support import varint, zigzag
from tests.pace import in_time
from tests.translator.inspecting.support import check_shape
from tests.vectors import LANGUAGES, golden, side
from translator.engine.plan import Plan
from translator.inspecting import Shown, checking, look

CASES: list[tuple[str, Schema | None]] = [
    *((format_, side(format_).schema) for format_ in LANGUAGES),
    ("protobuf", None), ("json", None), ("msgpack", None), ("cbor", None),
]  # fmt: skip
PLANS = [checking.plan(*case) for case in CASES]
each_case = pytest.mark.parametrize("case", range(len(CASES)), ids=lambda i: f"{CASES[i][0]}-{CASES[i][1] is not None}")


def compare(case: int, data: bytes) -> tuple[Shown, DataError | None]:
    return agreed(*CASES[case], PLANS[case], data)


VALUES = frozenset(("TYPE", "RANGE", "INEXACT", "SYMBOL", "BYTES", "SIZE", "UUID", "TIME", "DECIMAL", "BOOLEAN"))
"""What the core says of one value."""


def agreed(format_: str, schema: Schema | None, plan: Plan, data: bytes) -> tuple[Shown, DataError | None]:
    """The walk and the core: what the walk can't follow the core refuses, there or before; and a value that the core
    refuses the walk shows at its path."""
    shown, said = look(format_, data, schema, limit=None), checking.refusal(plan, data)
    walked = shown.error
    check_shape(format_, data, shown.items, walked.offset if walked else len(data))
    assert checking.contradiction(walked, said) == ""
    if walked is not None and said is not None:
        assert (walked.code, walked.offset) == (said.code, said.offset) or said.offset <= walked.offset
    if said is not None and said.code in VALUES and (walked is None or walked.offset > said.offset):
        at = [each for each in shown.items if like(said.path).fullmatch(each.path)]
        assert [each for each in at if each.offset <= said.offset <= each.offset + (each.size or 0)], said
    return shown, said


def like(path: str) -> re.Pattern[str]:
    """The paths that it may be: the core has `?` for a key that was written with escapes, and brackets around each name
    that no schema has."""
    known = re.escape(path).replace(re.escape("[?]"), r'\[".*"\]')
    return re.compile(re.sub(r'\\\["([a-z_]+)"\\\]', r'(?:\\["\1"\\]|\\.?\1)', known), re.DOTALL)


@each_case
def test_cut_at_every_byte(case: int) -> None:
    """B2: the fields before the end are shown, and the walk ends where the core does, with its code."""
    data = golden()[CASES[case][0]]
    for size in range(len(data)):
        shown, said = compare(case, data[:size])
        if said is not None and said.code == "TRUNCATED":
            assert shown.error is not None
            assert (shown.error.code, shown.error.offset) == ("TRUNCATED", size)


@each_case
@given(seed=st.integers(0, 2**32))
def test_changed_bytes(case: int, seed: int) -> None:
    """A message with bytes changed, left out and put in is followed as far as the core follows it."""
    random, data = Random(seed), bytearray(golden()[CASES[case][0]])
    for _ in range(random.choice([1, 1, 2, 6])):
        at = random.randrange(len(data))
        data[at : at + random.choice([0, 1, 1])] = random.choice([b"", bytes([random.choice([0, 0x80, 0xFF])]), b"["])
    compare(case, bytes(data))


@each_case
@given(data=st.binary(max_size=60))
def test_any_bytes(case: int, data: bytes) -> None:
    """B1: what is not a message at all is refused, and nothing worse."""
    compare(case, data)


@each_case
def test_trailing_bytes(case: int) -> None:
    """B3: the walk ends at bytes after the message."""
    format_ = CASES[case][0]
    if format_ != "protobuf":
        shown, said = compare(case, golden()[format_] + b"\x01")
        assert said is not None
        assert shown.error is not None
        assert (
            (shown.error.code, shown.error.offset) == (said.code, said.offset) == ("TRAILING", len(golden()[format_]))
        )


TREE = avro.read('{"type": "record", "name": "T", "fields": [{"name": "t", "type": ["null", "T"]}]}')


@pytest.mark.parametrize(
    ("format_", "data", "schema"),
    [
        ("json", b"[" * 100_000, None),
        ("json", b'{"a":' * 100_000, None),
        ("avro-json", b'{"t":{"T":' * 100_000, TREE),
        ("msgpack", b"\x91" * 100_000, None),
        ("cbor", b"\x9f" * 100_000, None),
        ("cbor", b"\xc6" * 100_000, None),
        ("msgpack", b"\x81\xa1a" * 100_000, None),
        ("protobuf", b"\x0b" * 100_000, None),
        ("avro", b"\x02" * 100_000, TREE),
    ],
)
def test_nested_too_deep(format_: str, data: bytes, schema: Schema | None) -> None:
    """B5: 100,000 levels end at the walkers' own limit, at its place, without Python's stack."""
    with in_time(20):
        shown = look(format_, data, schema)
    assert shown.error is not None
    assert shown.error.code == "DEPTH"
    assert checking.contradiction(shown.error, None) == ""


def test_nested_messages_without_a_schema() -> None:
    """Bytes in bytes that may all be messages are opened to a depth, and what is in there is bytes."""
    data = b"\x08\x01"
    for _ in range(300):
        data = b"\x0a" + varint(len(data)) + data
    with in_time():
        shown = look("protobuf", data, limit=None)
    assert shown.error is None
    assert max(each.depth for each in shown.items) == 101
    check_shape("protobuf", data, shown.items, len(data))


@pytest.mark.parametrize("length", [-1, 2**31, 2**32, 2**63 - 1])
def test_absurd_lengths(length: int) -> None:
    """B6: a length that lies costs nothing."""
    code = "LENGTH" if length < 0 else "TRUNCATED"
    text = look("avro", zigzag(length) + b"x", avro.read('"string"'))
    assert text.error is not None
    assert (text.error.code, text.error.offset) == (code, 0 if length < 0 else len(zigzag(length)) + 1)
    proto = look("protobuf", b"\x0a" + varint(length & (2**64 - 1)) + b"x")
    assert proto.error is not None
    assert (proto.error.code, proto.error.path) == ("TRUNCATED", "1")
    assert proto.items[-1].kind == "broken"


def test_items_without_bytes() -> None:
    """B27: 2⁴⁰ nulls are given up, not counted."""
    schema = avro.read('{"type": "array", "items": "null"}')
    with in_time(20):
        shown = look("avro", zigzag(2**40), schema)
        everything = look("avro", zigzag(2**40), schema, limit=10)
    assert (len(shown.items), shown.whole, everything.whole) == (200, False, False)


def test_avro_blocks() -> None:
    """S30, B28, B29: several blocks, with sizes or without; sizes that lie are refused where they do."""
    schema = avro.read('{"type": "array", "items": "int"}')
    shown = look("avro", b"\x02\x02" + zigzag(-2) + zigzag(2) + b"\x04\x06" + b"\x00", schema)
    assert shown.error is None
    assert [(each.kind, each.value) for each in shown.items] == [
        ("list", "1 item"), ("int32", "1"), ("block", "2 items in 2 bytes"), ("int32", "2"), ("int32", "3"),
        ("end", ""),
    ]  # fmt: skip
    lying = look("avro", zigzag(-2) + zigzag(3) + b"\x04\x06\x00", schema)
    assert lying.error is not None
    assert (lying.error.code, lying.error.offset) == ("BLOCK", 4)
    lowest = look("avro", zigzag(-(2**63)), schema)
    assert lowest.error is not None
    assert (lowest.error.code, lowest.error.offset) == ("LENGTH", 0)


def test_wrong_values_are_shown_with_what_is_wrong() -> None:
    """B22, B23, B26: the walk goes on after a value that isn't one; the core refuses it."""
    fields = '[{"name": "b", "type": "boolean"}, {"name": "i", "type": "int"}, {"name": "e", "type": '
    enum = '{"type": "enum", "name": "E", "symbols": ["A"]}}'
    schema = avro.read(f'{{"type": "record", "name": "R", "fields": {fields}{enum}]}}')
    data = b"\x07" + zigzag(2**40) + zigzag(5)
    shown = look("avro", data, schema)
    assert shown.error is None
    assert [each.note for each in shown.items[1:]] == [
        "the byte 0x07 is not a boolean", "over 32 bits", "no symbol has this number"
    ]  # fmt: skip
    said = checking.refusal(checking.plan("avro", schema), data)
    assert said is not None
    assert (said.code, said.offset) == ("BOOLEAN", 0)
