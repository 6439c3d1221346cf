"""The text that is kept of a Protobuf schema, and when two are the same."""

from __future__ import annotations

import base64
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
from schemas import protoc
from schemas.texts import descriptors, protobuf

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
    return protobuf.compiled(text, {}).file[-1]


@pytest.mark.parametrize("text", [EVERYTHING, PROTO3, EDITION], ids=["proto2", "proto3", "editions"])
def test_descriptors_print_whole(text: str) -> None:
    """What is printed of a descriptor compiles to the same one: nothing of it is lost."""
    first = descriptor(text)
    again = descriptor(descriptors.printed(first))
    first.ClearField("name")
    again.ClearField("name")
    assert first == again


@pytest.mark.parametrize("module", WELL_KNOWN, ids=lambda module: module.DESCRIPTOR.name)
def test_serialized_descriptors_are_kept_as_text(module: object) -> None:
    """The base64 that Python's client sends is kept as text, and is the same schema as that text."""
    serialized = module.DESCRIPTOR.serialized_pb  # type: ignore[attr-defined]
    sent = base64.b64encode(serialized).decode()
    text, same = protobuf.printed(sent, {})
    assert "message " in text
    assert protobuf.printed(text, {}) == (text, same)
    back = FileDescriptorProto.FromString(base64.b64decode(protobuf.serialized(text, {})))
    assert protobuf.printed(base64.b64encode(back.SerializeToString()).decode(), {}) == (text, same)


def test_what_no_text_says_is_kept_serialized() -> None:
    """A descriptor with a custom option, which the printed text leaves out, is kept as it was sent."""
    file = descriptor(PROTO3)
    file.message_type[0].options.MergeFromString(b"\xfa\xff\xff\xff\x0f\x01x")
    sent = base64.b64encode(file.SerializeToString()).decode()
    assert protobuf.printed(sent, {})[0] == sent
    assert protobuf.serialized(sent, {}) == sent
    assert protobuf.printed(sent, {})[1] != protobuf.printed(PROTO3, {})[1]


@pytest.mark.parametrize(("main_sent", "other_sent"), [(True, True), (True, False), (False, True), (False, False)])
def test_imports_in_either_form(main_sent: bool, other_sent: bool) -> None:
    """A schema and what it imports may each be text or serialized; the schema is the same."""
    other = 'syntax = "proto3"; package o; message O { int32 x = 1; }'
    main = 'syntax = "proto3"; import "dir/o.proto"; import "google/protobuf/any.proto"; message M { o.O o = 1; }'
    wanted = protobuf.printed(main, {"dir/o.proto": other})[1]
    other_text = protobuf.serialized(other, {}) if other_sent else other
    main_text = protobuf.serialized(main, {"dir/o.proto": other}) if main_sent else main
    assert protobuf.printed(main_text, {"dir/o.proto": other_text})[1] == wanted


@pytest.mark.parametrize("sent", [False, True])
def test_imports_taken_for_granted(sent: bool) -> None:
    """What clients leave out of the references, `google/type/*.proto`, is known, in what is imported too."""
    other = 'syntax = "proto3"; package o; import "google/type/money.proto"; message O { google.type.Money m = 1; }'
    imports = 'import "o.proto"; import "google/type/date.proto";'
    main = f'syntax = "proto3"; {imports} message M {{ o.O o = 1; google.type.Date d = 2; }}'
    text = protobuf.serialized(main, {"o.proto": other}) if sent else main
    files = [each.name for each in protobuf.compiled(text, {"o.proto": protobuf.serialized(other, {})}).file]
    assert {"google/type/money.proto", "google/type/date.proto", "o.proto"} < set(files)
    with pytest.raises(SchemaError):
        protobuf.compiled('import "google/type/none.proto";', {})


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
        protobuf.printed(sent, {})


def test_comments_count() -> None:
    """Another comment is another schema, other spaces aren't; the normal form has neither."""
    plain, commented = 'syntax="proto3"; message M {}', 'syntax = "proto3";\n// a  "b"\nmessage M {}'
    spaced = 'syntax="proto3";   // a "b"  \n message M {\n}'
    assert protobuf.printed(commented, {})[1] == protobuf.printed(spaced, {})[1] != protobuf.printed(plain, {})[1]
    normal = [protobuf.printed(each, {}, normalize=True) for each in (plain, commented, spaced)]
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
    assert protobuf.printed(one, others)[1] != protobuf.printed(two, others)[1]
    assert protobuf.printed(one, others, normalize=True) == protobuf.printed(two, others, normalize=True)
    sent = protobuf.serialized(one, others)
    assert protobuf.printed(sent, others, normalize=True)[1] == protobuf.printed(two, others, normalize=True)[1]
    assert 'import public "b.proto"' in protobuf.printed(one, others, normalize=True)[0]


def test_normal_protobuf_keeps_places() -> None:
    """Where frames name a message by its place, the normal form leaves it there (S32), and keeps custom options."""
    text = """syntax = "proto3"; import "hal9/options.proto";
        message M { map<int32, In> m = 4; message In {} int32 a = 1; string u = 2 [(hal9.logical) = "uuid"]; }"""
    kept, _ = protobuf.printed(text, {}, normalize=True)
    (message,) = protobuf.compiled(kept, {}).file[-1].message_type
    assert [each.name for each in message.nested_type] == ["MEntry", "In"]
    assert "hal9.logical" in kept


def test_neuron_schemas_print(tmp_path: Path) -> None:
    """The neuron signal's own .proto, custom options and all, can be registered as text."""
    folder = Path(protoc.__file__).parent / "neuron"
    for path in folder.glob("*.proto"):
        text = path.read_text()
        assert protobuf.printed(text, {})[0] == text
