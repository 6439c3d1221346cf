"""What no schema describes: where in it a value stands that is refused, and the policies that concern such values."""

from __future__ import annotations

import math
import struct
from typing import Any

import msgspec
import pytest

import translator
from tests.translator.semantics.support import av, js, m, plan, refused, run

VALUE = m("google.protobuf.Value a = 1;", imports=["google/protobuf/struct.proto"])
ANY: Any = {}
INSIDE = '["b"][2]'
NAN, EXTENSION, BEYOND = math.nan, msgspec.msgpack.Ext(5, b"x"), b"\x00\x00\x00\x00\x7f\xff\xff\xff\xff\xff\xff\xff"
pack = msgspec.msgpack.encode


@pytest.mark.parametrize(
    ("source", "target", "data", "want"),
    [
        ("json", "msgpack", b'{"a":{"b":[1,2,1e999]}}', ("RANGE", 15)),
        ("json", "msgpack", b'{"a":{"b":[1,"\\u00e9",18446744073709551616 ]}}', ("RANGE", 22)),
        ("json", "json", b'{"a":{"b":[1,2,{"k":1,"j":2,"k":3}]}}', ("DUPLICATE", 28)),
        ("msgpack", "json", pack({"a": {"b": [1, 2, NAN]}}), ("NOT_FINITE", 9)),
        ("msgpack", "json", pack({"a": {"b": [1, {"c": 2}, -math.inf]}}), ("NOT_FINITE", 12)),
        ("msgpack", "json", pack({"a": {"b": [1, b"xy", EXTENSION]}}), ("EXTENSION", 12)),
        ("msgpack", "json", pack({"a": {"b": [1, 2, msgspec.msgpack.Ext(-1, BEYOND)]}}), ("TIME", 9)),
    ],
)
def test_s4_s34_a_refusal_in_an_untyped_value_says_where(source: str, target: str, data: bytes, want: Any):
    """Byte and path of the value itself, not of the message: alone, as a member of a record, in lists, maps, unions."""
    code, offset = want
    path = '["a"]' + INSIDE + ('["k"]' if code == "DUPLICATE" else "")
    assert refused(plan(source, None, target, None), data) == (code, offset, path)
    member = js(a=ANY)
    assert refused(plan(source, member, target, member), data) == (code, offset, path[5:].join(("a", "")))
    union = js(a={"anyOf": [{"type": "string"}, {"type": "object"}]})
    assert refused(plan(source, union, target, union), data) == (code, offset, path[5:].join(("a", "")))
    maps = js(a={"type": "object", "additionalProperties": {"type": "array", "items": ANY}})
    assert refused(plan(source, maps, target, maps), data) == (code, offset, path[5:].join(("a", "")))


MANY = 'for_each = "i in a.b"'


def mapped(*lines: str) -> translator.Plan:
    target = {"title": "T", "type": "object", "properties": {"x": {}}}
    return translator.compile("msgpack", ("json", target), mapping="\n".join(["version = 1", *lines]))


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        (["[fields]", 'x = { path = "a" }'], INSIDE),
        (["[fields]", 'x = { path = "a.b" }'], "[2]"),
        ([MANY, "[fields]", 'x = "i"'], "b[2]"),
    ],
)
def test_s4_a_mapping_says_where(lines: list[str], path: str):
    """Read for the target, or as it is and written later; an item of a loop too."""
    each = mapped(*lines)
    data = [pack({"a": {"b": [1, 2, NAN]}})]
    (error,) = (each.translate_each(data) if lines[0] == MANY else each.translate_many(data)).errors
    assert (error.code, error.offset) == ("NOT_FINITE", 9)
    assert error.path.endswith(path)


def test_s34_a_value_that_protobuf_cannot_say():
    """From JSON: a number that a double isn't; from MessagePack: bytes and more; the whole's shape."""
    to = plan("json", js(a=ANY), "protobuf", VALUE)
    assert refused(to, b'{"a":[{"k":9007199254740993}]}') == ("INEXACT", 11, 'a[0]["k"]')
    assert refused(to, b'{"a":[0, 1e400]}') == ("RANGE", 9, "a[1]")
    packed = plan("msgpack", js(a=ANY), "protobuf", VALUE)
    assert refused(packed, pack({"a": [1, b"xy"]})) == ("TYPE", 5, "a[1]")
    assert refused(packed, pack({"a": {"k": NAN}})) == ("NOT_FINITE", 6, 'a["k"]')
    struct_ = m("google.protobuf.Struct a = 1;", imports=["google/protobuf/struct.proto"])
    assert refused(plan("json", js(a=ANY), "protobuf", struct_), b'{"a": [1]}') == ("TYPE", 6, "a")


def test_s4_a_value_of_protobuf_that_json_cannot_say():
    """NaN in a google.protobuf.Value: at the value's own bytes."""
    nan = b"\x11" + struct.pack("<d", NAN)
    items = b"\x0a" + bytes([len(nan)]) + nan
    data = b"\x32" + bytes([len(items)]) + items
    assert refused(plan("protobuf", VALUE, "json", VALUE), b"\x0a" + bytes([len(data)]) + data)[::2] == (
        "NOT_FINITE",
        "a[0]",
    )


def test_s34_text_of_an_untyped_value_says_where():
    """By policy any=json."""
    to = plan("msgpack", js(a=ANY), "avro", av("string"), any="json")
    assert refused(to, pack({"a": [1, [NAN]]})) == ("NOT_FINITE", 6, "a[1][0]")
    assert refused(to, pack({"a": [1, EXTENSION]})) == ("EXTENSION", 5, "a[1]")


@pytest.mark.parametrize(("policy", "shown"), [("null", b"[null,null,null,1.5]"), ("quote", None)])
def test_s4_nan_in_untyped_values(policy: str, shown: bytes | None):
    """The policies hold wherever the value stands, and in its JSON text."""
    want = shown or b'["NaN","Infinity","-Infinity",1.5]'
    floats = [NAN, math.inf, -math.inf, 1.5]
    thin = b"\x92\xca\x7f\xc0\x00\x00\xca\x3f\xc0\x00\x00"
    assert run("msgpack", None, "json", None, pack(floats), nan=policy) == want
    assert run("msgpack", None, "json", None, thin, nan=policy) == want.replace(want[want.index(b",") : -5], b"")
    member = js(a=ANY)
    assert run("msgpack", member, "json", member, pack({"a": floats}), nan=policy) == b'{"a":' + want + b"}"
    text = run("msgpack", member, "avro", av("string"), pack({"a": floats}), nan=policy, any="json")
    assert text[1:] == want
    one = b"\x0a\x09\x11" + struct.pack("<d", NAN)
    assert run("protobuf", VALUE, "json", VALUE, one, nan=policy) == b'{"a":' + want[1 : want.index(b",")] + b"}"


def test_s4_what_protojson_has_for_nan_is_not_for_values():
    """A google.protobuf.Value is a number there, and NaN isn't one, whatever the policy says of plain JSON."""
    one = b"\x0a\x09\x11" + struct.pack("<d", NAN)
    for policy in ("refuse", "null", "quote"):
        assert refused(plan("protobuf", VALUE, "protojson", VALUE, nan=policy), one)[0] == "NOT_FINITE"


@pytest.mark.parametrize(("form", "text"), [("base64", "+/8="), ("base64url", "-_8"), ("hex", "fbff")])
def test_s8_bytes_in_untyped_values(form: str, text: str):
    """By the policy, in JSON and in JSON's text."""
    data = pack({"a": [b"\xfb\xff"]})
    assert msgspec.json.decode(run("msgpack", None, "json", None, data, bytes=form)) == {"a": [text]}
    made = run("msgpack", js(a=ANY), "avro", av("string"), data, bytes=form, any="json")
    assert msgspec.json.decode(made[1:]) == [text]


def test_s6_rounding_in_untyped_values():
    """A google.protobuf.Value has doubles only: by policy a whole number is rounded to one, never to infinity."""
    data = b'{"a":[9007199254740993,18446744073709551617]}'
    rounded = run("json", js(a=ANY), "protobuf", VALUE, data, rounding="round")
    assert struct.pack("<d", 2.0**53) in rounded
    assert struct.pack("<d", 2.0**64) in rounded
    assert refused(plan("json", js(a=ANY), "protobuf", VALUE), data)[0] == "INEXACT"
    far = plan("json", js(a=ANY), "protobuf", VALUE, rounding="round")
    assert refused(far, b'{"a":1e400}') == ("RANGE", 5, "a")
