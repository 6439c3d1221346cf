"""Into a float by every route: integers, digits, decimals, doubles (S6)."""

from __future__ import annotations

import struct
from typing import Any

import msgspec
import pytest

import translator
from native.errors import DataError, PlanError, SchemaError
from tests.translator.semantics.support import av, double, js, m, plan, refused, run, single, text

BIG = 2**53 + 1


def decimal(value: int) -> bytes:
    return text(value.to_bytes(8, signed=True))


DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}
SOURCES: dict[str, Any] = {
    "json": (None, lambda digits: b'{"a":%s}' % digits.encode()),
    "schema": (js(["a"], a={"type": "number"}), lambda digits: b'{"a":%s}' % digits.encode()),
    "quoted": (None, lambda digits: b'{"a":"%s"}' % digits.encode()),
    "string": (av("string"), text),
}


def value_of(source: str, digits: str, bits: int, **policies: Any) -> float | str:
    """What digits become by a mapping's cast: the float, or the code of the refusal."""
    schema, encode = SOURCES[source]
    rule = {"path": "a", "cast": f"float{bits}"}
    mapping = {"version": 1, "fields": {"a": rule}}
    side = "json" if schema is None else ("avro" if source == "string" else "json", schema)
    made = translator.compile(side, ("avro", av("float" if bits == 32 else "double")), mapping, policies=policies)
    try:
        return float(struct.unpack("<f" if bits == 32 else "<d", made.translate(encode(digits)))[0])
    except DataError as error:
        return error.code


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("digits", "bits", "wanted"),
    [
        ("16777217", 64, 16777217.0), ("16777217", 32, "INEXACT"), ("16777217.0", 32, 16777216.0),
        (str(BIG), 64, "INEXACT"), (f"{BIG}.0", 64, 2.0**53), ("1e3", 32, 1000.0), ("1e11", 32, "INEXACT"),
        ("1e22", 64, 1e22), ("1e23", 64, "INEXACT"), ("1.0e23", 64, 1e23), ("1180591620717411303424", 32, 2.0**70),
        ("1180591620717411303425", 64, "INEXACT"), ("0.1", 64, 0.1), ("0.1", 32, struct.unpack("<f", single(0.1))[0]),
        ("1e-50", 32, "INEXACT"), ("1e-400", 64, "INEXACT"), ("0e-400", 64, 0.0), ("1e-50", 64, 1e-50),
        ("1e39", 32, "RANGE"), ("1.5e3", 32, 1500.0),
    ],
)  # fmt: skip
def test_s6_digits(source: str, digits: str, bits: int, wanted: float | str) -> None:
    """S6: an integer, 1e3 too, has to be the float; a fraction is the nearest, but 0 only by zeros."""
    assert value_of(source, digits, bits) == wanted


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("digits", "wanted"), [("16777217", 16777216.0), ("1e-50", 0.0), ("1e39", "RANGE")])
def test_s6_rounding(source: str, digits: str, wanted: float | str) -> None:
    """S6: policy `rounding` rounds; what is out of range is refused all the same (S3)."""
    assert value_of(source, digits, 32, rounding="round") == wanted


def test_s6_digits_go_straight_to_their_width() -> None:
    """S6: not by way of a double, which would be halfway between two float32."""
    digits = "1.00000017881393432617187499"  # just below the midpoint, which is where the nearest double stands
    assert value_of("schema", digits, 32) == value_of("json", digits, 32) == 1 + 2.0**-23


@pytest.mark.parametrize("name", ["json", "avro-json"])
@pytest.mark.parametrize(("digits", "code"), [("16777217", "INEXACT"), ("1e-50", "INEXACT"), ("1e39", "RANGE")])
def test_s6_typed_digits(name: str, digits: str, code: str) -> None:
    """S6: the same where a schema says that it is a float32."""
    message = b'{"a":%s}' % digits.encode()
    assert refused(plan(name, av("float"), "avro", av("float")), message) == (code, 5, "a")
    assert refused(plan("protojson", m("float a = 1;"), "protobuf", m("float a = 1;")), message) == (code, 5, "a")


@pytest.mark.parametrize("value", [1e23, 5e-324, 2.0**70, 1e16, -1e22, 1.7976931348623157e308, float(2**53)])
def test_s6_what_is_written_is_read(value: float) -> None:
    """S6: a float's text never looks like an integer that isn't it."""
    written = run("avro", av("double"), "json", av("double"), double(value))
    assert run("json", av("double"), "avro", av("double"), written) == double(value)


@pytest.mark.parametrize(
    ("value", "f32", "f64"),
    [
        (9999999999, "INEXACT", 99999999.99), (10, struct.unpack("<f", single(0.1))[0], 0.1), (0, 0.0, 0.0),
        (1677721700, "INEXACT", 16777217.0), (-1250, -12.5, -12.5), (1677721600, 16777216.0, 16777216.0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("source", ["type", "bytes"])
def test_s6_decimals(source: str, value: int, f32: float | str, f64: float | str) -> None:
    """S6: a decimal is refused where the float's shortest form isn't its digits, with `cast` or without."""
    fields = {"x": {"path": "a"}, "y": {"path": "a", "cast": "float64"}}
    if source == "bytes":
        fields = {name: {**rule, "decimal": 2} for name, rule in fields.items()}  # type: ignore[dict-item]
    schema = av("bytes" if source == "bytes" else DECIMAL)
    for wanted, bits in ((f32, 32), (f64, 64)):
        kind, rule = ("float", fields["x"]) if bits == 32 else ("double", fields["y"])
        made = translator.compile(("avro", schema), ("avro", av(kind)), {"version": 1, "fields": {"a": rule}})
        if isinstance(wanted, str):
            assert refused(made, decimal(value))[0] == wanted
        else:
            assert made.translate(decimal(value)) == (single if bits == 32 else double)(wanted)


def test_s6_decimals_without_a_mapping() -> None:
    """S6: a decimal type meets a float type; the report says what is refused."""
    made = plan("avro", av(DECIMAL), "avro", av("float"))
    assert made.translate(decimal(1250)) == single(12.5)
    assert refused(made, decimal(9999999999)) == ("INEXACT", 0, "a")
    assert made.losses["a"].reason == "refused where float32 doesn't show the same digits"
    rounding = plan("avro", av(DECIMAL), "avro", av("float"), rounding="round")
    assert rounding.translate(decimal(9999999999)) == single(1e8)


@pytest.mark.parametrize(
    ("value", "f32", "f64"),
    [(0.1, "INEXACT", 0.1), (16777217, "INEXACT", 16777217.0), (BIG, "INEXACT", "INEXACT"), (0.5, 0.5, 0.5)],
)
@pytest.mark.parametrize("cast", [True, False])
def test_s6_msgpack(value: float, f32: float | str, f64: float | str, cast: bool) -> None:
    """S6: MessagePack's integers and float64s are held to it, typed or not; what they print doesn't count."""
    for wanted, bits in ((f32, 32), (f64, 64)):
        rule = {"path": "a", **({"cast": f"float{bits}"} if cast else {})}
        target = av("float" if bits == 32 else "double")
        made = translator.compile("msgpack", ("avro", target), {"version": 1, "fields": {"a": rule}})
        data = msgspec.msgpack.encode({"a": value})
        if isinstance(wanted, str):
            assert refused(made, data)[0] == wanted
        else:
            assert made.translate(data) == (single if bits == 32 else double)(wanted)
    assert run("msgpack", av("float"), "avro", av("float"), data, rounding="round") == single(value)


@pytest.mark.parametrize(("value", "fits"), [(16777217, False), (16777216, True), (0.1, True), (1e-50, False)])
def test_s6_constants_and_defaults(value: float, fits: bool) -> None:
    """S6: what a mapping or a schema writes down is judged before the first message."""
    schemas = [av({"name": "a", "type": "float", "default": value}),
               av({"name": "a", "type": {"type": "array", "items": "float"}, "default": [value]})]  # fmt: skip
    for schema in schemas:
        if fits:
            assert single(value) in run("avro", av(), "avro", schema, b"")
        else:
            with pytest.raises((PlanError, SchemaError)):
                plan("avro", av(), "avro", schema)
    for rule in ({"const": value}, {"path": "a", "default": value}):
        try:
            translator.compile("json", ("avro", av("float")), {"version": 1, "fields": {"a": rule}})
        except PlanError:
            assert not fits
        else:
            assert fits


def test_s6_untyped_into_value() -> None:
    """S6: google.protobuf.Value's numbers are doubles, by the same rule; so are MessagePack's of JSON's."""
    value = m("google.protobuf.Value a = 1;", imports=["google/protobuf/struct.proto"])
    for target in (("protobuf", value), ("msgpack", None)):
        made = plan("json", None if target[1] is None else js(["a"], a={}), *target)
        assert refused(made, b'{"a":1e23}')[0] == "INEXACT"
        assert made.translate(b'{"a":1e22}')
    assert plan("json", None, "msgpack", None, rounding="round").translate(b'{"a":1e23}')


def test_s6_the_report() -> None:
    """S6: the loss report says what a float may refuse."""
    assert plan("json", av("double"), "avro", av("double")).losses["a"].verdict == "checked"
    assert plan("avro", av("float"), "avro", av("double")).losses["a"].verdict == "exact"
