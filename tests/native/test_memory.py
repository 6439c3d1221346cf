"""B6, B27, B49: what messages may cost, by the core's own counters: lists grow in linear memory, a limit of items is
reached as such, and no call's memory is held after it."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import pytest

from native.binding import C, Limits, LoadedPlan
from native.errors import LimitError
from tests.bad_input.support import avro_plan, field, plan, protobuf_plan, zigzag
from translator.engine.plan import Plan

MILLION = 1_000_000
KEPT = 2 * C.H9_KEPT
"""More than stays after a call with one kind of memory that was large."""


def core(made: Plan) -> LoadedPlan:
    return made._core  # the counters are the core's


def array_of(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


def in_blocks(items: int, of: int, item: bytes = b"\2") -> bytes:
    return (zigzag(of) + item * of) * (items // of) + b"\0"


def packed(items: int, of: int) -> bytes:
    return field(1, b"\2" * of) * (items // of)


def merged(items: int, of: int) -> bytes:
    return field(1, field(1, b"\2" * of)) * (items // of)


def last_wins() -> Plan:
    return avro_plan({"type": "map", "values": "int"}, policies={"duplicates": "last"})


FIXED = "message M { repeated fixed32 a = 1; }"
MERGED = "message S { repeated int32 a = 1; } message M { S s = 1; }"
PIECES = {
    "avro": (lambda: avro_plan(array_of("int")), in_blocks, 4),
    "nulls": (lambda: avro_plan(array_of("null")), lambda n, of: in_blocks(n, of, b""), 16),
    "bulk": (lambda: avro_plan(array_of("double")), lambda n, of: in_blocks(n, of, bytes(8)), 8),
    "map": (last_wins, lambda n, of: in_blocks(n, of, b"\2a\2"), 50),
    "packed": (lambda: protobuf_plan("message M { repeated int32 a = 1; }"), packed, 4),
    "packed bulk": (lambda: protobuf_plan(FIXED), lambda n, of: packed(4 * n, 4 * of), 4),
    "merged": (lambda: protobuf_plan(MERGED), merged, 4),
}


@pytest.mark.parametrize("of", [1, 7, 1000])
@pytest.mark.parametrize(("made", "message", "width"), PIECES.values(), ids=PIECES)
def test_b6_lists_in_pieces(
    made: Callable[[], Plan], message: Callable[[int, int], bytes], width: int, of: int
) -> None:
    """B6: however small the pieces that a list comes in, it takes the memory that its items need, twice at most."""
    n = 21_000
    loaded = core(made())
    loaded.translate(message(n, of))
    usage = loaded.context().usage()
    assert usage.items >= n
    assert usage.arena < 2 * n * width + 300_000


@pytest.mark.heavy
@pytest.mark.parametrize("of", [1, 1000, 16 * MILLION])
def test_b27_as_many_items_as_may_be(of: int) -> None:
    """B27: 16,000,000 items fit into the memory that a message may take, and one more is refused as such."""
    made = core(avro_plan(array_of("null")))
    assert len(made.translate(in_blocks(16 * MILLION, of, b""))) == 80_000_001
    assert 256_000_000 <= made.context().usage().arena < 512 << 20
    with pytest.raises(LimitError) as caught:
        made.translate(in_blocks(16 * MILLION, of, b"")[:-1] + zigzag(1) + b"\0")
    assert caught.value.code == "ITEMS"


@pytest.mark.parametrize("source", ["json", "msgpack", "avro"])
def test_b27_the_limit_of_items_is_met_first(source: str) -> None:
    """B27: where items take 16 bytes each of memory for twice as many, it is their number that is refused."""
    limits = Limits(items=100_000, memory=3_300_000)
    if source == "avro":
        made = core(avro_plan(array_of("string"), limits=limits))
        message = in_blocks(100_000, 100, b"\0")
    else:
        made = core(plan((source, {"type": "array", "items": {"type": "string"}}), "json", limits=limits))
        message = b"[" + b'"",' * 99_999 + b'""]' if source == "json" else b"\xdd\0\1\x86\xa0" + b"\xa0" * 100_000
    made.translate(message)
    assert made.context().usage().items == 100_000


@pytest.mark.parametrize("target", ["json", "msgpack"])
@pytest.mark.parametrize("source", ["json", "msgpack"])
def test_b49_memory_is_given_back(source: str, target: str) -> None:
    """B49: after a large message or batch, or a refused one, a context holds little."""
    made = core(plan(source, target))
    big = (
        b"[" + b'"0123456789",' * MILLION + b"0]"
        if source == "json"
        else b"\xdd\0\x0f\x42\x40" + b"\xaa0123456789" * MILLION
    )
    assert len(made.translate(big)) > 10 * MILLION
    assert made.context().usage().held < KEPT
    with pytest.raises(LimitError):
        core(plan(source, target, limits=Limits(depth=0))).translate(big)
    many = made.translate_many(big, array("q", [0] * 3), array("q", [len(big), len(big), 5]))
    assert len(many.data) > 20 * MILLION
    assert made.context().usage().held < KEPT


def test_b49_refusals_are_given_back() -> None:
    """B49: the same of many refusals, with their paths."""
    made = core(plan("json", "msgpack"))
    n, message = 2000, b"[" * 127 + b"x"
    made.translate_many(message, array("q", bytes(8 * 3 * n)), array("q", [len(message)] * 3 * n))
    assert made.context().usage().held < KEPT
