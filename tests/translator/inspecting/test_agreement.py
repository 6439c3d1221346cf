"""The walkers say what other libraries decode, and their items leave no byte out."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import fastavro
import msgspec
import pytest
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import given
from hypothesis import strategies as st

from schemas import avro
from schemas.model import Array, Map, Record, Type, Union
from tests.translator.inspecting.support import items, leaves, says
from tests.translator.properties.avro_cases import schemas
from tests.vectors import EVENTS, LANGUAGES, encoded, golden, side
from translator.inspecting import look

Flat = Iterator[tuple[str, Any]]


def flat(type_: Type, value: Any, path: str) -> Flat:
    """A decoded Avro value's leaves, with their paths, in the order of the wire."""
    match type_:
        case Record():
            for field in type_.fields:
                yield from flat(field.type, value[field.name], f"{path}.{field.name}" if path else field.name)
        case Array():
            for index, each in enumerate(value):
                yield from flat(type_.items, each, f"{path}[{index}]")
        case Map():
            for key, each in value.items():
                yield from flat(type_.values, each, f'{path}["{key}"]')
        case Union():
            yield from flat(chosen(type_, value), value, path)
        case _:
            yield path, value


def chosen(type_: Union, value: Any) -> Type:
    """A branch that the value may be of: for leaves any leaf will do."""
    holders = (Record, Map, Array)
    wanted = (Record, Map) if isinstance(value, dict) else Array if isinstance(value, list) else None
    return next(each for each in type_.branches if isinstance(each, wanted or holders) == (wanted is not None))


def agree(found: list[Any], wanted: Flat) -> None:
    values = leaves(found)
    expected = list(wanted)
    assert [each.path for each in values] == [path for path, _ in expected]
    assert [(item, value) for item, (_, value) in zip(values, expected, strict=True) if not says(item, value)] == []


@given(st.data())
def test_avro_is_fastavro_s(data: st.DataObject) -> None:
    """Every value of a random record of a random schema has the path and value that fastavro gives it."""
    document, values = data.draw(schemas())
    parsed = fastavro.parse_schema(document)
    out = io.BytesIO()
    fastavro.schemaless_writer(out, parsed, data.draw(values))
    schema = avro.read(document)
    decoded = fastavro.schemaless_reader(io.BytesIO(out.getvalue()), parsed, None)
    agree(items("avro", out.getvalue(), schema), flat(schema.root, decoded, ""))


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def plain_flat(value: Any, path: str) -> Flat:
    match value:
        case dict():
            for key, each in value.items():
                quoted = f'{path}["{key}"]'
                dotted = f"{path}.{key}" if path else key
                yield from plain_flat(each, dotted if key.isidentifier() else quoted)
        case list():
            for index, each in enumerate(value):
                yield from plain_flat(each, f"{path}[{index}]")
        case _:
            yield path, value


@given(plain | st.binary(max_size=300))
def test_messagepack_is_msgspec_s(value: Any) -> None:
    """Every value that msgspec encodes is shown with its path and value."""
    agree(items("msgpack", msgspec.msgpack.encode(value)), plain_flat(value, ""))


@given(plain.filter(lambda value: "Infinity" not in json.dumps(value)), st.sampled_from([None, 1]), st.booleans())
def test_json_is_json_s(value: Any, indent: int | None, ascii_: bool) -> None:
    """Every value that json writes, with escapes or without, with white space or without, is shown."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_)
    agree(items("json", text.encode()), plain_flat(value, ""))


@pytest.mark.parametrize("format_", LANGUAGES)
@pytest.mark.parametrize("label", ["signal", "forward", "vector", *EVENTS])
def test_golden_messages(format_: str, label: str) -> None:
    """Each built-in message is read to its end in every format, and no field is unknown to its schema."""
    name = label if label in EVENTS else "NeuronSignal"
    found = items(format_, golden(label)[format_], side(format_, name).schema)
    assert [each for each in found if "not in the schema" in each.note] == []


def test_the_same_paths_in_every_format() -> None:
    """A field has one path, however its format spells it (S16)."""
    wanted = {"signal_id", "payload.activation.strength", "payload.gradient.adjustments[1]"}
    for format_, data in golden().items():
        assert wanted <= {each.path for each in items(format_, data, side(format_).schema)}


# --- Protobuf ---

oracle = pytest.importorskip("tests.translator.test_protobuf_oracle")


def pb_flat(message: Any, path: str) -> Flat:
    for field, value in message.ListFields():
        own = f"{path}.{field.full_name if field.is_extension else field.name}".removeprefix(".")
        if oracle.is_map(field):
            for key in value:
                word = str(key).lower() if isinstance(key, bool) else key
                entry = f'{own}["{word}"]'
                yield from pb_value(field.message_type.fields_by_number[1], key, f"{entry}.key")
                yield from pb_value(field.message_type.fields_by_number[2], value[key], f"{entry}.value")
        elif field.is_repeated:
            for index, each in enumerate(value):
                yield from pb_value(field, each, f"{own}[{index}]")
        else:
            yield from pb_value(field, value, own)


def pb_value(field: FieldDescriptor, value: Any, path: str) -> Flat:
    if field.message_type is not None:
        yield from pb_flat(value, path)
    elif field.enum_type is not None:
        named = field.enum_type.values_by_number.get(value)
        yield path, named.name if named else value
    else:
        yield path, value


@pytest.mark.parametrize("key", oracle.MESSAGES)
@given(random=oracle.randoms)
def test_protobuf_is_upb_s(key: str, random: Random) -> None:
    """Every field of a random message of the conformance suite has the path and value that upb gives it."""
    kind = oracle.ORACLES[key]
    message = oracle.fill(random, kind.type())
    found = leaves(items("protobuf", message.SerializeToString(), kind.schema))
    shown = {each.path: each for each in found if "not in the schema" not in each.note}
    expected = dict(pb_flat(message, ""))
    assert set(shown) == set(expected)
    assert [(shown[path], value) for path, value in expected.items() if not says(shown[path], value)] == []


@pytest.mark.parametrize("key", oracle.MESSAGES)
@given(random=oracle.randoms)
def test_protobuf_without_a_schema_covers_every_byte(key: str, random: Random) -> None:
    """Whatever is guessed, it is guessed of all bytes, and nothing is refused that upb reads."""
    items("protobuf", oracle.fill(random, oracle.ORACLES[key].type()).SerializeToString())


def test_values_of_the_built_in_messages() -> None:
    """A few values, to the letter."""
    found = {each.path: each for each in items("protobuf", golden()["protobuf"], side("protobuf").schema)}
    assert found["layer_from"].value == "L4"
    assert found["timestamp"].value == "2026-11-22T10:15:30.123456789Z"
    assert found["payload.activation.strength"].value == "0.81"
    assert found['metadata["flow"].value'].value == '"9c2e71d0"'
    assert [each.value for each in items("msgpack", encoded("LearningComplete", EVENTS["LearningComplete"])["msgpack"])
            if each.path == "epoch"] == ["18446744073709551615"]  # fmt: skip


def test_a_limit_keeps_the_first_and_counts_the_rest() -> None:
    """What is left out is counted, and what is shown has its size all the same."""
    whole = look("avro", golden()["avro"], side("avro").schema, limit=None)
    shown = look("avro", golden()["avro"], side("avro").schema, limit=3)
    assert (len(shown.items), shown.left_out) == (3, len(whole.items) - 3)
    assert shown.items[0].size == len(golden()["avro"])
