"""S8 to S10: bytes, text and UUIDs."""

from __future__ import annotations

import pytest

from tests.translator.semantics.support import UUID, UUID_BYTES, av, m, pb, plan, refused, run, text

BYTES, STRING = av("bytes"), av("string")
FIXED = av({"type": "fixed", "name": "F", "size": 4})
VALUE = b"\xfb\xff\x00\x41"
FORMS = [
    ("base64", b'"+/8AQQ=="'), ("base64url", b'"-_8AQQ"'), ("hex", b'"fbff0041"'),
    ("codepoints", '"ûÿ\\u0000A"'.encode()),
]  # fmt: skip


@pytest.mark.parametrize(("form", "shown"), FORMS)
def test_s08_bytes_in_plain_json(form, shown):
    """Base64, or as the policy says; so for fixed and inside untyped values."""
    written = b'{"a":' + shown + b"}"
    for s, data in ((BYTES, text(VALUE)), (FIXED, VALUE)):
        assert run("avro", s, "json", s, data, bytes=form) == written
        assert run("json", s, "avro", s, written, bytes=form) == data
    assert run("msgpack", None, "json", None, b"\x81\xa1a\xc4\x04" + VALUE, bytes=form) == written


def test_s08_what_is_no_such_text_is_refused():
    """Not base64, an odd digit, a code point over 255."""
    for form, bad in (("base64", b'"a"'), ("base64", b'"****"'), ("hex", b'"abc"'), ("hex", b'"zz"')):
        assert refused(plan("json", BYTES, "avro", BYTES, bytes=form), b'{"a":' + bad + b"}") == ("BYTES", 5, "a")
    high = '{"a":"\u0100"}'.encode()
    assert refused(plan("json", BYTES, "avro", BYTES, bytes="codepoints"), high) == ("BYTES", 5, "a")
    assert refused(plan("json", FIXED, "avro", FIXED), b'{"a":"AAA="}') == ("SIZE", 5, "a")


@pytest.mark.parametrize("shown", [b'"+/8AQQ=="', b'"-_8AQQ=="', b'"+/8AQQ"', b'"-_8AQQ"'])
def test_s08_protojson_reads_every_base64(shown):
    """URL-safe and unpadded too; it writes the standard one."""
    s = m("bytes a = 1;")
    wire = run("protojson", s, "protobuf", s, b'{"a":' + shown + b"}")
    assert wire == b"\n\x04" + VALUE
    assert run("protobuf", s, "protojson", s, wire) == b'{"a":"+/8AQQ=="}'


@pytest.mark.parametrize("bad", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"ab\xc3"])
def test_s09_text_is_utf8_on_the_way_in(bad):
    """In every format, also where bytes become text."""
    s = m("string a = 1;")
    assert refused(plan("avro", STRING, "json", STRING), text(bad)) == ("UTF8", 0, "a")
    assert refused(plan("avro", BYTES, "avro", STRING), text(bad)) == ("UTF8", 0, "a")
    assert refused(plan("protobuf", s, "protojson", s), b"\n" + bytes([len(bad)]) + bad)[0] == "UTF8"
    packed = b"\x81\xa1a" + bytes([0xA0 | len(bad)]) + bad
    assert refused(plan("msgpack", STRING, "avro", STRING), packed) == ("UTF8", 3, "a")
    assert refused(plan("json", STRING, "avro", STRING), b'{"a":"' + bad + b'"}')[0] == "UTF8"
    assert run("avro", STRING, "avro", BYTES, text("é")) == text("é")
    assert run("avro", BYTES, "avro", STRING, text("é")) == text("é")


def test_s09_unpaired_surrogates_are_refused():
    """A pair is one character; half of one is nothing."""
    assert run("json", STRING, "avro", STRING, rb'{"a":"\ud83d\ude00"}') == text("😀")
    for half in (rb"\ud83d", rb"\ude00", rb"\ud83dx", rb"\ud83d\u0041"):
        assert refused(plan("json", STRING, "avro", STRING), b'{"a":"' + half + b'"}') == ("ESCAPE", 6, "a")


def test_s09_strings_that_a_proto_exempts():
    """Untouched to Protobuf, valid for any other format."""
    s = pb("message M { optional string a = 1; }", syntax="proto2")
    wire = b"\n\x02\xff\xfe"
    assert run("protobuf", s, "protobuf", s, wire) == wire
    for target in ("protojson", "json", "msgpack"):
        assert refused(plan("protobuf", s, target, s), wire)[0] == "UTF8"
    assert refused(plan("protobuf", s, "protobuf", m("string a = 1;")), wire)[0] == "UTF8"


UUID_TYPES = [
    ("avro", av({"type": "string", "logicalType": "uuid"}), text(UUID)),
    ("avro", av({"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"}), UUID_BYTES),
    ("json", av({"type": "string", "logicalType": "uuid"}), b'{"a":"' + UUID.encode() + b'"}'),
    (
        "protobuf",
        m('string a = 1 [(hal9.logical) = "uuid"];', imports=["hal9/options.proto"]),
        b"\n\x24" + UUID.encode(),
    ),
    ("protobuf", m('bytes a = 1 [(hal9.logical) = "uuid"];', imports=["hal9/options.proto"]), b"\n\x10" + UUID_BYTES),
]


@pytest.mark.parametrize(("target", "t", "written"), UUID_TYPES)
@pytest.mark.parametrize(("source", "s", "data"), UUID_TYPES)
def test_s10_uuids_in_every_form(source, s, data, target, t, written):
    """Text or 16 bytes, each from each; lower case out, any case in."""
    assert run(source, s, target, t, data) == written
    if UUID.encode() in data:
        assert run(source, s, target, t, data.replace(UUID.encode(), UUID.upper().encode())) == written


def test_s10_what_is_no_uuid_is_refused():
    """Wherever it is to be one."""
    s, raw = UUID_TYPES[0][1], UUID_TYPES[1][1]
    assert refused(plan("avro", s, "avro", raw), text("no uuid")) == ("UUID", 0, "a")
    assert refused(plan("json", s, "avro", raw), b'{"a":"no uuid"}') == ("UUID", 5, "a")
    assert refused(plan("avro", BYTES, "avro", raw), text(b"short")) == ("UUID", 0, "a")
    assert refused(plan("avro", STRING, "avro", s), text(UUID[:-1])) == ("UUID", 0, "a")
