"""Messages as Python objects: what a Struct or a dict holds, what is refused, and how they become messages again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest

import translator

PROTO = """
syntax = "proto3";
package p;
message M { int32 a = 1; optional string s = 2; optional float f = 3; repeated int64 many = 4; M inner = 5; }
"""


def record(*fields: tuple[str, Any] | dict[str, Any]) -> dict[str, Any]:
    listed = [each if isinstance(each, dict) else {"name": each[0], "type": each[1]} for each in fields]
    return {"type": "record", "name": "R", "fields": listed}


def logical(type_: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": type_, "logicalType": name, **more}


AVRO = record(("a", "int"))
NANOS, MICROS = logical("long", "timestamp-nanos"), logical("long", "timestamp-micros")


@pytest.fixture
def proto(tmp_path: Path) -> str:
    (tmp_path / "m.proto").write_text(PROTO)
    return f"{tmp_path}/m.proto#M"


def same(schema: dict[str, Any], **options: Any) -> translator.Plan:
    """From Avro to the same Avro."""
    return translator.compile(schema, schema, **options)


class Colour(Enum):
    RED = "RED"
    BLUE = "BLUE"


class Rich(msgspec.Struct):
    t: datetime
    u: UUID
    d: Decimal
    c: Colour
    b: bytes
    day: date
    at: time
    n: int | None


RICH = record(
    ("t", NANOS), ("u", logical("string", "uuid")), ("d", logical("bytes", "decimal", precision=9, scale=2)),
    ("c", {"type": "enum", "name": "C", "symbols": ["RED", "BLUE"]}), ("b", "bytes"), ("day", logical("int", "date")),
    ("at", logical("long", "time-micros")), ("n", ["null", "long"]),
)  # fmt: skip
VALUE = Rich(
    datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), UUID(int=7), Decimal("-12.50"), Colour.BLUE, b"\0\xff",
    date(2026, 2, 3), time(1, 2, 3, 4), None,
)  # fmt: skip


def test_struct_of_python_types() -> None:
    """datetime, UUID, Decimal, Enum, bytes, date, time and None go into a message and come back."""
    plan = same(RICH)
    assert plan.decode(plan.encode(VALUE), Rich) == VALUE


def test_dict() -> None:
    """In a dict what JSON has no kind for is text; the dict is encoded as the Struct is."""
    plan = same(RICH)
    found = plan.decode(plan.encode(VALUE))
    assert found == {
        "t": "2026-01-02T03:04:05.678901Z", "u": "00000000-0000-0000-0000-000000000007", "d": "-12.50", "c": "BLUE",
        "b": b"\0\xff", "day": "2026-02-03", "at": "01:02:03.000004", "n": None,
    }  # fmt: skip
    assert plan.encode(found) == plan.encode(VALUE)


def test_python_types_are_read_everywhere() -> None:
    """msgspec's datetime (extension -1) is read for a Protobuf Timestamp too."""
    plan = translator.compile(("protobuf", "neuron:NeuronSignal"), ("protobuf", "neuron:NeuronSignal"))
    moment = datetime(1969, 12, 31, 23, 59, 59, 999999, UTC)
    signal = {
        "signal_id": UUID(int=1), "from_neuron": "", "to_neuron": "", "layer_from": "L1", "layer_to": "L1",
        "propagation_type": "Forward", "batch_id": UUID(int=2), "timestamp": moment,
        "payload": {"activation": {"content": ""}},
    }  # fmt: skip
    assert plan.decode(plan.encode(signal), Stamped).timestamp == moment


class Stamped(msgspec.Struct):
    timestamp: datetime


class Nested(msgspec.Struct):
    t: datetime | None
    many: list[datetime] = []
    by_name: dict[str, Annotated[datetime, msgspec.Meta(tz=True)]] = {}
    inner: Nested | None = None


@dataclass
class Plain:
    t: datetime


INNER = record(
    ("t", ["null", NANOS]), ("many", {"type": "array", "items": NANOS}), ("by_name", {"type": "map", "values": NANOS})
)
INNER["fields"].append({"name": "inner", "type": ["null", "R"], "default": None})
FINE, COARSE = "2026-01-01T00:00:00.000000001Z", "2026-01-01T00:00:00.000001Z"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"t": FINE, "many": [], "by_name": {}}, "t"),
        ({"t": None, "many": [COARSE, FINE], "by_name": {}}, "many[1]"),
        ({"t": COARSE, "many": [], "by_name": {"k": FINE}}, 'by_name["k"]'),
        ({"t": COARSE, "many": [], "by_name": {}, "inner": {"t": FINE, "many": [], "by_name": {}}}, "inner.t"),
    ],
)
def test_nanoseconds_are_refused(value: dict[str, Any], path: str) -> None:
    """A datetime has no nanoseconds: they are refused wherever they stand, and kept as text."""
    plan = same(INNER)
    message = plan.encode(value)
    assert plan.encode(plan.decode(message)) == message
    with pytest.raises(translator.DataError) as caught:
        plan.decode(message, Nested)
    assert (caught.value.code, caught.value.path) == ("INEXACT", path)
    coarse = plan.encode(json.loads(json.dumps(value).replace(FINE, COARSE)))
    assert plan.encode(plan.decode(coarse, Nested)) == coarse


@pytest.mark.parametrize(
    ("schema", "type_", "value", "code"),
    [
        (NANOS, datetime, FINE, "INEXACT"),
        (NANOS, dict[str, datetime], FINE, "INEXACT"),
        (NANOS, Plain, FINE, "INEXACT"),
        (logical("long", "time-micros"), dict[str, time], "01:02:03.000004", None),
        ("string", dict[str, datetime], FINE, "INEXACT"),
        ("string", dict[str, datetime], COARSE, None),
        ("string", dict[str, time], "01:02:03.000000004", "INEXACT"),
        ("string", dict[str, str], FINE, None),
        ("long", dict[str, float], 2**53 + 1, "INEXACT"),
        ("long", dict[str, float], 2**53, None),
        ("long", dict[str, int | float], 2**53 + 1, None),
        (logical("bytes", "decimal", precision=20), dict[str, int], 2**64 - 1, None),
        (logical("bytes", "decimal", precision=20), dict[str, int], -1, "RANGE"),
        (logical("bytes", "decimal", precision=19), dict[str, int], -(2**63), None),
        (logical("bytes", "decimal", precision=30), dict[str, int], Decimal(2**64), "RANGE"),
    ],
)
def test_what_a_type_cannot_hold(schema: Any, type_: Any, value: Any, code: str | None) -> None:
    """What msgspec would round is refused; what fits comes as the type that was named."""
    plan = same(record(("t", schema)))
    message = plan.encode({"t": value})
    if type_ is datetime:
        type_ = dict[str, datetime]
    if code is None:
        assert plan.decode(message, type_) == msgspec.convert({"t": value}, type_)
        return
    with pytest.raises(translator.DataError) as caught:
        plan.decode(message, type_)
    assert (caught.value.code, caught.value.path) == (code, "t")


def test_times_need_a_schema() -> None:
    """Without a schema nobody could tell what a datetime loses."""
    with pytest.raises(translator.PlanError, match="need a schema"):
        translator.compile("json", "json").decode(b'{"t":"2026-01-01T00:00:00.000000001Z"}', Plain)


def test_untyped_objects() -> None:
    """Without any schema JSON's kinds are Python's, and a Struct of these is made too."""
    plan = translator.compile("json", "msgpack")
    assert plan.decode(b'{"a":[1,2.5,null,true,"x"]}') == {"a": [1, 2.5, None, True, "x"]}
    assert plan.decode(b'{"u":"00000000-0000-0000-0000-000000000007"}', Stampless).u == UUID(int=7)
    assert plan.encode({"a": [1, None]}) == msgspec.msgpack.encode({"a": [1, None]})


def test_wrong_type() -> None:
    """A message that the schema allows and the type doesn't is msgspec's ValidationError."""
    with pytest.raises(msgspec.ValidationError):
        same(AVRO).decode(b"\x06", dict[str, str])


def test_unhashable_type() -> None:
    """A type that can't be a key is still a type."""
    type_ = Annotated[dict[str, int], msgspec.Meta(extra={"k": []})]
    assert same(AVRO).decode(b"\x06", type_) == {"a": 3}


def test_optional_is_none(proto: str) -> None:
    """None leaves a Protobuf field unset; where the schema has no presence it is refused."""
    plan = translator.compile(proto, proto)
    assert plan.encode({"a": 1, "s": None, "f": None, "inner": None}) == b"\x08\x01"
    assert plan.encode({"s": ""}) == b"\x12\0"
    assert plan.encode({"inner": {"inner": {"s": None}}}) == b"\x2a\x02\x2a\0"
    for bad in ({"a": None}, {"many": None}, {"many": [None]}):
        with pytest.raises(translator.DataError, match="NULL"):
            plan.encode(bad)


def test_null_and_absent_in_json() -> None:
    """Where a schema tells null from absence, so do dicts."""
    schema = {
        "title": "R",
        "type": "object",
        "properties": {"a": {"type": ["integer", "null"]}, "b": {"type": "integer"}},
    }
    plan = translator.compile(schema, schema)
    for text in (b"{}", b'{"a":null}', b'{"a":1,"b":2}'):
        assert plan.encode(plan.decode(text)) == text
    assert plan.encode({"b": None}) == b"{}"


def test_avro_defaults() -> None:
    """What a dict leaves out takes Avro's default (S13); without one it is missing."""
    schema = record(("a", "int"), {"name": "b", "type": "long", "default": 5}, ("c", ["null", "int"]))
    plan = same(schema)
    assert plan.decode(plan.encode({"a": 1})) == {"a": 1, "b": 5, "c": None}
    for bad, code in (({"b": 1}, "MISSING"), ({"a": 1, "b": None}, "NULL")):
        with pytest.raises(translator.DataError, match=code):
            plan.encode(bad)


def test_unknown_members() -> None:
    """A member that the schema doesn't have is refused on the way in, unless by policy; a type may leave some out."""
    with pytest.raises(translator.DataError, match="UNKNOWN_FIELD"):
        same(AVRO).encode({"a": 1, "z": 2})
    assert same(AVRO, policies={"unknown": "ignore"}).encode({"a": 1, "z": 2}) == b"\x02"
    assert same(RICH).decode(same(RICH).encode(VALUE), Stampless).u == UUID(int=7)


class Stampless(msgspec.Struct):
    u: UUID


@pytest.mark.parametrize(
    ("value", "code"), [(2**31, "RANGE"), ("1", "TYPE"), (1.5, "INEXACT"), (True, "TYPE"), (None, "NULL")]
)
def test_encode_refuses(value: Any, code: str) -> None:
    """Values of another kind or out of range are refused; an integral float is an integer (S2)."""
    with pytest.raises(translator.DataError) as caught:
        same(AVRO).encode({"a": value})
    assert (caught.value.code, caught.value.path) == (code, "a")
    assert same(AVRO).encode({"a": 1.0}) == b"\x02"


def test_encode_refuses_what_messagepack_lacks() -> None:
    """An int beyond 64 bits is out of any target's range; msgspec refuses what isn't its."""
    with pytest.raises(translator.DataError, match="RANGE"):
        same(AVRO).encode({"a": 2**64})
    with pytest.raises(TypeError):
        same(AVRO).encode({"a": object()})


def test_floats_in_unions() -> None:
    """A union that tells floats from doubles still does (by policy, as they look alike)."""
    schema = record(("x", ["null", "float"]), ("y", {"type": "array", "items": "float"}))
    plan = same(schema)
    assert plan.decode(plan.encode({"x": 0.1, "y": [0.1, 1]})) == {
        "x": 0.10000000149011612,
        "y": [0.10000000149011612, 1.0],
    }


def test_naive_datetime() -> None:
    """A datetime without a zone is not an instant (S24), but a local timestamp."""
    naive = datetime(2026, 1, 2, 3, 4, 5, 6)
    with pytest.raises(translator.DataError, match="TIME"):
        same(record(("t", MICROS))).encode({"t": naive})
    local = same(record(("t", logical("long", "local-timestamp-micros"))))
    assert local.decode(local.encode({"t": naive}), dict[str, datetime]) == {"t": naive}


def test_decode_of_another_pair() -> None:
    """What is decoded is the target's message; what is encoded too."""
    plan = translator.compile(("json", record(("a", "int"), ("b", "int"))), record(("b", "long")), drop=["a"])
    assert plan.decode(b'{"a":1,"b":2}') == {"b": 2}
    assert plan.encode({"b": 2}) == b"\x04"
