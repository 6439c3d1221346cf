"""B1-B8: what every format must survive. (B8 is tests/native/test_alloc.py.)"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from native.binding import Limits
from native.errors import DataError
from tests.bad_input.support import (
    FORMATS,
    avro_plan,
    field,
    in_little_memory,
    in_time,
    place,
    plan,
    protobuf_plan,
    refused,
    untyped,
    varint,
    zigzag,
)
from tests.vectors import MESSAGES, golden, side
from translator.engine.plan import Plan

TREE_AVRO = {"type": "record", "name": "T", "fields": [{"name": "t", "type": ["null", "T"]}]}
ROWS = ["null", "int", {"type": "array", "items": "T"}]
ROWS_AVRO = {"type": "record", "name": "T", "fields": [{"name": "t", "type": ROWS}]}
TREE_PROTO = "message M { M t = 1; repeated M many = 2; map<string, M> table = 3; }"
LIES = {"-1": -1, "2^31": 1 << 31, "2^32": 1 << 32, "2^63-1": (1 << 63) - 1}


@cache
def signals(source: str, target: str, name: str = "NeuronSignal") -> Plan:
    return Plan(side(source, name), side(target, name))


@pytest.mark.parametrize("target", FORMATS)
@pytest.mark.parametrize("source", FORMATS)
def test_b1_empty_input(source: str, target: str) -> None:
    """B1: no bytes are not a message; in Protobuf they are one without fields, and a signal's are required."""
    code = "MISSING" if source == "protobuf" else "TRUNCATED"
    assert place(signals(source, target).translate, b"") == (code, 0)


def test_b1_empty_messages_that_are_some() -> None:
    """B1: an empty Protobuf message and an empty Avro record are valid."""
    assert protobuf_plan("message M { int32 a = 1; }").translate(b"") == b"{}"
    assert avro_plan({"type": "record", "name": "R", "fields": []}).translate(b"") == b"{}"
    assert avro_plan({"type": "null"}).translate(b"") == b"null"


@pytest.mark.parametrize("label", MESSAGES)
@pytest.mark.parametrize("source", FORMATS)
def test_b2_every_truncation(source: str, label: str) -> None:
    """B2: a message cut anywhere is refused where it ends; a prefix of whole Protobuf fields is a message."""
    message = golden(label)[source]
    made = signals(source, source, MESSAGES[label][0])
    for size in range(len(message)):
        try:
            out = made.translate(message[:size])
        except DataError as error:
            missing = source == "protobuf" and error.code == "MISSING"
            assert missing or (error.code, error.offset) == ("TRUNCATED", size)  # noqa: PT017
        else:
            assert source == "protobuf"
            assert made.translate(out) == out


@pytest.mark.parametrize("label", MESSAGES)
@pytest.mark.parametrize("source", FORMATS)
def test_b3_trailing_bytes(source: str, label: str) -> None:
    """B3: what follows a message is refused at its first byte; in Protobuf it must be a field."""
    message = golden(label)[source]
    translate = signals(source, "avro", MESSAGES[label][0]).translate
    for tail in (b"\0", b"\0" * 9, b"{}"):
        code = "TAG" if source == "protobuf" and tail[0] == 0 else "GROUP" if source == "protobuf" else "TRAILING"
        if source == "protobuf" and tail == b"{}":
            assert refused(translate, message + tail).offset >= len(message)
        else:
            assert place(translate, message + tail) == (code, len(message))


def nested(source: str, levels: int) -> bytes:
    """A message of so many levels, the outermost one included."""
    match source:
        case "json":
            return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)
        case "msgpack":
            return b"\x91" * (levels - 1) + b"\x90"
        case "avro":
            return b"\x02" * (levels - 1) + b"\0"
        case "protojson" | "otlp-json":
            return b'{"t":' * (levels - 1) + b"{}" + b"}" * (levels - 1)
        case "avro-json":  # a record, the branch's object, the list
            inmost = (b"", b'{"t":null}', b'{"t":{"int":1}}')[levels % 3]
            return b'{"t":{"array":[' * (levels // 3) + inmost + b"]}}" * (levels // 3)
    message = b""
    for _ in range(levels - 1):
        message = field(1, message)
    return message


def deep_plan(source: str, limit: int | None) -> Plan:
    options: dict[str, Any] = {"limits": Limits(depth=limit)} if limit else {}
    match source:
        case "avro":
            return avro_plan(TREE_AVRO, **options)
        case "json" | "msgpack":
            return untyped(source, "json", **options)
        case "protojson" | "otlp-json":
            return plan((source, protobuf_plan(TREE_PROTO).source.schema), "json", **options)
        case "avro-json":
            return plan((source, ROWS_AVRO), "json", **options)
    return protobuf_plan(TREE_PROTO, **options)


@pytest.mark.parametrize("limit", [1, 2, 64, 1000])
@pytest.mark.parametrize("source", FORMATS)
def test_b4_depth_limit(source: str, limit: int) -> None:
    """B4: as many levels as the limit says pass, one more is refused."""
    made = deep_plan(source, limit)
    assert made.translate(nested(source, limit))
    assert refused(made.translate, nested(source, limit + 1)).code == "DEPTH"


DEEP_CODE = """
import sys
from tests.bad_input import test_any_format as t
from native.errors import DataError
source, limit = sys.argv[1], int(sys.argv[2])
message = t.nested(source, 100_000) if source != "protobuf" else t.field(1, b"\\x13" * 100_000)
try:
    t.deep_plan(source, limit).translate(message)
except DataError as error:
    print(error.code)
"""


@pytest.mark.parametrize("source", FORMATS)
def test_b5_depth_of_100000(source: str) -> None:
    """B5: refused, also where no limit was wanted: the stack has one."""
    assert in_little_memory(DEEP_CODE, source, str(2**32 - 1), megabytes=1000) == "DEPTH\n"


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_b6_lying_lengths_in_avro(lie: int) -> None:
    """B6: a length or count that the input can't hold is refused before anything is allocated."""
    message = zigzag(lie) + b"x"
    code, at = ("LENGTH", 0) if lie < 0 else ("TRUNCATED", len(message))
    for schema in ({"type": "string"}, {"type": "bytes"}):
        assert place(avro_plan(schema).translate, message) == (code, at)
    for schema in ({"type": "array", "items": "string"}, {"type": "map", "values": "double"}):
        if lie > 0:
            assert refused(avro_plan(schema).translate, message).code in ("TRUNCATED", "ITEMS", "LENGTH")


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_b6_lying_lengths_in_protobuf(lie: int) -> None:
    """B6: the same for each kind of field that has a length."""
    made = protobuf_plan("message M { string a = 1; M b = 2; repeated float c = 3; map<string, M> d = 4; }")
    for number in (1, 2, 3, 4, 9):
        message = varint(number << 3 | 2) + varint(lie & (1 << 64) - 1) + b"x"
        assert place(made.translate, message) == ("TRUNCATED", len(message))


@pytest.mark.parametrize("head", [0xC6, 0xC9, 0xDB, 0xDD, 0xDF])
@pytest.mark.parametrize("count", [0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_b6_lying_lengths_in_msgpack(head: int, count: int) -> None:
    """B6: bin32, ext32, str32, array32 and map32 of more than the input can hold."""
    message = bytes([head]) + count.to_bytes(4, "big") + b"\x01"
    assert place(untyped("msgpack", "msgpack").translate, message) == ("TRUNCATED", len(message))


def test_b7_counts_that_overflow() -> None:
    """B7: a count times the items' size is over 64 bits, or over what is left."""
    for width, items in ((8, "double"), (4, "float")):
        made = avro_plan({"type": "array", "items": items}, "avro")
        for count in ((1 << 64) // width - (1 << 60), (1 << 61) + 1, (1 << 62) - 1, (1 << 63) - 1):
            assert place(made.translate, zigzag(count) + b"\0" * 8)[0] == "TRUNCATED"
            assert place(made.translate, zigzag(-count) + zigzag(8) + b"\0" * 8)[0] == "TRUNCATED"
    record = {"type": "record", "name": "R", "fields": [{"name": f"f{i}", "type": "int"} for i in range(300)]}
    made = avro_plan({"type": "array", "items": record})
    assert refused(made.translate, zigzag(1 << 60) + b"\0" * 3000).code == "TRUNCATED"


def test_limits_do_not_hang_on_the_messages_before() -> None:
    """What a message may take is the same whether it comes alone or after a large one."""
    made = avro_plan({"type": "array", "items": "double"}, "avro", limits=Limits(memory=1 << 20))
    messages = [zigzag(n) + bytes(8 * n) + b"\0" for n in (75_000, 100, 80_000, 90_000, 1, 75_000)]
    assert made.translate_many(messages).errors == []
    assert [made.translate(each) for each in messages] == messages


def test_results_have_a_limit() -> None:
    """A few bytes can't become more than the limit on memory: a million records of no bytes each."""
    empty = {"type": "record", "name": "E", "fields": [{"name": "a" * 100, "type": "null"}]}
    made = avro_plan({"type": "array", "items": empty}, limits=Limits(memory=64 << 20))
    with in_time():
        assert refused(made.translate, zigzag(1_000_000) + b"\0").code == "MEMORY"
        assert len(made.translate(zigzag(100_000) + b"\0")) == 100_000 * 110 + 1
