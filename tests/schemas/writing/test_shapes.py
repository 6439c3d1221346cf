"""What each language can't say, and what stands there instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import schemas
from native.errors import SchemaError
from schemas import canonical, model, protobuf
from schemas.model import Array, Enum, Field, Float, Int, Map, Null, Presence, Record, Schema, String, Type, Union
from schemas.writing import Choices, Written, write
from tests.schemas.writing.support import ANY_AS_JSON, LANGUAGES, notes, written

EDITION = Choices(syntax="2023")


def record(*fields: Field, name: str = "a.R") -> Record:
    return Record(name, list(fields))


def only(type_: Type, **more: Any) -> Record:
    return record(Field("f", type_, **more))


def field(made: Written) -> Field:
    assert isinstance(made.schema.root, Record)
    return made.schema.root.fields[0]


NULLABLE = Union((Null(), Int()))


@pytest.mark.parametrize(
    ("type_", "line"),
    [
        (Array(Array(Int())), "repeated RFItem f = 1;"),
        (Array(NULLABLE), "repeated RFItem f = 1;"),
        (Map(String(), Array(Int())), "map<string, RFValue> f = 1;"),
        (Map(String(), Map(String(), Int())), "map<string, RFValue> f = 1;"),
        (Array(Union((Int(), String()))), "repeated RFItemChoice f = 1;"),
        (Union((Int(), String())), "RFChoice f = 1;"),
        (Union((Null(), Int(), String())), "RFChoice f = 1;"),
    ],
)
def test_what_is_wrapped(type_: Type, line: str) -> None:
    """S33: a generated message of a known name stands for it, and on the way back it is undone."""
    there = written(only(type_), "protobuf", choices=EDITION)
    assert f"\n  {line.partition(';')[0]}" in there.text
    assert "option (hal9.wrapper) = true;" in there.text
    back = protobuf.read({"x.proto": there.text}, message="a.R")
    again = written(back, "avro")
    assert canonical.differences(again.schema.root, only(type_), defaults=False) == []
    assert "Item" not in again.text


@pytest.mark.parametrize("type_", [Array(Int()), Map(String(), Int()), NULLABLE, Array(only(Int()))])
def test_what_is_not_wrapped(type_: Type) -> None:
    """What Protobuf has a form for stands there as it is."""
    assert "wrapper" not in written(only(type_), "protobuf").text


def test_a_message_that_only_looks_like_a_wrapper() -> None:
    """Without the option it is a message like any other, whatever it is called."""
    text = 'syntax = "proto3"; message R { repeated RFItem f = 1; } message RFItem { repeated int32 items = 1; }'
    made = written(protobuf.read({"x.proto": text}, message="R"), "avro")
    assert '"RFItem"' in made.text


def test_a_wrapper_that_is_none() -> None:
    """With the option, but not by the rule: it stays a message, and the report says so."""
    text = (
        'syntax = "proto3"; import "hal9/options.proto"; message R { W f = 1; }'
        "message W { option (hal9.wrapper) = true; int32 a = 1; int32 b = 2; }"
    )
    made = written(protobuf.read({"x.proto": text}, message="R"), "avro")
    assert any("isn't one" in each.reason for each in made.losses)


@pytest.mark.parametrize(
    ("type_", "avro_", "protobuf_", "json_"),
    [
        (Int(64, signed=False), "decimal", "uint64 f", "uint64"),
        (Int(32, signed=False), '"long"', "uint32 f", "uint32"),
        (Int(8), '"int"', "int32 f", "int32"),
        (model.Timestamp("ns"), "timestamp-nanos", "google.protobuf.Timestamp f", "date-time"),
        (model.Timestamp("ms"), "timestamp-millis", "google.protobuf.Timestamp f", "date-time"),
        (model.Timestamp("us", local=True), "local-timestamp-micros", "string f", '"string"'),
        (model.Uuid(), '"uuid"', 'string f = 1 [(hal9.logical) = "uuid"]', '"uuid"'),
        (model.Uuid("bytes"), '"fixed"', 'bytes f = 1 [(hal9.logical) = "uuid"]', '"uuid"'),
        (model.Decimal(9, 2), '"precision": 9', "string f", '"string"'),
        (model.Duration(), '"string"', "google.protobuf.Duration f", '"string"'),
        (model.Date(), '"date"', "string f", '"date"'),
        (model.Fixed(3, "F"), '"size": 3', "bytes f", "base64"),
        (model.Any(), '"string"', "google.protobuf.Value f", '"f": {}'),
        (Map(Int(32), String()), '"map"', "map<int32, string> f", "additionalProperties"),
    ],
)
def test_single_types(type_: Type, avro_: str, protobuf_: str, json_: str) -> None:
    """Each type in each language."""
    expected = dict(zip(LANGUAGES, (avro_, protobuf_, json_), strict=True))
    for language, part in expected.items():
        assert part in written(only(type_), language, choices=ANY_AS_JSON).text


def test_an_untyped_value_in_avro() -> None:
    """S34: refused with all its places, unless its JSON text is asked for."""
    two = record(Field("a", model.Any()), Field("b", Array(model.Any())))
    with pytest.raises(SchemaError, match=r"a: Avro has no untyped value.*b\[\]: Avro has no"):
        write(Schema(two, "jsonschema"), "avro")
    assert notes(written(two, "avro", choices=ANY_AS_JSON))[0][:2] == ("a", "widened")


def test_uint64_as_long() -> None:
    """S7: by policy a long, which the report says narrows it."""
    made = written(only(Int(64, signed=False)), "avro", choices=Choices(uint64="long"))
    assert notes(made) == [("f", "narrowed", "uint64 as long: refused over 2^63-1")]


def test_presence_and_null() -> None:
    """Optional in Protobuf is null in Avro and back; where a language has both, JSON's absence and null become one."""
    optional = only(String(), presence=Presence.OPTIONAL)
    made = written(Schema(optional, "protobuf"), "avro")
    assert '"type": ["null", "string"], "default": null' in made.text
    assert "optional string f = 1;" in written(made.schema, "protobuf").text
    both = only(Union((Null(), String())), presence=Presence.OPTIONAL)
    assert notes(written(Schema(both, "jsonschema"), "avro")) == [("f", "dropped", "absent and null are one")]
    assert notes(written(only(Union((Null(), Array(Int())))), "protobuf")) == [
        ("f", "dropped", "null and empty are one")
    ]


def test_implicit_presence() -> None:
    """proto3's plain fields have their zero as the default in Avro, and are required in JSON."""
    made = written(Schema(only(Int(32), presence=Presence.IMPLICIT), "protobuf"), "avro")
    assert field(made).default == 0
    made = written(Schema(only(Int(32), presence=Presence.IMPLICIT), "protobuf"), "jsonschema")
    assert '"required": ["f"]' in made.text


def test_defaults() -> None:
    """Kept where the language has them: always in Avro and JSON, in edition 2023 in Protobuf."""
    five = Schema(only(Int(32), default=5), "avro")
    assert field(written(five, "jsonschema")).default == 5
    assert "[default = 5]" in written(five, "protobuf", choices=EDITION).text
    assert notes(written(five, "protobuf")) == [("f", "dropped", "its default")]
    text = Schema(only(Union((Null(), String())), default="x", presence=Presence.OPTIONAL), "jsonschema")
    assert '"type": ["string", "null"], "default": "x"' in written(text, "avro").text


CLOSED = Enum("E", (("E_A", 1), ("E_B", 2)))


def test_enums() -> None:
    """proto3 needs a zero and is open; edition 2023 keeps a closed enum as it is; Avro and JSON go by name (S17)."""
    made = written(Schema(only(CLOSED), "protobuf"), "protobuf")
    assert "E_UNSPECIFIED = 0;" in made.text
    assert [verdict for _, verdict, _ in notes(made)] == ["widened", "widened"]
    made = written(Schema(only(CLOSED), "protobuf"), "protobuf", choices=EDITION)
    assert "features.enum_type = CLOSED" in made.text
    assert notes(made) == []
    for language in ("avro", "jsonschema"):
        assert notes(written(Schema(only(CLOSED), "protobuf"), language))[0][:2] == ("f", "dropped")


def test_symbols_that_are_no_names() -> None:
    """JSON's constants may be any text: Avro and Protobuf take a string, and say so."""
    odd = only(Enum("E", (("foo-bar", 0), ("b", 1))))
    for language in ("avro", "protobuf"):
        made = written(Schema(odd, "jsonschema"), language)
        assert "string" in made.text
        assert "is not a name" in notes(made)[0][2]


def test_symbols_that_clash() -> None:
    """Two enums of one .proto with a symbol of one name: refused, with the policy that helps."""
    two = record(Field("a", Enum("A", (("X", 0),))), Field("b", Enum("B", (("X", 0),))))
    with pytest.raises(SchemaError, match="prefixed"):
        write(Schema(two, "avro"), "protobuf")


def test_json_unions_that_look_alike() -> None:
    """A decimal beside text are both text in JSON: one branch; a number takes in an integer."""
    made = written(only(Union((String(), model.Decimal(4)))), "jsonschema")
    assert isinstance(field(made).type, String)
    made = written(only(Union((Int(), Float()))), "jsonschema")
    assert isinstance(field(made).type, Float)


def test_avro_unions_that_look_alike() -> None:
    """Two lists in one union are one list of either."""
    made = written(only(Union((Array(Int()), Array(String())))), "avro")
    assert '{"type": "array", "items": ["long", "string"]}' in made.text


def test_a_root_that_is_no_record() -> None:
    """Protobuf's root is a message: a wrapper."""
    there = written(Schema(Array(Int()), "avro"), "protobuf")
    assert "message Root {" in there.text
    assert isinstance(written(there.schema, "avro").schema.root, Array)


def test_names_that_protobuf_lacks() -> None:
    """S35: a field keeps a name that it can't have as its JSON name; two that would share one are told apart."""
    odd = record(Field("foo-bar", Int()), Field("foo_bar", Int()), Field("fooBar", Int()))
    text = written(Schema(odd, "jsonschema"), "protobuf").text
    assert 'foo_bar_3 = 1 [json_name = "foo-bar"];' in text
    assert 'foo_bar_2 = 2 [json_name = "foo_bar"];' in text
    assert "fooBar = 3;" in text


def test_recursion() -> None:
    """A record that contains itself, in all languages."""
    node = Record("n.Node", [Field("v", Int())])
    node.fields.append(Field("next", Union((Null(), node)), default=None))
    for language in LANGUAGES:
        made = written(Schema(node, "avro"), language, choices=EDITION)
        assert canonical.differences(node, made.schema.root, defaults=False) == []


def test_a_deep_chain_of_records() -> None:
    """500 records inside each other: written where types are named beside each other, refused in Avro, whose types
    stand inside each other; never a RecursionError."""
    inner = only(Int())
    for index in range(500):
        inner = record(Field("f", inner), name=f"R{index}")
    for language in ("protobuf", "jsonschema"):
        assert written(Schema(inner, "protobuf"), language).text
    with pytest.raises(SchemaError, match="nested"):
        write(Schema(inner, "protobuf"), "avro")


def test_deep_lists() -> None:
    """1000 lists inside each other are refused as a schema's error."""
    deep: Type = Int()
    for _ in range(1000):
        deep = Array(deep)
    for language in LANGUAGES:
        with pytest.raises(SchemaError, match="nested"):
            write(Schema(deep, "avro"), language)


def test_built_in_schemas() -> None:
    """The neuron signal of each language becomes that of each other: equal, but for what is noted."""
    for source in LANGUAGES:
        schema = schemas.load("neuron:NeuronSignal", language=source)
        for target in LANGUAGES:
            made = written(schema, target, choices=EDITION)
            found = canonical.differences(schema.root, made.schema.root, numbers=False, defaults=False)
            assert [each for each in found if "may be absent" not in each] == []
            if source == target:
                assert found == []
                assert notes(made) == []


OTLP = [("trace", "TracesData"), ("metrics", "MetricsData"), ("logs", "LogsData")]


@pytest.mark.parametrize(("name", "message"), OTLP)
def test_otlp(data: Path, name: str, message: str) -> None:
    """OpenTelemetry's .proto files in every language."""
    path = data / "otlp/opentelemetry/proto" / name / "v1" / f"{name}.proto"
    schema = protobuf.read(path, message=message, include=[data / "otlp"])
    for language in LANGUAGES:
        made = written(schema, language)
        assert (notes(made) == []) == (language == "protobuf")


@pytest.mark.parametrize("suffix", [".json", ".avsc", ".proto"])
def test_cloudevents(data: Path, suffix: str) -> None:
    """CloudEvents' own three schemas, each in every language."""
    schema = schemas.load(data / "cloudevents" / f"cloudevents{suffix}")
    for language in LANGUAGES:
        assert written(schema, language, choices=ANY_AS_JSON).text
