"""The text that is kept of a schema, and when two are the same."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from google.protobuf import (
    any_pb2,
    api_pb2,
    descriptor_pb2,
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    source_context_pb2,
    struct_pb2,
    timestamp_pb2,
    type_pb2,
    wrappers_pb2,
)  # fmt: skip
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from native.errors import SchemaError
from schemas import avro, protoc
from schemas.texts import avro as avrotext
from schemas.texts import descriptors as prototext
from schemas.texts import protobuf as texts

WELL_KNOWN = (
    any_pb2, api_pb2, descriptor_pb2, duration_pb2, empty_pb2, field_mask_pb2, source_context_pb2, struct_pb2,
    timestamp_pb2, type_pb2, wrappers_pb2,
)  # fmt: skip
EVERYTHING = r"""
syntax = "proto2";
package p.q;
import "google/protobuf/timestamp.proto";
import public "google/protobuf/duration.proto";
option java_package = "a.\"b\"";
option optimize_for = CODE_SIZE;
message M {
  option deprecated = true;
  required int32 a = 1 [default = -7, deprecated = true];
  optional string b = 2 [default = "x\"\n\303\274", json_name = "other"];
  repeated sint64 c = 3 [packed = true];
  optional bytes d = 4 [default = "\001\377\""];
  optional double e = 5 [default = -inf];
  optional group G = 6 { optional M inner = 1; }
  map<string, N> f = 7;
  oneof choice { int32 h = 8; .p.q.N i = 9; group J = 10 { optional bool k = 1; } }
  optional Color color = 11 [default = RED];
  repeated group R = 12 { }
  reserved 20, 30 to 35, 1000 to max;
  reserved "gone", "too";
  message N { extensions 100 to 199, 500 to max; }
  enum Color { option allow_alias = true; RED = 0; ROT = 0 [deprecated = true]; BLUE = -1; reserved 5 to 7, 9; }
  extend N { optional int32 inside = 100; }
  optional google.protobuf.Timestamp when = 13;
}
message N { optional string text = 1; }
extend M.N { repeated string outside = 101; }
service S {
  rpc Plain (M) returns (N);
  rpc Both (stream M) returns (stream N) { option deprecated = true; option idempotency_level = IDEMPOTENT; }
}
"""
PROTO3 = """
syntax = "proto3";
message M { optional int32 a = 1; int32 b = 2; repeated int32 c = 3 [packed = false]; map<int32, M> m = 4;
  oneof o { string s = 5; M n = 6; } optional M q = 7; }
enum E { ZERO = 0; }
"""
EDITION = """
edition = "2023";
package e;
option features.field_presence = IMPLICIT;
message M { int32 a = 1 [features.field_presence = LEGACY_REQUIRED]; string b = 2; M c = 3;
  M d = 4 [features.message_encoding = DELIMITED]; repeated int32 r = 5 [features.repeated_field_encoding = EXPANDED];
  reserved gone; }
enum E { option features.enum_type = CLOSED; ONE = 1; }
"""


def descriptor(text: str) -> FileDescriptorProto:
    return texts.compiled(text, {}).file[-1]


@pytest.mark.parametrize("text", [EVERYTHING, PROTO3, EDITION], ids=["proto2", "proto3", "editions"])
def test_descriptors_print_whole(text: str) -> None:
    """What is printed of a descriptor compiles to the same one: nothing of it is lost."""
    first = descriptor(text)
    again = descriptor(prototext.printed(first))
    first.ClearField("name")
    again.ClearField("name")
    assert first == again


@pytest.mark.parametrize("module", WELL_KNOWN, ids=lambda module: module.DESCRIPTOR.name)
def test_serialized_descriptors_are_kept_as_text(module: object) -> None:
    """The base64 that Python's client sends is kept as text, and is the same schema as that text."""
    serialized = module.DESCRIPTOR.serialized_pb  # type: ignore[attr-defined]
    sent = base64.b64encode(serialized).decode()
    text, same = texts.protobuf(sent, {})
    assert "message " in text
    assert texts.protobuf(text, {}) == (text, same)
    back = FileDescriptorProto.FromString(base64.b64decode(texts.serialized(text, {})))
    assert texts.protobuf(base64.b64encode(back.SerializeToString()).decode(), {}) == (text, same)


def test_what_no_text_says_is_kept_serialized() -> None:
    """A descriptor with a custom option, which the printed text leaves out, is kept as it was sent."""
    file = descriptor(PROTO3)
    file.message_type[0].options.MergeFromString(b"\xfa\xff\xff\xff\x0f\x01x")
    sent = base64.b64encode(file.SerializeToString()).decode()
    assert texts.protobuf(sent, {})[0] == sent
    assert texts.serialized(sent, {}) == sent
    assert texts.protobuf(sent, {})[1] != texts.protobuf(PROTO3, {})[1]


@pytest.mark.parametrize(("main_sent", "other_sent"), [(True, True), (True, False), (False, True), (False, False)])
def test_imports_in_either_form(main_sent: bool, other_sent: bool) -> None:
    """A schema and what it imports may each be text or serialized; the schema is the same."""
    other = 'syntax = "proto3"; package o; message O { int32 x = 1; }'
    main = 'syntax = "proto3"; import "dir/o.proto"; import "google/protobuf/any.proto"; message M { o.O o = 1; }'
    wanted = texts.protobuf(main, {"dir/o.proto": other})[1]
    other_text = texts.serialized(other, {}) if other_sent else other
    main_text = texts.serialized(main, {"dir/o.proto": other}) if main_sent else main
    assert texts.protobuf(main_text, {"dir/o.proto": other_text})[1] == wanted


@pytest.mark.parametrize("sent", [False, True])
def test_imports_taken_for_granted(sent: bool) -> None:
    """What clients leave out of the references, `google/type/*.proto`, is known, in what is imported too."""
    other = 'syntax = "proto3"; package o; import "google/type/money.proto"; message O { google.type.Money m = 1; }'
    imports = 'import "o.proto"; import "google/type/date.proto";'
    main = f'syntax = "proto3"; {imports} message M {{ o.O o = 1; google.type.Date d = 2; }}'
    text = texts.serialized(main, {"o.proto": other}) if sent else main
    files = [each.name for each in texts.compiled(text, {"o.proto": texts.serialized(other, {})}).file]
    assert {"google/type/money.proto", "google/type/date.proto", "o.proto"} < set(files)
    with pytest.raises(SchemaError):
        texts.compiled('import "google/type/none.proto";', {})


@pytest.mark.parametrize(
    "sent",
    [
        base64.b64encode(b"\xff\xff").decode(),
        "AAA",
        base64.b64encode(FileDescriptorProto(dependency=["nowhere.proto"]).SerializeToString()).decode(),
        base64.b64encode(FileDescriptorProto(dependency=["../x.proto"]).SerializeToString()).decode(),
        base64.b64encode(FileDescriptorProto(message_type=[{"name": "a b"}]).SerializeToString()).decode(),
    ],
)
def test_bad_descriptors_are_refused(sent: str) -> None:
    """A serialized descriptor that means nothing is refused like a text (B53)."""
    with pytest.raises(SchemaError):
        texts.protobuf(sent, {})


def test_comments_count() -> None:
    """Another comment is another schema, other spaces aren't; the normal form has neither."""
    plain, commented = 'syntax="proto3"; message M {}', 'syntax = "proto3";\n// a  "b"\nmessage M {}'
    spaced = 'syntax="proto3";   // a "b"  \n message M {\n}'
    assert texts.protobuf(commented, {})[1] == texts.protobuf(spaced, {})[1] != texts.protobuf(plain, {})[1]
    normal = [texts.protobuf(each, {}, normalize=True) for each in (plain, commented, spaced)]
    assert normal[0] == normal[1] == normal[2]


def test_normal_protobuf() -> None:
    """The order of imports, options and fields, and how far names are spelled out, is not in the normal form."""
    others = {f"{name}.proto": f'syntax="proto3"; package {name}; message {name.upper()} {{}}' for name in "ab"}
    one = """syntax = "proto3"; package p; import public "b.proto"; import "a.proto";
        option java_package = "x"; option cc_enable_arenas = false;
        message M { message In {} map<string, a.A> n = 3; a.A a = 1; oneof o { .b.B b = 2; } map<int32, In> m = 4; }"""
    two = """syntax = "proto3"; package p; import "a.proto"; import public "b.proto";
        option cc_enable_arenas = false; option java_package = "x";
        message M { message In {} map<int32, In> m = 4; oneof o { b.B b = 2; } map<string, a.A> n = 3; .a.A a = 1; }"""
    assert texts.protobuf(one, others)[1] != texts.protobuf(two, others)[1]
    assert texts.protobuf(one, others, normalize=True) == texts.protobuf(two, others, normalize=True)
    sent = texts.serialized(one, others)
    assert texts.protobuf(sent, others, normalize=True)[1] == texts.protobuf(two, others, normalize=True)[1]
    assert 'import public "b.proto"' in texts.protobuf(one, others, normalize=True)[0]


def test_normal_protobuf_keeps_places() -> None:
    """Where frames name a message by its place, the normal form leaves it there (S32), and keeps custom options."""
    text = """syntax = "proto3"; import "hal9/options.proto";
        message M { map<int32, In> m = 4; message In {} int32 a = 1; string u = 2 [(hal9.logical) = "uuid"]; }"""
    kept, _ = texts.protobuf(text, {}, normalize=True)
    (message,) = texts.compiled(kept, {}).file[-1].message_type
    assert [each.name for each in message.nested_type] == ["MEntry", "In"]
    assert "hal9.logical" in kept


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"type": "string"}, "string"),
        ({"type": {"type": "int"}, "unique": 1}, {"type": "int", "unique": 1}),
        (
            {"name": "a.b.R", "doc": "d", "type": "record",
             "k": 1, "fields": [{"type": ["null", "a.b.R"], "name": "x"}]},
            {"type": "record", "name": "R", "namespace": "a.b", "doc": "d",
             "fields": [{"name": "x", "type": ["null", "R"]}], "k": 1},
        ),
        (
            {"type": "record", "name": "R", "namespace": "a", "aliases": ["Q"], "fields": [
                {"name": "e", "default": "A", "order": "ascending", "type":
                    {"namespace": "a", "symbols": ["A"], "name": "E", "default": "A", "type": "enum"}},
                {"name": "f", "order": "ignore", "aliases": ["g"], "doc": "f", "type":
                    {"type": "fixed", "size": 2, "name": "b.F", "logicalType": "decimal", "precision": 3}},
                {"name": "m", "type": {"values": ["null", "b.F"], "type": "map"}, "default": {}},
                {"name": "n", "type": {"items": "a.E", "type": "array"}}]},
            {"type": "record", "name": "R", "namespace": "a", "fields": [
                {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A"], "default": "A"}, "default": "A"},
                {"name": "f", "type": {"type": "fixed", "name": "F", "namespace": "b", "size": 2,
                                       "logicalType": "decimal", "precision": 3}, "doc": "f", "order": "ignore",
                 "aliases": ["g"]},
                {"name": "m", "type": {"type": "map", "values": ["null", "b.F"]}, "default": {}},
                {"name": "n", "type": {"type": "array", "items": "E"}}], "aliases": ["Q"]},
        ),
    ],
)  # fmt: skip
def test_avro_is_printed_as_java_does(given: object, wanted: object) -> None:
    """Members in Java's order, names split, the namespace around left out, everything else kept; it reads the same."""
    text = avrotext.printed(json.dumps(given))
    assert text == json.dumps(wanted, separators=(",", ":"))
    assert avrotext.printed(text) == text
    avro.read(text)


def test_printing_keeps_the_shared_schemas(data: Path) -> None:
    """Every Avro schema of the shared data has the same canonical form after printing, and printing is stable."""
    from schemas.canonical import parsing_canonical_form

    seen = 0
    for path in sorted((data / "avro").rglob("*.avsc")):
        text = path.read_text()
        try:
            before = parsing_canonical_form(text)
        except SchemaError:
            continue
        printed = avrotext.printed(text)
        assert parsing_canonical_form(printed) == before, path
        assert avrotext.printed(printed) == printed
        seen += 1
    assert seen > 0


def test_json_schema_is_compact() -> None:
    """JSON Schema loses its spaces, keeps the order of its members, and in the normal form has them sorted."""
    text = '{ "type" : "object",\n "properties": {"é": {"type": "string"}, "a": true} }'
    assert texts.jsonschema(text) == '{"type":"object","properties":{"é":{"type":"string"},"a":true}}'
    assert texts.jsonschema(text, normalize=True) == '{"properties":{"a":true,"é":{"type":"string"}},"type":"object"}'


def test_neuron_schemas_print(tmp_path: Path) -> None:
    """The neuron signal's own .proto, custom options and all, can be registered as text."""
    folder = Path(protoc.__file__).parent / "neuron"
    for path in folder.glob("*.proto"):
        text = path.read_text()
        assert texts.protobuf(text, {})[0] == text
