"""JSON's dialects are shown as what they stand for, by fastavro, upb, the core and the binary encodings' walkers."""

from __future__ import annotations

import io
import json
from pathlib import Path
from random import Random
from typing import Any

import fastavro
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import translator
from schemas import avro
from schemas.avro import branch_name
from schemas.model import Schema
from tests.translator.inspecting.support import items, leaves, same_float, says
from tests.translator.inspecting.test_agreement import agree, flat, oracle, pb_flat
from tests.translator.inspecting.test_damage import agreed
from tests.translator.properties.avro_cases import schemas
from tests.translator.properties.test_avro import keys_in, written
from tests.translator.semantics.support import av
from tests.translator.semantics.test_avro_json import EVERY, LOGICAL, WRAPPED, compact
from tests.translator.semantics.test_otlp_json import IDS, KIND, TIME
from translator.inspecting import Item, checking, look

# --- Avro's JSON ---


@given(st.data())
def test_avro_json_is_fastavro_s(data: st.DataObject) -> None:
    """S8, S19, S26: what fastavro writes as JSON is shown with the paths and values that fastavro decodes.

    It can't take a schema that contains itself and empty keys.
    """
    document, values = data.draw(schemas(recursive=False))
    value = data.draw(values)
    assume("" not in keys_in(value))
    parsed, out = fastavro.parse_schema(document), io.StringIO()
    fastavro.json_writer(out, parsed, [value])
    decoded = fastavro.schemaless_reader(io.BytesIO(written(document, value)), parsed, None)
    schema = avro.read(document)
    agree(items("avro-json", out.getvalue().encode(), schema), flat(schema.root, decoded, ""))


@given(st.data())
def test_avro_s_two_encodings_show_the_same(data: st.DataObject) -> None:
    """A message and what the core makes of it in the other encoding have the same paths, types and values."""
    document, values = data.draw(schemas())
    schema, binary = avro.read(document), written(document, data.draw(values))
    shown = translator.compile(schema, ("avro-json", schema)).translate(binary)
    ours, theirs = leaves(items("avro-json", shown, schema)), leaves(items("avro", binary, schema))
    assert [(each.path, each.kind) for each in ours] == [(each.path, each.kind) for each in theirs]
    assert [pair for pair in zip(ours, theirs, strict=True) if not alike(*pair)] == []


def alike(one: Item, other: Item) -> bool:
    """The same value, floats however they are spelled."""
    floats = one.kind.startswith("float")
    return same_float(float(one.value), float(other.value), other) if floats else one.value == other.value


@given(st.data())
def test_a_damaged_message_is_followed_as_far_as_the_core_reads(data: st.DataObject) -> None:
    """Of any schema, with bytes changed: where the core refuses a value, the walk shows that value at its path."""
    document, values = data.draw(schemas())
    schema = avro.read(document)
    plan = checking.plan("avro-json", schema)
    to_json = translator.compile(schema, ("avro-json", schema))
    message = bytearray(to_json.translate(written(document, data.draw(values))))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(message) - 1))
        message[at : at + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(PIECES))
    agreed("avro-json", schema, plan, bytes(message))


PIECES = [b"", b"{", b"}", b"1", b'"', b"null", b",", b'{"int":1}', b'"x"', b"[]", b"\\u0100", b"-", b"1e3", b"true"]


@pytest.mark.parametrize("index", range(1, len(EVERY)))
def test_a_branch_is_named_and_belongs_to_its_value(index: int) -> None:
    """S19: the object around a union's value has no path of its own; its brackets are the value's bytes."""
    schema, data = av(EVERY), compact({"a": WRAPPED[index]})
    union = schema.root.fields[0].type  # type: ignore[attr-defined]
    found = items("avro-json", data, schema)
    assert (found[1].path, found[1].note) == ("a", f"branch {branch_name(union.branches[index])}")
    assert (found[1].offset, found[1].size) == (1, len(data) - 2)


def test_null_is_bare() -> None:
    """S19: a union's null has no branch's name."""
    found = items("avro-json", b'{"a": null}', av(["int", "null"]))
    assert (found[1].kind, found[1].value, found[1].note) == ("null", "null", "")


@pytest.mark.parametrize("value", ["1", '"t"', "[1]", "{}", '{"X":{"i":3}}', '{"null":null}', '{"uuid":"t"}', "true"])
def test_what_is_no_branch_is_shown_as_what_it_is(value: str) -> None:
    """S19: it is followed, with a note; the core refuses it there."""
    schema, data = av(EVERY), f'{{"a": {value}}}'.encode()
    found = items("avro-json", data, schema)
    assert (found[1].path, found[1].note) == ("a", "no branch of the union")
    said = checking.refusal(checking.plan("avro-json", schema), data)
    assert said is not None
    assert said.path == "a"


def test_null_where_a_union_has_none() -> None:
    """It is not a branch either."""
    assert items("avro-json", b'{"a": null}', av(["int", "string"]))[1].note == "no branch of the union"


def test_two_branches() -> None:
    """S19: the walk ends where the core does, after the first."""
    schema, data = av(EVERY), b'{"a":{"int":1,"long":1}}'
    shown, said = look("avro-json", data, schema), checking.refusal(checking.plan("avro-json", schema), data)
    assert shown.error is not None
    assert said is not None
    assert (said.code, said.offset, said.path) == ("BRANCH", 13, "a")
    assert (shown.error.code, shown.error.offset, shown.error.path) == ("BRANCH", 13, "a")
    assert (shown.items[1].value, shown.items[1].note) == ("1", "branch int")


@pytest.mark.parametrize("name", LOGICAL)
def test_logical_types_are_shown_as_in_binary(name: str) -> None:
    """S26: value, type and note, alone and in a union."""
    type_, binary, value = LOGICAL[name]
    alone = items("avro-json", compact({"a": value}), av(type_))[1]
    wanted = items("avro", binary, av(type_))[1]
    assert (alone.path, alone.kind, alone.value, alone.note) == ("a", wanted.kind, wanted.value, wanted.note)
    branch = type_.get("name", type_["type"])
    wrapped = items("avro-json", compact({"a": {branch: value}}), av(["null", type_]))[1]
    assert (wrapped.kind, wrapped.value) == (wanted.kind, wanted.value)


@pytest.mark.parametrize(
    ("type_", "value", "shown", "note"),
    [
        ("bytes", '"\\u0100"', '"Ā"', "a character over U+00FF is not a byte"),
        ("bytes", '"\\u0000ÿ"', "00ff", ""),
        ({"type": "fixed", "name": "F", "size": 2}, '"abc"', "616263", "3 bytes, not 2"),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, '"B"', '"B"', "no symbol has this name"),
        ({"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"}, '"ab"', "6162", "not a UUID"),
        ({"type": "fixed", "name": "P", "size": 12, "logicalType": "duration"}, '"ab"', "6162", "not a duration"),
        ({"type": "bytes", "logicalType": "big-decimal"}, '"\\u0009"', "09", "not a decimal"),
        ({"type": "int", "logicalType": "date"}, "1e1", "1970-01-11", "10"),
        ({"type": "int", "logicalType": "date"}, "1.5", "1.5", ""),
        ({"type": "int", "logicalType": "date"}, "1e999999999", "1e999999999", ""),
        ({"type": "int", "logicalType": "date"}, '"1970-01-01"', '"1970-01-01"', ""),
    ],
)
def test_what_is_wrong_is_said_beside_it(type_: Any, value: str, shown: str, note: str) -> None:
    """A value that the core refuses is shown all the same, as far as it can be read."""
    found = items("avro-json", f'{{"a":{value}}}'.encode(), av(type_))[1]
    assert (found.value, found.note) == (shown, note)


def test_an_alias_is_no_name() -> None:
    """S31: aliases are a reader's; the message has the writer's name."""
    found = items("avro-json", b'{"b": 1}', av({"name": "a", "type": "int", "aliases": ["b"]}))
    assert (found[1].path, found[1].note) == ("b", "not in the schema")


# --- OTLP's JSON ---

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "otlp"
OTLP = {
    "Span": oracle.Oracle(EXAMPLES / "trace.proto", "otlp.Span"),
    "Metric": oracle.Oracle(EXAMPLES / "metrics.proto", "otlp.Metric"),
    "LogRecord": oracle.Oracle(EXAMPLES / "logs.proto", "otlp.LogRecord"),
}


@pytest.mark.parametrize("key", OTLP)
@given(random=oracle.randoms)
def test_otlp_json_is_upb_s(key: str, random: Random) -> None:
    """S28: what the core writes as OTLP's JSON is shown with the paths and values that upb has in the message."""
    kind = OTLP[key]
    message = oracle.fill(random, kind.type())
    data = translator.compile(kind.schema, "otlp-json").translate(message.SerializeToString())
    shown = {each.path: each for each in leaves(items("otlp-json", data, kind.schema))}
    expected = dict(pb_flat(message, ""))
    assert set(shown) == set(expected)
    assert [(shown[path], value) for path, value in expected.items() if not says(shown[path], value)] == []


@pytest.mark.parametrize("name", ["trace", "metrics", "logs", "events"])
def test_opentelemetry_s_examples(data: Path, name: str) -> None:
    """Each is read to its end, by OTLP's own schema; no member is unknown, and the core agrees."""
    from tests.translator.test_otlp import SIGNALS, schema

    example = (data / "otlp" / "examples" / f"{name}.json").read_bytes()
    own = schema(data / "otlp", SIGNALS[name])
    found = items("otlp-json", example, own)
    assert [each for each in found if "not in the schema" in each.note] == []
    assert checking.refusal(checking.plan("otlp-json", own), example) is None


CASES: list[tuple[Schema, str, str, str, str, str]] = [
    (IDS, '"traceId":"5B8EFFf7"', "trace_id", "5b8efff7", "bytes", "hex"),
    (IDS, '"spanId":"W47/9w=="', "span_id", '"W47/9w=="', "bytes", "not hex"),
    (IDS, '"value":"AP8="', "value", "00ff", "bytes", "base64"),
    (IDS, '"value":"-_8"', "value", "fbff", "bytes", "base64"),
    (IDS, '"value":"A"', "value", '"A"', "bytes", "not base64"),
    (IDS, '"trace_id":"00"', "trace_id", '"00"', "string", "not in the schema"),
    (KIND, '"kind":2', "kind", "SERVER", "enum Kind", "number 2"),
    (KIND, '"kind":2.0', "kind", "SERVER", "enum Kind", "number 2"),
    (KIND, '"kind":0', "kind", "NONE", "enum Kind", "number 0"),
    (KIND, '"kind":7', "kind", "7", "enum Kind", "no symbol has this number"),
    (KIND, '"kind":"SERVER"', "kind", '"SERVER"', "enum Kind", "enums are numbers in OTLP"),
    (KIND, '"kind":null', "kind", "null", "null", ""),
    (TIME, '"asInt":"-1"', "as_int", '"-1"', "int64", ""),
]


@pytest.mark.parametrize(("schema", "member", "path", "value", "kind", "note"), CASES)
def test_values_of_otlp(schema: Schema, member: str, path: str, value: str, kind: str, note: str) -> None:
    """S16, S17, S28: ids are hex, other bytes base64, enums numbers, and names lowerCamelCase."""
    found = items("otlp-json", f"{{{member}}}".encode(), schema)[1]
    assert (found.path, found.kind, found.value) == (path, kind, value)
    assert found.note == note


def test_repeated_ids_and_enums() -> None:
    """In a list and in a map they are what they are alone."""
    found = items("otlp-json", b'{"more":[2,0],"by":{"k":2}}', KIND)
    assert [each.value for each in leaves(found)] == ["SERVER", "NONE", "SERVER"]


# --- both ---


@pytest.mark.parametrize("format_", ["avro-json", "otlp-json"])
def test_without_a_schema_it_is_json(format_: str) -> None:
    """What it stands for can't be told; its structure can."""
    data = json.dumps({"a": {"int": 1}, "traceId": "00", "l": [None, True]}).encode()
    assert items(format_, data) == items("json", data)


def test_branches_are_named_only_in_avro_s_json() -> None:
    """S19: plain JSON has a union's bare value, in which a branch's name is a key like any other."""
    schema, data = av(["null", {"type": "map", "values": "int"}]), b'{"a":{"map":{"k":1}}}'
    assert items("avro-json", data, schema)[-1].path == 'a["k"]'
    assert items("json", data, schema)[-1].path == 'a["map"].k'
