"""B20-B30 and B34: bad Avro messages, each refused at its byte; and neighbours of a refused one."""

from __future__ import annotations

from array import array
from typing import Any

import pytest

from native.binding import Limits
from native.errors import DataError
from tests.bad_input.support import avro_plan, place, refused, zigzag
from tests.pace import in_time
from tests.vectors import golden, side
from translator.contract import Messages
from translator.engine.plan import Plan

SHORT = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}
UNION: list[Any] = ["null", "int", "string"]
ENUM = {"type": "enum", "name": "E", "symbols": ["A", "B"]}


def field_of(type_: Any) -> dict[str, Any]:
    """A record with a byte of its own before the field, so that offsets are seen to be counted."""
    fields = [{"name": "first", "type": "boolean"}, {"name": "f", "type": type_}]
    return {"type": "record", "name": "R", "fields": fields}


def wanted_and_skipped(type_: Any, message: bytes) -> tuple[tuple[str, int], tuple[str, int] | None]:
    """Where `message` is refused as a wanted field, and as one that is passed over (None: it isn't)."""
    wanted = place(avro_plan(field_of(type_)).translate, b"\0" + message)
    less = avro_plan(field_of(type_), "avro", field_of(type_) | {"fields": field_of(type_)["fields"][:1]}, drop=["*"])
    try:
        less.translate(b"\0" + message)
    except DataError as error:
        return wanted, (error.code, error.offset)
    return wanted, None


@pytest.mark.parametrize("type_", ["int", "long", "string", "bytes", ENUM, UNION, {"type": "array", "items": "int"}])
def test_b20_varint_of_31_bytes(type_: Any) -> None:
    """B20: wherever a varint stands, wanted or not, one of over ten bytes is refused where it begins."""
    assert wanted_and_skipped(type_, b"\x80" * 30 + b"\0") == (("VARINT", 1), ("VARINT", 1))


@pytest.mark.parametrize("last", [0x02, 0x7F, 0x80])
def test_b21_varint_over_64_bits(last: int) -> None:
    """B21: ten bytes hold 70 bits; what is over 64 is refused."""
    message = b"\xff" * 9 + bytes([last])
    assert wanted_and_skipped("long", message + b"\0") == (("VARINT", 1), ("VARINT", 1))
    assert avro_plan({"type": "long"}).translate(b"\xff" * 9 + b"\x01") == b"-9223372036854775808"


@pytest.mark.parametrize("value", [1 << 31, -(1 << 31) - 1, (1 << 63) - 1])
def test_b22_int_over_32_bits(value: int) -> None:
    """B22: an int is 32 bits; passed over, its structure is all that is looked at."""
    assert wanted_and_skipped("int", zigzag(value)) == (("RANGE", 1), None)
    assert avro_plan({"type": "int"}).translate(zigzag(-(1 << 31))) == b"-2147483648"


@pytest.mark.parametrize("byte", [2, 7, 0xFF])
def test_b23_boolean_7(byte: int) -> None:
    """B23: a boolean is 0 or 1."""
    assert place(avro_plan(field_of("boolean")).translate, bytes([0, byte])) == ("BOOLEAN", 1)


@pytest.mark.parametrize("branch", [-1, -(1 << 63)], ids=["-1", "-2^63"])
def test_b24_union_branch_minus_1(branch: int) -> None:
    """B24: no branch is counted from the end, wanted or not, with null or without."""
    for union in (UNION, ["int", "string"], ["null", "int"], ["int", "null"]):
        assert wanted_and_skipped(union, zigzag(branch) + b"\0") == (("BRANCH", 1), ("BRANCH", 1))


@pytest.mark.parametrize("branch", [3, 99, (1 << 32) + 1, (1 << 63) - 1])
def test_b25_union_branch_99(branch: int) -> None:
    """B25: nor is there one after the last."""
    for union in (UNION, ["null", "int"], ["int", "null"]):
        assert wanted_and_skipped(union, zigzag(branch) + b"\0") == (("BRANCH", 1), ("BRANCH", 1))


@pytest.mark.parametrize("symbol", [-1, 2, 99, 1 << 32, -(1 << 63)])
def test_b26_enum_symbol_minus_1(symbol: int) -> None:
    """B26: a symbol's index is one of the schema's."""
    assert place(avro_plan(field_of(ENUM)).translate, b"\0" + zigzag(symbol)) == ("SYMBOL", 1)


@pytest.mark.parametrize("items", ["null", {"type": "record", "name": "Z", "fields": []}])
@pytest.mark.parametrize("target", ["avro", "json", "msgpack"])
def test_b27_array_of_null_with_count_2_to_the_40(items: Any, target: str) -> None:
    """B27: items of no bytes are counted before they are read."""
    message = b"\0" + zigzag(1 << 40) + b"\0"
    type_ = {"type": "array", "items": items}
    with in_time(1):
        assert place(avro_plan(field_of(type_), target).translate, message) == ("ITEMS", 1)
    few = avro_plan(type_, "json", limits=Limits(items=10))
    assert few.translate(zigzag(10) + b"\0").count(b",") == 9
    assert place(few.translate, zigzag(11) + b"\0") == ("ITEMS", 0)
    assert place(few.translate, zigzag(6) + zigzag(5) + b"\0") == ("ITEMS", 1)


def test_b27_array_of_null_that_nobody_wants() -> None:
    """B27: passed over, it is refused as well, in bounded time."""
    type_ = {"type": "array", "items": "null"}
    less = avro_plan(field_of(type_), "avro", field_of(type_) | {"fields": field_of(type_)["fields"][:1]}, drop=["*"])
    assert refused(less.translate, b"\0" + zigzag(1 << 40) + b"\0").code == "ITEMS"


@pytest.mark.parametrize("type_", [{"type": "array", "items": "int"}, {"type": "map", "values": "int"}])
def test_b28_block_count_int64_min(type_: Any) -> None:
    """B28: the one negative count that has no positive."""
    message = zigzag(-(1 << 63)) + zigzag(1) + b"\0"
    assert wanted_and_skipped(type_, message) == (("LENGTH", 1), ("LENGTH", 1))


@pytest.mark.parametrize("size", [0, 1, 3])
def test_b29_negative_block_with_a_lying_size(size: int) -> None:
    """B29: a block ends where it says, whatever lies in it."""
    type_ = {"type": "array", "items": "int"}
    message = b"\0" + zigzag(-2) + zigzag(size) + b"\x02\x04" + b"\0\0\0"
    assert place(avro_plan(field_of(type_)).translate, message) == ("BLOCK", 5)
    assert place(avro_plan(field_of(type_)).translate, b"\0" + zigzag(-2) + zigzag(-1)) == ("LENGTH", 1)
    assert place(avro_plan(field_of(type_)).translate, b"\0" + zigzag(-2) + zigzag(9) + b"\x02") == ("TRUNCATED", 4)
    assert avro_plan(type_).translate(zigzag(-2) + zigzag(2) + b"\x02\x04\0") == b"[1,2]"


@pytest.mark.parametrize("size", [0, 1, 3, 4])
def test_b29_a_lying_size_of_what_nobody_wants(size: int) -> None:
    """B29: what is passed over is held to its size as what is read, arrays and maps in others too."""
    ints = zigzag(-2) + zigzag(size) + b"\x02\x04" + bytes(9)
    assert wanted_and_skipped({"type": "array", "items": "int"}, ints) == (("BLOCK", 5), ("BLOCK", 5))
    texts = zigzag(-1) + zigzag(size + 2) + b"\x02k\x04ab" + bytes(9)
    maps = {"type": "map", "values": "string"}
    assert wanted_and_skipped(maps, texts) == ((("BLOCK", 8), ("BLOCK", 8)) if size != 3 else (("TRAILING", 9),) * 2)
    nested = {"type": "array", "items": {"type": "array", "items": "int"}}
    assert wanted_and_skipped(nested, zigzag(1) + ints) == (("BLOCK", 6), ("BLOCK", 6))


@pytest.mark.parametrize("target", ["avro", "json", "msgpack"])
def test_b30_100_kb_of_a_recursive_record(target: str) -> None:
    """B30: refused at the first level that is too deep, and so where it is passed over."""
    node = {"type": "record", "name": "N", "fields": [{"name": "next", "type": ["null", "N"]}]}
    error = refused(avro_plan(node, target).translate, b"\x02" * 100_000)
    assert (error.code, error.offset) == ("DEPTH", 128)
    assert error.path == ".".join(["next"] * 128)
    wanted, skipped = wanted_and_skipped(["null", node], b"\x02" * 100_000)
    assert wanted[0] == "DEPTH"
    assert skipped is not None
    assert skipped[0] == "DEPTH"


@pytest.mark.parametrize("precision", [10, 1000])
def test_b34_decimal_of_1_mb(precision: int) -> None:
    """B34: over its precision, found in time that doesn't grow with the square of its length."""
    type_ = {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": 2}
    message = b"\0" + zigzag(1 << 20) + b"\x7f" * (1 << 20)
    for target in ("avro", "json", "msgpack"):
        with in_time(2):
            assert place(avro_plan(field_of(type_), target).translate, message) == ("DECIMAL", 1)
    big = {"type": "bytes", "logicalType": "big-decimal"}
    body = zigzag(1 << 20) + b"\x7f" * (1 << 20) + zigzag(2)
    assert place(avro_plan(field_of(big)).translate, b"\0" + zigzag(len(body)) + body) == ("DECIMAL", 1)


# --- neighbours ---


def test_neighbours_of_refused_messages() -> None:
    """D: in a batch each bad message is an error at its index, and the good ones come out as they would alone."""
    for source in ("avro", "json", "msgpack", "protobuf", "protojson"):
        for target in ("avro", "json", "protobuf"):
            made = Plan(side(source), side(target))
            good = golden()[source]
            bad = [good[:-1], b"", b"\xff" * 40, b"{" * 1000, good[: len(good) // 2], b"\0"]
            messages = [each for one in bad for each in (one, good)] * 50
            result = made.translate_many(messages)
            assert [error.index for error in result.errors] == list(range(0, len(messages), 2))
            assert [result[i] for i in range(1, len(messages), 2)] == [golden()[target]] * (len(messages) // 2)
            assert all(result[i] == b"" for i in range(0, len(messages), 2))


def test_messages_outside_of_the_buffer() -> None:
    """Offsets that lie outside, run backwards, or are far away are refused, each alone."""
    made = avro_plan(SHORT)
    begin, end = array("q", [0, 3, -1, 1, 0, -(1 << 63)]), array("q", [3, 99, 3, 0, 3, (1 << 63) - 1])
    run = made.translate_batch(Messages(b"\x02\x02a", begin, end))
    assert [(error.index, error.code) for error in run.errors] == [(i, "LENGTH") for i in (1, 2, 3, 5)]
    assert run.data == b'{"a":1,"b":"a"}' * 2


def test_runs_go_on_behind_a_refused_record() -> None:
    """Back to back, a record that is refused for what it says is passed over; one that is damaged ends the run."""
    made = avro_plan(SHORT)
    good, wide, text = b"\x02\x02a", zigzag(1 << 40) + b"\x02a", b"\x02\x02\xff"
    run = made.translate_run(good + wide + good + text + good, 5)
    assert run.made.data == b'{"a":1,"b":"a"}' * 3
    assert [(error.index, error.code, error.offset) for error in run.made.errors] == [(1, "RANGE", 0), (3, "UTF8", 1)]
    assert list(run.messages.begins) == [0, 3, 3 + len(wide), 6 + len(wide), 9 + len(wide)]
    damaged = made.translate_run(good + b"\x02\x01" + good, 3)
    assert [(error.index, error.code) for error in damaged.made.errors] == [(1, "LENGTH")]
    assert (damaged.made.data, len(damaged.messages), damaged.used) == (b'{"a":1,"b":"a"}', 2, 8)


def test_runs_go_on_behind_a_record_over_a_limit() -> None:
    """A record over its size, or its items, is refused alone."""
    type_ = {"type": "array", "items": "int"}
    made = avro_plan(type_, limits=Limits(record=10))
    long = zigzag(20) + b"\x02" * 20 + b"\0"
    run = made.translate_run(b"\x02\x02\0" + long + b"\x02\x04\0", 3)
    assert [(error.index, error.code) for error in run.made.errors] == [(1, "RECORD")]
    assert run.made.data == b"[1][2]"
