"""Protobuf's text format: what values mean in it, there and back, and what is refused where."""

from __future__ import annotations

import pytest
from google.protobuf import descriptor_pool, text_format
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given
from hypothesis import strategies as st

from schemas import protobuf, protoc
from tests.translator.semantics.support import pb, plan, refused, run

BODY = """
enum E { A = 0; B = 5; }
message M {
  int32 i = 1; uint64 u = 2; float f = 3; double d = 4; bool b = 5; string s = 6; bytes y = 7; E e = 8;
  repeated sint64 l = 9; map<string, M> m = 10; M c = 11; repeated M r = 12;
  oneof o { string p = 13; E q = 14; }
  optional int32 x = 15; repeated E es = 16;
}"""
SCHEMA = pb(BODY)
READ, WRITE = plan("txtpb", SCHEMA, "protobuf", SCHEMA), plan("protobuf", SCHEMA, "txtpb", SCHEMA)
FILES = FileDescriptorSet.FromString(protoc.compiled({"m.proto": f'syntax = "proto3"; {BODY}'}))
_POOL = descriptor_pool.DescriptorPool()
for _file in FILES.file:
    _POOL.Add(_file)
Google = GetMessageClass(_POOL.FindMessageTypeByName("M"))

ints = st.integers(-(1 << 31), (1 << 31) - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
leaves = st.fixed_dictionaries({}, optional={
    "i": ints, "u": st.integers(0, (1 << 64) - 1), "f": st.floats(width=32, allow_nan=False),
    "d": st.floats(allow_nan=False),
    "b": st.booleans(), "s": texts, "y": st.binary(max_size=8), "e": st.sampled_from([0, 5, 77]),
    "l": st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=3), "x": ints, "p": texts,
    "es": st.lists(st.sampled_from([0, 5]), max_size=3),
})  # fmt: skip
messages = st.recursive(leaves, lambda inner: st.fixed_dictionaries({}, optional={
    "c": inner, "r": st.lists(inner, max_size=2), "m": st.dictionaries(texts, inner, max_size=2), "i": ints,
}), max_leaves=4)  # fmt: skip


@given(messages, st.booleans(), st.booleans())
def test_as_protobuf_s_own_library(value: dict[str, object], one_line: bool, angles: bool) -> None:
    """What Protobuf's library prints is read as it is meant, and what we print is read so by it."""
    message = Google(**value)
    text = text_format.MessageToString(message, as_one_line=one_line, pointy_brackets=angles, as_utf8=True)
    data = message.SerializeToString(deterministic=True)
    assert Google.FromString(READ.translate(text.encode())) == message
    assert text_format.Parse(WRITE.translate(data).decode(), Google()) == message


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("i: -0x10 u: 017", "i: -16\nu: 15\n"),
        ("i: - # why\n 1", "i: -1\n"),
        ("d: .5 f: 1.f", "f: 1\nd: 0.5\n"),
        ("d: 1e999 f: -1e39", "f: -inf\nd: inf\n"),
        ("d: -INFINITY f: Nan", "f: nan\nd: -inf\n"),
        ("b: t", "b: true\n"),
        ("b: 1", "b: true\n"),
        ("s: 'a' \"b\" # c\n 'd'", 's: "abd"\n'),
        (r"s: '\x41\101\u00e9\U0001F600\t\?'", 's: "Aé😀\\t?"\n'.replace("Aé", "AAé")),
        (r"y: '\377\xf\0'", 'y: "\\377\\017\\000"\n'),
        ("e: 5 q: A", "e: B\nq: A\n"),
        ("l: 1, l: [2, 3]; l: []", "l: 1\nl: 2\nl: 3\n"),
        ("c < i: 1 > r: [{}, <x: 0>]", "c {\n  i: 1\n}\nr {\n}\nr {\n  x: 0\n}\n"),
        ("m { value { i: 1 } } m { key: '' }", 'm {\n  key: ""\n  value {\n  }\n}\n'),
        ("", ""),
    ],
)
def test_spellings(text: str, canonical: str) -> None:
    """All ways of writing a value, and the one in which it is written."""
    assert run("txtpb", SCHEMA, "txtpb", SCHEMA, text.encode()).decode() == canonical


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("i: 2147483648", ("RANGE", 3, "i")),
        ("u: -1", ("RANGE", 3, "u")),
        ("i: 1.5", ("NUMBER", 3, "i")),
        ("i: 08", ("NUMBER", 3, "i")),
        ("i: 'x'", ("TYPE", 3, "i")),
        ("i 1", ("SYNTAX", 2, "i")),
        ("i: 1 i: 1", ("DUPLICATE", 5, "i")),
        ("p: 'a' q: A", ("DUPLICATE", 7, "q")),
        ("zz: 1", ("UNKNOWN_FIELD", 0, '["zz"]')),
        ("1: 1", ("SYNTAX", 0, "")),
        ("e: NEW", ("SYMBOL", 3, "e")),
        ("l: [1, 'x']", ("TYPE", 7, "l[1]")),
        ("c { i: 1", ("TRUNCATED", 8, "c")),
        ("c { i: 1 >", ("SYNTAX", 9, "c")),
        ("s: 'a", ("TRUNCATED", 5, "s")),
        ("s: 'a\n'", ("SYNTAX", 5, "s")),
        (r"s: '\q'", ("ESCAPE", 4, "s")),
        (r"s: '\ud801'", ("ESCAPE", 4, "s")),
        (r"s: '\xff'", ("UTF8", 3, "s")),
        ("b: 2", ("RANGE", 3, "b")),
        ("c: 1", ("TYPE", 3, "c")),
    ],
)
def test_refusals(text: str, refusal: tuple[str, int, str]) -> None:
    """Each at its byte, with the path."""
    assert refused(READ, text.encode()) == refusal


def test_b4_depth() -> None:
    """A hundred levels are read, more than the limit are refused, in whatever is passed over too."""
    assert READ.translate(b"c{" * 100 + b"}" * 100)
    assert refused(READ, b"c{" * 100_000)[0] == "DEPTH"
    ignoring = plan("txtpb", SCHEMA, "protobuf", SCHEMA, unknown="ignore")
    assert refused(ignoring, b"zz{" * 100_000)[0] == "DEPTH"
    assert refused(ignoring, b"zz:" + b"[" * 100_000)[0] == "DEPTH"


def test_s14_unknown_fields() -> None:
    """They are written by number as the wire has them, or left out; on the way in they are refused, or counted."""
    message = b"\x08\1" + b"\xa2\6\2\x08\2" + b"\xad\6\1\0\0\0"
    assert WRITE.translate(message) == b"i: 1\n100 {\n  1: 2\n}\n101: 0x00000001\n"
    assert run("protobuf", SCHEMA, "txtpb", SCHEMA, message, unknown="ignore") == b"i: 1\n"
    ignoring = plan("txtpb", SCHEMA, "protobuf", SCHEMA, unknown="ignore")
    assert ignoring.translate(b"zz { a: 'x' b: [1, <>] } i: 1 [a.b]: 2 es: [B, NEW]") == b"\x08\1\x82\1\1\5"
    assert ignoring.ignored() == {"zz": 1, "[a.b]": 1, "es": 1}


def test_proto2() -> None:
    """Groups go by their type's name, extensions by theirs in brackets; what is required must be there."""
    s = protobuf.read({"m.proto": """syntax = "proto2"; package a;
        message M { required int32 n = 1; repeated group Data = 2 { optional int32 v = 3; } extensions 100 to 200; }
        extend M { optional string ext = 100; }"""}, message="a.M")  # fmt: skip
    text = b'n: 1\nData {\n  v: 2\n}\n[a.ext]: "x"\n'
    assert run("txtpb", s, "txtpb", s, text) == text
    assert run("txtpb", s, "txtpb", s, b"[ a . ext ]: 'x' data { v: 2 } n: 1") == text
    assert refused(plan("txtpb", s, "protobuf", s), b"") == ("MISSING", 0, "n")


def test_well_known_messages() -> None:
    """They are messages here and values elsewhere; one that is untyped has no way to another format yet."""
    google = ("google/protobuf/timestamp.proto", "google/protobuf/wrappers.proto")
    s = pb("message M { google.protobuf.Timestamp t = 1; google.protobuf.Int32Value w = 2; }", imports=google)
    text = b"t {\n  seconds: 5\n  nanos: 500000000\n}\nw {\n  value: 3\n}\n"
    json = b'{"t":"1970-01-01T00:00:05.500Z","w":3}'
    assert run("txtpb", s, "protojson", s, text) == json
    assert run("protojson", s, "txtpb", s, json) == text
    assert refused(plan("txtpb", s, "protojson", s), b"t { nanos: -1 }") == ("TIME", 2, "t")
