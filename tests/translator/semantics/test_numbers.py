"""S1 to S7: integers stay exact, nothing wraps, clamps or rounds unasked."""

from __future__ import annotations

import msgspec
import pytest

from tests.translator.semantics.support import (
    av,
    double,
    js,
    m,
    plan,
    refused,
    run,
    single,
    unplanned,
    varint,
    zigzag,
)  # fmt: skip

LONG, INT = av("long"), av("int")


def test_s01_64_bit_integers_are_strings_in_protojson():
    """They are written as strings and read as either; plain JSON has them as numbers and doesn't take strings."""
    s = m("int64 a = 1; uint64 b = 2; int32 c = 3; repeated fixed64 d = 4;")
    shown = b'{"a":"-9223372036854775808","b":"18446744073709551615","c":7,"d":["1"]}'
    wire = run("protojson", s, "protobuf", s, shown)
    assert run("protobuf", s, "protojson", s, wire) == shown
    assert (
        run("protojson", s, "protobuf", s, b'{"a":-9223372036854775808,"b":"18446744073709551615","c":"7","d":[1]}')
        == wire
    )
    assert run("protobuf", s, "json", s, wire) == b'{"a":-9223372036854775808,"b":18446744073709551615,"c":7,"d":[1]}'
    assert refused(plan("json", s, "protobuf", s), b'{"a":"1"}') == ("TYPE", 5, "a")
    assert refused(plan("protojson", s, "protobuf", s), b'{"a":"1x"}') == ("NUMBER", 5, "a")


@pytest.mark.parametrize("number", ["1.0", "1e2", "100e-2", "1.50e1", "0.1e1", "-0", "9007199254740993.0", "1E+2"])
def test_s02_integers_may_be_written_as_other_numbers(number):
    """A JSON number that is integral is an integer, exactly."""
    value = int(__import__("decimal").Decimal(number))
    assert run("json", LONG, "avro", LONG, b'{"a":' + number.encode() + b"}") == zigzag(value)


@pytest.mark.parametrize("number", ["1.5", "1e-1", "9007199254740993.5", "0.1"])
def test_s02_what_is_not_integral_is_refused(number):
    """A fraction is not an integer, in JSON, in a ProtoJSON string or in MessagePack."""
    assert refused(plan("json", LONG, "avro", LONG), b'{"a":' + number.encode() + b"}") == ("INEXACT", 5, "a")
    s = m("int64 a = 1;")
    assert refused(plan("protojson", s, "protobuf", s), b'{"a":"' + number.encode() + b'"}') == ("INEXACT", 5, "a")
    packed = msgspec.msgpack.encode({"a": 1.5})
    assert refused(plan("msgpack", LONG, "avro", LONG), packed) == ("INEXACT", 3, "a")


def test_s02_integral_floats_of_msgpack_and_protojson_strings():
    """A float that is integral, and `"1e2"` in ProtoJSON, are integers."""
    assert run("msgpack", LONG, "avro", LONG, msgspec.msgpack.encode({"a": 2.0**40})) == zigzag(2**40)
    s = m("int64 a = 1;")
    assert run("protojson", s, "protobuf", s, b'{"a":"1e2"}') == b"\x08\x64"


@pytest.mark.parametrize(
    ("source", "s", "data", "offset"),
    [
        ("json", LONG, b'{"a":1099511627776}', 5),
        ("json", INT, b'{"a":2147483648}', 5),
        ("json", INT, b'{"a":1e300}', 5),
        ("msgpack", LONG, b"\x81\xa1a\xcf\x00\x00\x01\x00\x00\x00\x00\x00", 3),
        ("avro", INT, zigzag(1 << 40), 0),
        ("protojson", m("int32 a = 1;"), b'{"a":-2147483649}', 5),
    ],
)
def test_s03_out_of_range_is_refused(source, s, data, offset):
    """2^40 into an int32 is an error at the number, never a wrap."""
    assert refused(plan(source, s, "avro", INT), data) == ("RANGE", offset, "a")


@pytest.mark.parametrize(("number", "fits"), [("3.4028235e38", True), ("1e39", False), ("1e300", False)])
def test_s03_floats_do_not_become_infinity(number, fits):
    """1e300 doesn't fit a float32, nor 1e400 a float64."""
    each = plan("json", av("double"), "avro", av("float"))
    data = b'{"a":' + number.encode() + b"}"
    if fits:
        assert each.translate(data) == single(float(number))
    else:
        assert refused(each, data) == ("RANGE", 5, "a")
    assert refused(plan("json", av("double"), "avro", av("double")), b'{"a":-1e400}') == ("RANGE", 5, "a")


def test_s03_a_narrowed_column_is_checked():
    """Protobuf's uint64 into Avro's long, Avro's long into uint32: only what fits."""
    wide, s = plan("protobuf", m("uint64 a = 1;"), "avro", LONG), m("uint32 a = 1;")
    assert wide.translate(b"\x08" + varint(2**63 - 1)) == zigzag(2**63 - 1)
    assert refused(wide, b"\x08" + varint(2**63)) == ("RANGE", 1, "a")
    assert refused(plan("avro", LONG, "protobuf", s), zigzag(-1)) == ("RANGE", 0, "a")
    assert refused(plan("avro", LONG, "protobuf", s), zigzag(2**32)) == ("RANGE", 0, "a")


def test_s03_protobuf_s_own_wire_truncates():
    """The one exception: an over-wide varint in a narrow field, as the conformance suite requires."""
    s = m("int32 a = 1;")
    assert run("protobuf", s, "protojson", s, b"\x08" + varint(2**40 + 5)) == b'{"a":5}'


@pytest.mark.parametrize(("value", "shown"), [("nan", "NaN"), ("inf", "Infinity"), ("-inf", "-Infinity")])
def test_s04_not_a_number(value, shown):
    """ProtoJSON quotes NaN and infinities; plain JSON refuses them where they stand, or as the policy says."""
    for kind, pack in (("double", double), ("float", single)):
        s, data = av("string", kind), b"\x00" + pack(float(value))
        assert refused(plan("avro", s, "json", s), data) == ("NOT_FINITE", 1, "b")
        assert run("avro", s, "json", s, data, nan="null") == b'{"a":"","b":null}'
        quoted = f'{{"a":"","b":"{shown}"}}'.encode()
        assert run("avro", s, "json", s, data, nan="quote") == quoted
        assert run("json", s, "avro", s, quoted, nan="quote") == data
        assert refused(plan("json", s, "avro", s), quoted) == ("TYPE", 12, "b")
        p = m(f"string a = 1; {kind} b = 2;")
        wire = run("avro", s, "protobuf", p, data)
        assert run("protobuf", p, "protojson", p, wire) == f'{{"b":"{shown}"}}'.encode()
        assert refused(plan("protojson", p, "json", p), f'{{"b":"{shown}"}}'.encode()) == ("NOT_FINITE", 5, "b")


@pytest.mark.parametrize("text", ["0.1", "3.4028235e+38", "1e-45", "16777216.0", "-0.0", "1.1754944e-38"])
def test_s05_float32_prints_its_shortest_form(text):
    """The shortest text that reads back as the same float32; -0.0 is kept."""
    s = av("float")
    assert float(run("avro", s, "json", s, single(float(text)))[5:-1]) == float(text)
    assert run("json", s, "avro", s, run("avro", s, "json", s, single(float(text)))) == single(float(text))


def test_s05_minus_zero_is_no_default():
    """-0.0 is written where 0.0 isn't."""
    s = m("float a = 1; double b = 2;")
    assert run("protojson", s, "protobuf", s, b'{"a":-0.0,"b":-0.0}') == b"\r\0\0\0\x80\x11\0\0\0\0\0\0\0\x80"
    assert run("protojson", s, "protobuf", s, b'{"a":0.0,"b":0}') == b""
    assert run("protobuf", s, "protojson", s, b"\r\0\0\0\x80") in (b'{"a":-0}', b'{"a":-0.0}')


@pytest.mark.parametrize("source", ["avro", "json", "msgpack"])
@pytest.mark.parametrize(("kind", "bits"), [("float", 24), ("double", 53)])
def test_s06_an_integer_into_a_float_is_checked(source, kind, bits):
    """An integer that a float doesn't hold is refused, or by policy rounded to the nearest."""
    s, t = LONG, av(kind)
    to = plan("avro", s, source, s) if source != "avro" else None
    pack = single if kind == "float" else double

    def message(value: int) -> bytes:
        return to.translate(zigzag(value)) if to else zigzag(value)

    exact, rounds = plan(source, s, "avro", t), plan(source, s, "avro", t, rounding="round")
    for fits in (0, -(1 << bits), (1 << bits) + 2, -(1 << 63), 3 << 61):
        assert exact.translate(message(fits)) == pack(float(fits))
    for over in ((1 << bits) + 1, -(1 << bits) - 1, 2**63 - 1):
        assert refused(exact, message(over))[0] == "INEXACT"
        assert rounds.translate(message(over)) == pack(float(over))
    assert exact.losses["a"].verdict == "checked"
    assert plan(source, INT, "avro", av("double")).losses["a"].verdict == "exact"


def test_s06_a_double_into_a_float32():
    """Refused where it would round, or rounded by policy; text that a schema calls a number has no width."""
    s, t = av("double"), av("float")
    assert run("avro", s, "avro", t, double(0.5)) == single(0.5)
    assert refused(plan("avro", s, "avro", t), double(0.1)) == ("INEXACT", 0, "a")
    assert run("avro", s, "avro", t, double(0.1), rounding="round") == single(0.1)
    assert run("json", js(["a"], a={"type": "number"}), "avro", t, b'{"a":0.1}') == single(0.1)


def test_s06_a_float32_stays_one_on_its_way_through_json():
    """ProtoJSON's text of a float32 means that float32, whatever is made of it."""
    s, t = m("float a = 1;"), av("double")
    assert run("protojson", s, "avro", t, b'{"a":0.1}') == double(0.10000000149011612)
    assert run("protobuf", s, "avro", t, b"\r" + single(0.1)) == double(0.10000000149011612)
    assert refused(plan("protojson", s, "avro", t), b'{"a":1e39}') == ("RANGE", 5, "a")


def test_s07_unsigned_integers_in_avro():
    """uint32 fits a long; uint64 a decimal(20, 0), or a long as far as that goes."""
    assert run("protobuf", m("uint32 a = 1;"), "avro", LONG, b"\x08" + varint(2**32 - 1)) == zigzag(2**32 - 1)
    decimal = av({"type": "bytes", "logicalType": "decimal", "precision": 20})
    s = m("uint64 a = 1;")
    assert run("protobuf", s, "avro", decimal, b"\x08" + varint(2**64 - 1)) == b"\x12\x00" + b"\xff" * 8
    assert run("avro", decimal, "protobuf", s, b"\x12\x00" + b"\xff" * 8) == b"\x08" + varint(2**64 - 1)
    assert refused(plan("avro", decimal, "protobuf", s), b"\x02\xff") == ("RANGE", 0, "a")
    assert plan("protobuf", s, "avro", decimal).losses["a"].verdict == "exact"
    assert plan("protobuf", s, "avro", LONG).losses["a"].verdict == "checked"
    narrow = av({"type": "bytes", "logicalType": "decimal", "precision": 19})
    assert refused(plan("protobuf", s, "avro", narrow), b"\x08" + varint(10**19)) == ("DECIMAL", 1, "a")
    assert "can't become" in unplanned("protobuf", s, "avro", av("string"))
