"""B9-B19: bad JSON, in every dialect of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from native.errors import DataError
from schemas import avro, jsonschema
from tests.bad_input.support import place, plan, protobuf_plan, refused, untyped
from tests.pace import in_time
from translator.engine.plan import Plan

TEXT = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]}


def typed(type_: object, target: str = "avro") -> Plan:
    """From a JSON list of `type_`."""
    schema = avro.read({"type": "array", "items": type_})
    return plan(("json", schema), (target, schema))


def test_b9_the_n_files(data: Path) -> None:
    """B9: what JSONTestSuite says is not JSON is refused, alone and as a member that nobody wants."""
    files = sorted((data / "JSONTestSuite/test_parsing").glob("n_*.json")) or sorted(data.glob("**/n_*.json"))
    if not files:
        pytest.skip("JSONTestSuite is not here")
    alone = untyped("json").translate
    for file in files:
        text = file.read_bytes()
        with in_time():
            assert refused(alone, text).code, file.name


@pytest.mark.parametrize(
    "text", [rb"\ud800", rb"\udc00", rb"\ud800\ud800", rb"\ud800x", rb"\ud800\u0041", rb"\udfff\ud800"]
)
def test_b10_lone_surrogate(text: bytes) -> None:
    """B10: refused at the escape that has no partner, in a value, in a key, and where nobody wants it."""
    for message, at in ((b'["x' + text + b'"]', 3), (b'{"' + text + b'":1}', 2)):
        assert place(untyped("json").translate, message) == ("ESCAPE", at)
    made = plan(("json", avro.read(TEXT)), ("avro", avro.read(TEXT)), policies={"unknown": "ignore"})
    assert place(made.translate, b'{"no":"' + text + b'","a":""}') == ("ESCAPE", 7)
    assert untyped("json").translate(rb'"\ud834\udd1e"') == b"\xa4\xf0\x9d\x84\x9e"


@pytest.mark.parametrize("text", [b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xed\xa0\x80",
                                  b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\x80", b"\xff"])  # fmt: skip
def test_b11_overlong_utf8(text: bytes) -> None:
    """B11: refused at the sequence's first byte."""
    assert place(untyped("json").translate, b'["x' + text + b'"]') == ("UTF8", 3)
    assert place(untyped("json").translate, b'{"' + text + b'":1}') == ("UTF8", 2)


@pytest.mark.parametrize("text", ["\ufeff[]".encode(), "[]".encode("utf-16"), "[]".encode("utf-16-be"), b"\xff\xfe[]"])
def test_b12_bom_and_utf16(text: bytes) -> None:
    """B12: JSON is UTF-8 without a mark (RFC 8259, 8.1)."""
    error = refused(untyped("json").translate, text)
    assert error.code in ("SYNTAX", "UTF8", "NUMBER", "TRUNCATED")
    assert error.offset <= 1


def test_b13_duplicate_keys() -> None:
    """B13: refused at the second one (S15): a field, under two spellings too, and any object's or map's key."""
    record = plan(("json", avro.read(TEXT)), ("avro", avro.read(TEXT)))
    assert place(record.translate, b'{"a":"x","a":"y"}') == ("DUPLICATE", 9)
    assert place(record.translate, rb'{"a":"x","\u0061":"y"}') == ("DUPLICATE", 9)
    assert refused(untyped("json").translate, b'{"a":1,"b":2,"a":3}').code == "DUPLICATE"
    schema = protobuf_plan("message M { int32 foo_bar = 1; map<string, int32> m = 2; }").source.schema
    lax = plan(("protojson", schema), ("protobuf", schema))
    assert place(lax.translate, b'{"fooBar":1,"foo_bar":2}') == ("DUPLICATE", 12)
    assert refused(lax.translate, b'{"m":{"a":1,"a":2}}').code == "DUPLICATE"


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1e999999999999999999999", b"9" * 400])
def test_b14_number_over_every_double(number: bytes) -> None:
    """B14: never infinity; untyped it keeps its digits (S34)."""
    assert place(typed("double").translate, b"[" + number + b"]") == ("RANGE", 1)
    assert place(typed("float").translate, b"[1e39]") == ("RANGE", 1)
    assert untyped("json", "json").translate(number) == number
    assert refused(untyped("json").translate, number).code in ("RANGE", "INEXACT")


def test_b15_number_of_5000_digits() -> None:
    """B15: linear time, the exact result, or a refusal where it doesn't fit."""
    digits = b"1" * 5000
    with in_time():
        assert place(typed("long").translate, b"[" + digits + b"]") == ("RANGE", 1)
        assert untyped("json", "json").translate(digits) == digits
        assert typed("double", "json").translate(b"[0." + digits + b"]") == b"[0.1111111111111111]"
        assert typed("long", "json").translate(b"[7." + b"0" * 5000 + b"]") == b"[7]"
        million = b"3" * 1_000_000
        assert untyped("json", "json").translate(million) == million
        assert place(typed("double").translate, b"[" + million + b"]") == ("RANGE", 1)


def test_b16_2_to_the_53_plus_1_stays_exact() -> None:
    """B16: 9007199254740993 is not a double, and never becomes one silently."""
    number = b"9007199254740993"
    assert typed("long", "json").translate(b"[" + number + b"]") == b"[" + number + b"]"
    assert untyped("json", "json").translate(number) == number
    assert untyped("json").translate(number) == b"\xcf" + int(number).to_bytes(8, "big")
    assert typed("long", "json").translate(b"[" + number + b".0]") == b"[" + number + b"]"
    assert Decimal(number.decode()) == int(number)


def test_b17_minus_zero_and_nan() -> None:
    """B17: -0.0 stays; NaN is not JSON, and not a float of plain JSON (S4, S5)."""
    assert typed("double", "json").translate(b"[-0.0]") in (b"[-0.0]", b"[-0]")
    for text in (b"NaN", b"Infinity", b"-Infinity", b"nan"):
        assert place(untyped("json").translate, b"[" + text + b"]")[0] in ("SYNTAX", "NUMBER")
    for nan in (b"\xcb\x7f\xf8\0\0\0\0\0\0", b"\xca\x7f\x80\0\0"):
        assert refused(untyped("msgpack", "json").translate, nan).code == "NOT_FINITE"


@pytest.mark.parametrize("name", ["__proto__", "__class__", "constructor", "__init__", "toString"])
def test_b18_names_that_mean_something_elsewhere(name: str) -> None:
    """B18: they are plain data, as keys and as fields."""
    text = json.dumps({name: {name: 1}}, separators=(",", ":")).encode()
    assert untyped("json", "json").translate(text) == text
    assert untyped("json").decode(text) == {name: {name: 1}}


@pytest.mark.parametrize("keys", [100_000])
def test_b19_many_keys(keys: int) -> None:
    """B19: linear time for an object of 100,000 keys, as any value, as a map, and as members that nobody knows."""
    names = [f"{i:08x}" for i in range(keys)]
    text = json.dumps(dict.fromkeys(names, 1), separators=(",", ":")).encode()
    table = avro.read({"type": "map", "values": "int"})
    with in_time():
        assert untyped("json", "json").translate(text) == text
        assert plan(("json", table), ("json", table)).translate(text) == text
        again = text[:-1] + b',"00000000":2}'
        assert refused(plan(("json", table), ("json", table)).translate, again).code == "DUPLICATE"
        assert refused(untyped("json").translate, again).code == "DUPLICATE"
    made = plan(("json", avro.read(TEXT)), ("avro", avro.read(TEXT)), policies={"unknown": "ignore"})
    with in_time():
        assert made.translate(text[:-1] + b',"a":"x"}') == b"\x02x"
    assert sum(made.ignored().values()) == keys
    assert len(made.ignored()) <= 64


def test_refusals_are_data_errors() -> None:
    """Any single byte is a message or a refusal."""
    made = untyped("json")
    for byte in range(256):
        try:
            made.translate(bytes([byte]))
        except DataError as error:
            assert error.offset <= 1  # noqa: PT017


CUT = [
    "-",
    "0.",
    "-0.",
    "12.",
    "1e",
    "1E+",
    "1.5e-",
    "n",
    "nul",
    "t",
    "tru",
    "f",
    "fals",
    '"',
    '"ab',
    '"\\',
    '"\\u',
    '"\\u12e',
]
NUMBERS = ["01", "-01", "00", "-a", "1.e5", "1e+x", "1.x", "--1", "01.5"]
WRONG = {
    **dict.fromkeys(NUMBERS, ("NUMBER", 0)), **dict.fromkeys(("+1", ".5", "N", "'a'"), ("SYNTAX", 0)),
    "nil": ("SYNTAX", 1), "trux": ("SYNTAX", 3), "falze": ("SYNTAX", 3), '"\x01': ("SYNTAX", 1),
    '"\\x': ("ESCAPE", 1), '"\\u1g': ("ESCAPE", 1),
}  # fmt: skip


def everywhere(text: str) -> Iterator[tuple[Callable[[bytes], bytes], str, int]]:
    """A message that ends in `text`: alone, in a list, as a member, and passed over. With what stands before it."""
    small = jsonschema.read({"type": "object", "properties": {"a": {"type": "integer"}}})
    for before in ("", "[", "[1, ", '{"k":', '[{"k":['):
        yield untyped("json").translate, before, len(before)
    yield plan(("json", small), ("json", small)).translate, '{"x":', 5


@pytest.mark.parametrize("text", CUT)
def test_b2_what_is_cut_says_so(text: str) -> None:
    """B2: more input could make it whole."""
    for translate, before, at in everywhere(text):
        assert place(translate, (before + text).encode()) == ("TRUNCATED", at + len(text))


@pytest.mark.parametrize("text", WRONG)
def test_b9_what_is_wrong_in_itself_is_not_cut(text: str) -> None:
    """B9: at the end of the input too, nothing that could follow makes it right."""
    code, offset = WRONG[text]
    for translate, before, at in everywhere(text):
        assert place(translate, (before + text).encode()) == (code, at + offset)
