"""S23 to S27: times, decimals, logical types that aren't."""

from __future__ import annotations

import msgspec
import pytest

from schemas import avro
from tests.translator.semantics.support import av, m, plan, refused, run, text, unplanned, varint, zigzag

TIMESTAMP, DURATION = "google/protobuf/timestamp.proto", "google/protobuf/duration.proto"
STAMP = m("google.protobuf.Timestamp a = 1;", imports=[TIMESTAMP])
SPAN = m("google.protobuf.Duration a = 1;", imports=[DURATION])


def stamp(unit: str, *, local: bool = False) -> object:
    return {"type": "long", "logicalType": f"{'local-' if local else ''}timestamp-{unit}"}


MILLIS, MICROS, NANOS = (av(stamp(unit)) for unit in ("millis", "micros", "nanos"))
DATE, DAY_MILLIS, DAY_MICROS = (
    av({"type": "int", "logicalType": "date"}),
    av({"type": "int", "logicalType": "time-millis"}),
    av({"type": "long", "logicalType": "time-micros"}),
)


@pytest.mark.parametrize(
    ("nanos", "shown"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_500_000_000, "1970-01-01T00:00:01.500Z"),
        (1_000, "1970-01-01T00:00:00.000001Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (-1_500_000_000, "1969-12-31T23:59:58.500Z"),
    ],
)
def test_s23_timestamps_in_json(nanos, shown):
    """0, 3, 6 or 9 digits after the point, the floor for negatives, in every format there and back."""
    as_json = f'{{"a":"{shown}"}}'.encode()
    assert run("avro", NANOS, "json", NANOS, zigzag(nanos)) == as_json
    assert run("json", NANOS, "avro", NANOS, as_json) == zigzag(nanos)
    wire = run("avro", NANOS, "protobuf", STAMP, zigzag(nanos))
    assert run("protobuf", STAMP, "protojson", STAMP, wire) == as_json
    assert run("protobuf", STAMP, "avro", NANOS, wire) == zigzag(nanos)
    packed = run("avro", NANOS, "msgpack", NANOS, zigzag(nanos))
    assert run("msgpack", NANOS, "avro", NANOS, packed) == zigzag(nanos)
    assert run("json", av("string"), "avro", NANOS, as_json) == zigzag(nanos)
    assert run("avro", NANOS, "avro", av("string"), zigzag(nanos)) == text(shown)


def test_s23_other_offsets_and_lower_case_are_read():
    """As RFC 3339 has them; ProtoJSON has capitals only."""
    for shown in ("2026-01-01T01:00:00+01:00", "2026-01-01t00:00:00z", "2025-12-31T23:30:00.0-00:30"):
        assert run("json", MILLIS, "json", MILLIS, f'{{"a":"{shown}"}}'.encode()) == b'{"a":"2026-01-01T00:00:00Z"}'
    for shown in ("2026-01-01", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "now", ""):
        assert refused(plan("json", MILLIS, "avro", MILLIS), f'{{"a":"{shown}"}}'.encode()) == ("TIME", 5, "a")
    for shown in ("2026-01-01t00:00:00z", "2026-01-01 00:00:00Z"):
        assert refused(plan("protojson", STAMP, "protobuf", STAMP), f'{{"a":"{shown}"}}'.encode()) == ("TIME", 5, "a")


@pytest.mark.parametrize("source", ["avro", "json", "msgpack", "protobuf"])
def test_s23_a_finer_time_is_checked(source):
    """Nanoseconds into microseconds are refused, or by policy cut to the floor."""
    s = STAMP if source == "protobuf" else NANOS
    for nanos, cut in ((1_001, 1), (-1, -1), (-1_000, -1), (2_000, 2)):
        data = run("avro", NANOS, source, s, zigzag(nanos)) if source != "avro" else zigzag(nanos)
        exact, cuts = plan(source, s, "avro", MICROS), plan(source, s, "avro", MICROS, time="truncate")
        assert cuts.translate(data) == zigzag(cut)
        if nanos % 1000:
            assert refused(exact, data)[::2] == ("INEXACT", "a")
        else:
            assert exact.translate(data) == zigzag(cut)
    assert plan(source, s, "avro", MICROS).losses["a"].verdict == "checked"


@pytest.mark.parametrize(
    ("s", "good", "fine", "cut"),
    [
        (MICROS, '"1970-01-01T00:00:00.000001Z"', '"1970-01-01T00:00:00.0000019Z"', zigzag(1)),
        (DAY_MILLIS, '"00:00:00.001"', '"00:00:00.0019"', zigzag(1)),
        (DAY_MICROS, '"00:00:00.000001"', '"00:00:00.0000019"', zigzag(1)),
    ],
)
def test_s23_text_finer_than_the_schema_s_own_unit(s, good, fine, cut):
    """JSON by an Avro schema: what its unit can't hold is refused or cut, never cut unasked."""
    data = b'{"a":' + fine.encode() + b"}"
    assert run("json", s, "avro", s, b'{"a":' + good.encode() + b"}") == cut
    assert refused(plan("json", s, "avro", s), data) == ("INEXACT", 5, "a")
    assert run("json", s, "avro", s, data, time="truncate") == cut
    packed = msgspec.msgpack.encode(msgspec.json.decode(data))
    assert refused(plan("msgpack", s, "avro", s), packed) == ("INEXACT", 3, "a")


def test_s23_years_have_four_digits():
    """Text and Protobuf have the years 1 to 9999; Avro and MessagePack's extension more."""
    for seconds in (-62_135_596_801, 253_402_300_800):
        data = zigzag(seconds * 1000)
        for target, t in (("json", MILLIS), ("protobuf", STAMP), ("avro", av("string"))):
            assert refused(plan("avro", MILLIS, target, t), data) == ("TIME", 0, "a")
        packed = run("avro", MILLIS, "msgpack", MILLIS, data)
        assert run("msgpack", MILLIS, "avro", MILLIS, packed) == data
        assert refused(plan("msgpack", MILLIS, "json", MILLIS), packed) == ("TIME", 3, "a")
        assert refused(plan("msgpack", None, "json", None), packed)[0] == "TIME"
        assert refused(plan("protobuf", STAMP, "protojson", STAMP), b"\n\x0b\x08" + varint(seconds))[0] in (
            "TIME",
            "TRUNCATED",
        )
    first, last = zigzag(-62_135_596_800_000), zigzag(253_402_300_799_999)
    assert run("avro", MILLIS, "json", MILLIS, first) == b'{"a":"0001-01-01T00:00:00Z"}'
    assert run("avro", MILLIS, "json", MILLIS, last) == b'{"a":"9999-12-31T23:59:59.999Z"}'


@pytest.mark.parametrize(("days", "shown"), [(-719162, "0001-01-01"), (2932896, "9999-12-31"), (0, "1970-01-01")])
@pytest.mark.parametrize("target", ["json", "msgpack"])
def test_s23_dates_have_four_digits_too(days, shown, target):
    """A day outside of them is refused where it stands."""
    written = run("avro", DATE, target, DATE, zigzag(days))
    assert msgspec.json.decode(written if target == "json" else run("msgpack", DATE, "json", DATE, written)) == {
        "a": shown
    }
    assert run(target, DATE, "avro", DATE, written) == zigzag(days)
    nested = av({"type": "array", "items": {"type": "int", "logicalType": "date"}})
    for beyond in (-719163, 2932897, -(1 << 31)):
        assert refused(plan("avro", DATE, target, DATE), zigzag(beyond)) == ("RANGE", 0, "a")
        assert refused(plan("avro", nested, target, nested), b"\x04\0" + zigzag(beyond) + b"\0") == ("RANGE", 2, "a[1]")
        assert run("avro", DATE, "avro", DATE, zigzag(beyond)) == zigzag(beyond)


def test_s23_nanoseconds_that_avro_can_t_count():
    """A timestamp-nanos ends in 2262."""
    s = STAMP
    far = run("protojson", s, "protobuf", s, b'{"a":"3000-01-01T00:00:00Z"}')
    assert refused(plan("protobuf", s, "avro", NANOS), far)[0] == "TIME"
    assert run("protobuf", s, "avro", MICROS, far) == zigzag(32_503_680_000_000_000)
    assert refused(plan("protobuf", s, "avro", av("long")), far)[0] == "RANGE"
    assert plan("protobuf", s, "avro", av("long")).losses["a"].verdict == "checked"


def test_s24_a_local_time_is_no_instant():
    """Neither becomes the other; a local time has no zone in its text."""
    local = av(stamp("millis", local=True))
    assert run("avro", local, "json", local, zigzag(0)) == b'{"a":"1970-01-01T00:00:00"}'
    assert run("json", local, "avro", local, b'{"a":"1970-01-01T00:00:00.001"}') == zigzag(1)
    assert refused(plan("json", local, "avro", local), b'{"a":"1970-01-01T00:00:00Z"}') == ("TIME", 5, "a")
    assert "can't become" in unplanned("avro", local, "avro", MILLIS)
    assert "can't become" in unplanned("avro", local, "protobuf", STAMP)
    assert "can't become" in unplanned("avro", MILLIS, "avro", local)


def test_s25_avro_s_duration():
    """Into Protobuf's only where months and days are zero."""
    s = av({"type": "fixed", "size": 12, "name": "D", "logicalType": "duration"})
    each = plan("avro", s, "protobuf", SPAN)
    assert each.translate(bytes(8) + (1500).to_bytes(4, "little")) == b"\n\x08\x08\x01\x10\x80\xca\xb5\xee\x01"
    for period in (b"\x01" + bytes(11), bytes(4) + b"\x01" + bytes(7)):
        assert refused(each, period) == ("INEXACT", 0, "a")
    assert run("json", s, "avro", s, run("avro", s, "json", s, bytes(range(12)))) == bytes(range(12))


@pytest.mark.parametrize("shown", ["1.500s", "-0.000000001s", "0s", "315576000000s", "-3.000001s"])
def test_s25_protobuf_s_duration_is_text(shown):
    """In ProtoJSON, plain JSON and Avro's string, with the sign of the whole."""
    as_json = f'{{"a":"{shown}"}}'.encode()
    wire = run("protojson", SPAN, "protobuf", SPAN, as_json)
    assert run("protobuf", SPAN, "protojson", SPAN, wire) == as_json
    assert run("protobuf", SPAN, "json", SPAN, wire) == as_json
    assert run("protobuf", SPAN, "avro", av(["null", "string"]), wire) == b"\x02" + text(shown)
    assert run("avro", av("string"), "protobuf", SPAN, text(shown)) == wire
    for bad in ("1.5", "s", "1.0000000001s", "315576000001s", "--1s"):
        assert refused(plan("protojson", SPAN, "protobuf", SPAN), f'{{"a":"{bad}"}}'.encode()) == ("TIME", 5, "a")


def decimal(precision: int, scale: int = 0, size: int | None = None) -> object:
    kind = {"type": "bytes"} if size is None else {"type": "fixed", "name": "D", "size": size}
    return av({**kind, "logicalType": "decimal", "precision": precision, "scale": scale})


MONEY = decimal(6, 2)


@pytest.mark.parametrize(
    ("unscaled", "shown"), [(b"\x00", "0.00"), (b"\x00\xff", "2.55"), (b"\xff", "-0.01"), (b"\x0f\x42\x3f", "9999.99")]
)
def test_s26_decimals_are_text_of_their_scale(unscaled, shown):
    """In JSON and MessagePack; big-endian two's complement in Avro, sign-extended in a fixed."""
    as_json = f'{{"a":"{shown}"}}'.encode()
    fixed = decimal(6, 2, 5)
    padded = (b"\xff" if unscaled[0] & 0x80 else b"\0") * (5 - len(unscaled)) + unscaled
    assert run("avro", MONEY, "json", MONEY, text(unscaled)) == as_json
    assert run("json", MONEY, "avro", MONEY, as_json) == text(unscaled)
    assert run("json", MONEY, "avro", fixed, as_json) == run("avro", MONEY, "avro", fixed, text(unscaled)) == padded
    assert run("avro", fixed, "json", fixed, padded) == as_json
    packed = run("avro", MONEY, "msgpack", MONEY, text(unscaled))
    assert msgspec.msgpack.decode(packed) == {"a": shown}
    assert run("msgpack", MONEY, "avro", MONEY, packed) == text(unscaled)
    assert run("json", MONEY, "avro", MONEY, f'{{"a":{shown}}}'.encode()) == text(unscaled)


def test_s26_digits_are_never_lost():
    """Over the precision, or finer than the scale, is refused; another scale is exact or refused."""
    for bad, code in (
        ("10000.00", "DECIMAL"),
        ("0.001", "INEXACT"),
        ("x", "DECIMAL"),
        ("", "DECIMAL"),
        ("NaN", "DECIMAL"),
    ):
        assert refused(plan("json", MONEY, "avro", MONEY), f'{{"a":"{bad}"}}'.encode()) == (code, 5, "a")
    assert run("json", MONEY, "avro", MONEY, b'{"a":"1e2"}') == text(b"\x27\x10")
    assert refused(plan("avro", MONEY, "json", MONEY), text(b"\x0f\x42\x40")) == ("DECIMAL", 0, "a")
    assert run("avro", MONEY, "avro", decimal(7, 3), text(b"\x01")) == text(b"\x0a")
    assert run("avro", MONEY, "avro", decimal(4, 0), text(b"\x64")) == text(b"\x01")
    assert refused(plan("avro", MONEY, "avro", decimal(4, 0)), text(b"\x65"))[0] == "INEXACT"
    assert run("avro", MONEY, "avro", av("long"), text(b"\x64")) == zigzag(1)
    assert refused(plan("avro", MONEY, "avro", av("long")), text(b"\x65")) == ("INEXACT", 0, "a")
    assert run("avro", av("int"), "avro", MONEY, zigzag(-3)) == text(b"\xfe\xd4")
    assert refused(plan("avro", av("int"), "avro", MONEY), zigzag(10_000)) == ("DECIMAL", 0, "a")
    assert refused(plan("avro", MONEY, "json", MONEY), text(b"")) == ("DECIMAL", 0, "a")
    assert plan("avro", MONEY, "avro", decimal(7, 3)).losses["a"].verdict == "exact"
    assert plan("avro", MONEY, "avro", decimal(6, 3)).losses["a"].verdict == "checked"


@pytest.mark.parametrize("shown", ["0", "1.50", "-0.000001", "12345678901234567890.123456789"])
def test_s26_a_big_decimal_carries_its_scale(shown):
    """Its text keeps its zeros."""
    s = av({"type": "bytes", "logicalType": "big-decimal"})
    as_json = f'{{"a":"{shown}"}}'.encode()
    assert run("avro", s, "json", s, run("json", s, "avro", s, as_json)) == as_json
    packed = msgspec.msgpack.encode({"a": shown})
    assert run("avro", s, "msgpack", s, run("msgpack", s, "avro", s, packed)) == packed


@pytest.mark.parametrize(
    ("type_", "data", "shown"),
    [
        ({"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": 3}, text(b"\x01"), b'"AQ=="'),
        ({"type": "string", "logicalType": "timestamp-millis"}, text("x"), b'"x"'),
        ({"type": "fixed", "name": "F", "size": 2, "logicalType": "duration"}, b"\0\0", b'"AAA="'),
        ({"type": "long", "logicalType": "unheard-of"}, zigzag(5), b"5"),
    ],
)
def test_s27_what_is_no_logical_type_falls_back(type_, data, shown):
    """To its underlying type, with a warning when the plan is compiled."""
    s = av(type_)
    each = plan("avro", s, "json", s)
    assert each.translate(data) == b'{"a":' + shown + b"}"
    assert len(each.warnings) >= 1
    assert plan("avro", avro.read('"long"'), "json", None).warnings == []


@pytest.mark.parametrize(
    ("plain", "logical"),
    [
        ("int", {"type": "int", "logicalType": "date"}),
        ("int", {"type": "int", "logicalType": "time-millis"}),
        ("long", {"type": "long", "logicalType": "time-micros"}),
        ("long", stamp("millis")),
        ("long", stamp("nanos")),
        ("long", stamp("micros", local=True)),
        ("int", stamp("millis")),
        ("bytes", {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}),
        (
            {"type": "fixed", "name": "D", "size": 12},
            {"type": "fixed", "name": "D", "size": 12, "logicalType": "duration"},
        ),
        (
            {"type": "fixed", "name": "D", "size": 4},
            {"type": "fixed", "name": "D", "size": 4, "logicalType": "decimal", "precision": 4},
        ),
        ("string", {"type": "string", "logicalType": "uuid"}),
    ],
)
def test_s31_a_logical_type_and_its_underlying_one(plain, logical):
    """Between Avro schemas they are one on the wire: each reads the other's."""
    sizes = {"fixed": b"\0\0\0\x05" if isinstance(plain, dict) and plain["size"] == 4 else bytes(range(12))}
    data = {
        "int": zigzag(5),
        "long": zigzag(5),
        "bytes": text(b"\x05"),
        "string": text("0f0e0d0c-0b0a-0908-0706-050403020100"),
    }.get(str(plain), sizes["fixed"])
    assert run("avro", av(plain), "avro", av(logical), data) == data
    back = av("long") if plain == "int" and logical == stamp("millis") else av(plain)
    assert run("avro", av(logical), "avro", back, data) == data
