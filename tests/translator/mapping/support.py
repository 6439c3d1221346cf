"""One model of an order in every source format, and targets made of a few types: what the mapping's tests share."""

from __future__ import annotations

import io
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import fastavro
import msgspec
import pytest

import schemas
import translator
from native.errors import DataError, PlanError

AVRO = {
    "type": "record", "name": "Order", "namespace": "shop",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "count", "type": "long"},
        {"name": "small", "type": "int"},
        {"name": "price", "type": "double"},
        {"name": "ok", "type": "boolean"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "epoch", "type": "long"},
        {"name": "level", "type": {"type": "enum", "name": "Level", "symbols": ["low", "mid", "high"]}},
        {"name": "note", "type": ["null", "string"], "default": None},
        {"name": "customer", "type": {"type": "record", "name": "Customer", "fields": [
            {"name": "name", "type": "string"},
            {"name": "age", "type": ["null", "int"]},
            {"name": "address", "type": ["null", {"type": "record", "name": "Address", "fields": [
                {"name": "city", "type": "string"},
                {"name": "zip", "type": ["null", "string"]},
            ]}]},
        ]}},
        {"name": "labels", "type": {"type": "map", "values": "string"}},
        {"name": "readings", "type": {"type": "array", "items": {"type": "record", "name": "Reading", "fields": [
            {"name": "value", "type": "double"},
            {"name": "unit", "type": ["null", "string"]},
        ]}}},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "numbers", "type": {"type": "array", "items": "int"}},
    ],
}  # fmt: skip

TEXT, NUMBER, INTEGER = {"type": "string"}, {"type": "number"}, {"type": "integer"}
JSON = {
    "title": "Order", "type": "object",
    "properties": {
        "id": TEXT, "count": INTEGER, "small": INTEGER, "price": NUMBER, "ok": {"type": "boolean"},
        "at": {"type": "string", "format": "date-time"}, "epoch": INTEGER,
        "level": {"title": "Level", "enum": ["low", "mid", "high"]}, "note": {"type": ["string", "null"]},
        "customer": {"title": "Customer", "type": "object", "required": ["name"], "properties": {
            "name": TEXT, "age": {"type": ["integer", "null"]},
            "address": {"title": "Address", "type": "object", "properties": {"city": TEXT, "zip": TEXT}},
        }},
        "labels": {"type": "object", "additionalProperties": TEXT},
        "readings": {"type": "array", "items": {"title": "Reading", "type": "object", "required": ["value"],
            "properties": {"value": NUMBER, "unit": TEXT}}},
        "tags": {"type": "array", "items": TEXT}, "numbers": {"type": "array", "items": INTEGER},
    },
    "required": ["id", "count", "price", "ok", "customer"],
}  # fmt: skip

PROTO = """
edition = "2023";
package shop;
import "google/protobuf/timestamp.proto";
message Order {
  string id = 1; int64 count = 2; int32 small = 3; double price = 4; bool ok = 5;
  google.protobuf.Timestamp at = 6; int64 epoch = 7; Level level = 8; string note = 9;
  Customer customer = 10; map<string, string> labels = 11; repeated Reading readings = 12;
  repeated string tags = 13; repeated int32 numbers = 14;
}
enum Level { low = 0; mid = 1; high = 2; }
message Customer { string name = 1; int32 age = 2; Address address = 3; }
message Address { string city = 1; string zip = 2; }
message Reading { double value = 1; string unit = 2; }
"""

ORDER: dict[str, Any] = {
    "id": "A-1", "count": 2**53 + 1, "small": -7, "price": 2.5, "ok": True, "at": "2026-11-22T09:30:00.250Z",
    "epoch": 1_700_000_000, "level": "high", "note": "Größe",
    "customer": {"name": "Ada", "age": 36, "address": {"city": "Bern"}},
    "labels": {"site": "hall", "a b": "x", "n": "5"}, "readings": [{"value": 0.5, "unit": "K"}, {"value": -1.25}],
    "tags": ["red", "blue"], "numbers": [1, -2, 3],
}  # fmt: skip
BARE: dict[str, Any] = {
    **ORDER, "note": None, "customer": {"name": "Bob"}, "labels": {}, "readings": [], "tags": [], "numbers": [],
}  # fmt: skip
SOURCES = ("avro", "json", "untyped json", "protobuf", "msgpack", "untyped msgpack", "protojson")


@cache
def proto(text: str) -> schemas.Schema:
    """The first message of a .proto's text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.proto"
        path.write_text(text)
        return schemas.load(path, type=text.split("message ")[1].split()[0])


def source(name: str) -> Any:
    """What `translator.compile` takes for one of SOURCES."""
    return {
        "avro": AVRO, "json": JSON, "untyped json": "json", "protobuf": proto(PROTO), "msgpack": ("msgpack", AVRO),
        "untyped msgpack": "msgpack", "protojson": ("protojson", proto(PROTO)),
    }[name]  # fmt: skip


def message(name: str, value: dict[str, Any]) -> bytes:
    """The order in one of SOURCES, by an encoder that isn't ours wherever there is one."""
    clean = without_null(value)
    match name:
        case "avro":
            return avro_bytes(AVRO, {**full(value), "at": 1_795_339_800_250})
        case "json" | "untyped json":
            return json.dumps(clean).encode()
        case "protobuf":
            return translator.compile(("json", proto(PROTO)), proto(PROTO)).translate(json.dumps(clean).encode())
        case "protojson":
            return json.dumps({**clean, "count": str(value["count"])}).encode()
        case _:
            return msgspec.msgpack.encode(full(value) if name == "msgpack" else clean)


def full(value: dict[str, Any]) -> dict[str, Any]:
    """With every nullable member."""
    customer = {"age": None, "address": None, **value["customer"]}
    if customer["address"]:
        customer["address"] = {"zip": None, **customer["address"]}
    readings = [{"unit": None, **each} for each in value["readings"]]
    return {"note": None, **value, "customer": customer, "readings": readings}


def without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_null(each) for name, each in value.items() if each is not None}
    return [without_null(each) for each in value] if isinstance(value, list) else value


def avro_bytes(schema: Any, value: Any) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(json.loads(json.dumps(schema))), value)
    return out.getvalue()


def avro_value(schema: Any, data: bytes) -> Any:
    return fastavro.schemaless_reader(io.BytesIO(data), fastavro.parse_schema(json.loads(json.dumps(schema))), None)


def record(*fields: tuple[str, Any], name: str = "R") -> dict[str, Any]:
    """An Avro record."""
    listed = []
    for field, type_ in fields:
        null = isinstance(type_, list) and type_[0] == "null"
        listed.append({"name": field, "type": type_, **({"default": None} if null else {})})
    return {"type": "record", "name": name, "fields": listed}


def objects(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """A JSON Schema of an object."""
    return {"title": "R", "type": "object", "properties": properties, "required": list(required)}


def mapping(fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": 1, "fields": fields, **more}


def mapped(source_: Any, target: Any, fields: dict[str, Any], **options: Any) -> translator.Plan:
    """A mapped plan."""
    return translator.compile(source_, target, mapping(fields), **options)


def to_json(source_: Any, data: bytes, fields: dict[str, Any], required: tuple[str, ...] = (), **types: Any) -> Any:
    """What a message becomes as an object of `types`."""
    return json.loads(mapped(source_, objects(required, **types), fields).translate(data))


def problems(source_: Any, target: Any, fields: dict[str, Any]) -> list[tuple[str, str]]:
    """Why there is no such plan."""
    with pytest.raises(PlanError) as caught:
        mapped(source_, target, fields)
    return caught.value.problems


def refused(plan: translator.Plan, data: bytes) -> tuple[str, str]:
    """The code and path with which a message is refused."""
    with pytest.raises(DataError) as caught:
        plan.translate(data)
    return caught.value.code, caught.value.path


EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
