"""Data translated from the old schema to the written one is read by fastavro, Protobuf and a JSON Schema validator."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import fastavro
import jsonschema as validators
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.json_format import MessageToDict
from google.protobuf.message_factory import GetMessageClass

import translator
from schemas import avro, jsonschema, protobuf, protoc
from schemas.model import Schema
from schemas.writing import Choices, Naming, Written
from tests.schemas.writing.support import written

ORDER: dict[str, Any] = {
    "type": "record", "name": "Order", "namespace": "shop",
    "fields": [
        {"name": "order_id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "placed", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["OPEN", "DONE"]}},
        {"name": "note", "type": ["null", "string"], "default": None},
        {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
            {"name": "sku", "type": "string"}, {"name": "count", "type": "int"}]}}},
        {"name": "tags", "type": {"type": "map", "values": "long"}},
    ],
}  # fmt: skip
VALUE: dict[str, Any] = {
    "order_id": "6f3d7a1e-0000-4000-8000-000000000001", "placed": 1_700_000_000_123, "day": 20000,
    "total": b"\x04\xd2", "state": "DONE", "note": "n", "lines": [{"sku": "a", "count": 2}], "tags": {"k": 5},
}  # fmt: skip


def encoded() -> bytes:
    """By fastavro, which would rather have the values of logical types as Python's."""
    plain = json.loads(json.dumps(ORDER).replace('"logicalType"', '"was"'))
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(plain), VALUE)
    return out.getvalue()


def avro_value(data: bytes, text: str) -> Any:
    return fastavro.schemaless_reader(io.BytesIO(data), fastavro.parse_schema(json.loads(text)), None)


def message(made: Written | str, name: str) -> Any:
    """Protobuf's own class for a message of a written .proto."""
    text = made if isinstance(made, str) else made.text
    files = descriptor_pb2.FileDescriptorSet.FromString(protoc.compiled({"written.proto": text}))
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(name))


def source() -> Schema:
    return avro.read(ORDER)


def read_proto(made: Written) -> Schema:
    return protobuf.read({"written.proto": made.text}, message=made.schema.root.name)  # type: ignore[attr-defined]


@pytest.mark.parametrize("syntax", ["proto3", "2023"])
def test_avro_to_protobuf_and_back(syntax: Any) -> None:
    """Protobuf reads what was translated; translated back by an .avsc written from the .proto, fastavro does."""
    made = written(source(), "protobuf", choices=Choices(syntax=syntax))
    data = translator.compile(source(), read_proto(made)).translate(encoded())
    found = MessageToDict(message(made, "shop.Order").FromString(data))
    assert found == {
        "orderId": VALUE["order_id"], "placed": "2023-11-14T22:13:20.123Z", "day": "2024-10-04", "total": "12.34",
        "state": "DONE", "note": "n", "lines": [{"sku": "a", "count": 2}], "tags": {"k": "5"},
    }  # fmt: skip
    again = written(read_proto(made), "avro")
    back = translator.compile(read_proto(made), avro.read(again.text)).translate(data)
    value = avro_value(back, again.text)
    assert (value["state"], value["total"], value["tags"]) == ("DONE", "12.34", {"k": 5})


def test_avro_to_json() -> None:
    """The JSON is valid by the schema that was written."""
    made = written(source(), "jsonschema")
    data = json.loads(translator.compile(source(), jsonschema.read(made.text)).translate(encoded()))
    validators.Draft202012Validator(
        json.loads(made.text), format_checker=validators.Draft202012Validator.FORMAT_CHECKER
    ).validate(data)
    assert data["total"] == "12.34"


def test_json_to_avro() -> None:
    """From JSON Schema to Avro; fastavro reads it."""
    document = {
        "title": "R", "type": "object", "required": ["a"],
        "properties": {"a": {"type": "integer"}, "b": {"type": "array", "items": {"type": ["null", "string"]}},
                       "u": {"anyOf": [{"type": "integer"}, {"type": "string"}]}},
    }  # fmt: skip
    schema = jsonschema.read(document)
    made = written(schema, "avro")
    plan = translator.compile(schema, avro.read(made.text))
    assert avro_value(plan.translate(b'{"a":1,"b":[null,"x"],"u":"t"}'), made.text) == {
        "a": 1, "b": [None, "x"], "u": "t",
    }  # fmt: skip
    assert avro_value(plan.translate(b'{"a":1}'), made.text) == {"a": 1, "b": None, "u": None}


def test_uint64_to_avro() -> None:
    """S7: as a decimal, whole."""
    text = 'syntax = "proto3"; message M { uint64 n = 1; }'
    schema = protobuf.read({"m.proto": text}, message="M")
    made = written(schema, "avro")
    data = message(text, "M")(n=2**64 - 1).SerializeToString()
    value = avro_value(translator.compile(schema, avro.read(made.text)).translate(data), made.text)
    assert int(value["n"]) == 2**64 - 1


def test_renamed_fields_are_found_by_alias() -> None:
    """In Avro a naming policy leaves the old name as an alias: old data meets the new names."""
    made = written(source(), "avro", naming=Naming("camel"))
    value = avro_value(translator.compile(source(), avro.read(made.text)).translate(encoded()), made.text)
    assert str(value["orderId"]) == VALUE["order_id"]


def test_otlp_to_avro(data: Path) -> None:
    """A trace, from Protobuf to the .avsc that was written of it."""
    schema = protobuf.read(
        data / "otlp/opentelemetry/proto/trace/v1/trace.proto", message="TracesData", include=[data / "otlp"]
    )
    again = written(schema, "protobuf")
    span = {"name": "s", "trace_id": b"\1" * 16, "start_time_unix_nano": 2**63, "kind": 3}
    value = {"resource_spans": [{"scope_spans": [{"spans": [span]}]}]}
    sent = message(again, "opentelemetry.proto.trace.v1.TracesData")(**value).SerializeToString()
    made = written(schema, "avro")
    found = avro_value(translator.compile(schema, avro.read(made.text)).translate(sent), made.text)
    read = found["resource_spans"][0]["scope_spans"][0]["spans"][0]
    assert (read["name"], int(read["start_time_unix_nano"]), read["kind"]) == ("s", 2**63, "SPAN_KIND_CLIENT")
