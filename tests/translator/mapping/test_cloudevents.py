"""CloudEvents on the specification's own schemas: there and back in its three languages, through mappings."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import fastavro
import pytest

import translator
from tests.translator.mapping.support import mapping

REQUIRED = ("specversion", "id", "source", "type")
TEXTS = ("subject", "datacontenttype", "dataschema", "traceparent")
"""Optional attributes that are text; the last is an extension, which each schema carries among its attributes."""

EVENT: dict[str, Any] = {
    "specversion": "1.0", "id": "A234-1234-1234", "source": "/sensors/tn-1234567/alerts", "type": "plant.reading",
    "subject": "Größe \"x\"", "time": "2018-04-05T17:31:00.123456789Z", "datacontenttype": "text/plain",
    "dataschema": "https://example.org/s", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "sequence": 7, "sampled": True, "data": "21.5 °C",
}  # fmt: skip
BINARY = {
    **{key: each for key, each in EVENT.items() if key not in ("data", "subject", "time")},
    "data_base64": "Zm9vYg==",
}
LEAST = {key: EVENT[key] for key in REQUIRED}
EVENTS = [EVENT, BINARY, LEAST]

TO_PROTOBUF = {
    "spec_version": "specversion", "id": "id", "source": "source", "type": "type",
    "text_data": "data:string", "binary_data": "data_base64",
    **{f'attributes["{name}"].ce_string': name for name in TEXTS if name != "dataschema"},
    'attributes["dataschema"].ce_uri': "dataschema", 'attributes["time"].ce_timestamp': "time",
    'attributes["sequence"].ce_integer': "sequence", 'attributes["sampled"].ce_boolean': "sampled",
}  # fmt: skip
FROM_PROTOBUF = {
    "specversion": "spec_version", "id": "id", "source": "source", "type": "type",
    "data": "text_data", "data_base64": "binary_data",
    **{name: f'attributes["{name}"].ce_string' for name in TEXTS if name != "dataschema"},
    "dataschema": 'attributes["dataschema"].ce_uri', "time": 'attributes["time"].ce_timestamp',
    "sequence": 'attributes["sequence"].ce_integer', "sampled": 'attributes["sampled"].ce_boolean',
}  # fmt: skip
TO_AVRO = {
    **{f'attribute["{name}"]': name for name in (*REQUIRED, *TEXTS, "sequence", "sampled")},
    'attribute["time"]': {"path": "time", "cast": "string"},
    "data": {"first": ["data:string", "data_base64"]},
}  # fmt: skip
FROM_AVRO = {
    **{name: {"path": f'attribute["{name}"]:string', "required": True} for name in REQUIRED},
    **{name: f'attribute["{name}"]:string' for name in TEXTS},
    "time": {"path": 'attribute["time"]:string', "time": "rfc3339"},
    "sequence": 'attribute["sequence"]:int', "sampled": 'attribute["sampled"]:boolean',
    "data": "data:string", "data_base64": "data:bytes",
}  # fmt: skip
TO_AVRO_FROM_PROTOBUF = {
    **{f'attribute["{name}"]': each for name, each in FROM_PROTOBUF.items() if not name.startswith("data")},
    'attribute["datacontenttype"]': 'attributes["datacontenttype"].ce_string',
    'attribute["dataschema"]': 'attributes["dataschema"].ce_uri',
    'attribute["time"]': {"path": 'attributes["time"].ce_timestamp', "cast": "string"},
    "data": {"first": ["text_data", "binary_data"]},
}  # fmt: skip


@pytest.fixture(scope="module")
def ends(data: Path) -> dict[str, Any]:
    """The three schemas, as published; JSON's with the extensions that these events have."""
    schema = json.loads((data / "cloudevents/cloudevents.json").read_text())
    schema["properties"] |= {
        "traceparent": {"type": "string"}, "sequence": {"type": "integer", "maximum": 2**31 - 1, "minimum": -(2**31)},
        "sampled": {"type": "boolean"},
    }  # fmt: skip
    return {
        "json": schema, "avro": data / "cloudevents/cloudevents.avsc",
        "protobuf": f"{data / 'cloudevents/cloudevents.proto'}#CloudEvent",
    }  # fmt: skip


def plan(ends: dict[str, Any], source: str, target: str, fields: dict[str, Any]) -> translator.Plan:
    return translator.compile(ends[source], ends[target], mapping(fields))


@pytest.mark.parametrize("event", EVENTS, ids=["text", "binary", "least"])
def test_json_protobuf_json(ends: dict[str, Any], event: dict[str, Any]) -> None:
    """Attributes go through Protobuf's map of typed values, time as a Timestamp, data in its oneof."""
    there, back = plan(ends, "json", "protobuf", TO_PROTOBUF), plan(ends, "protobuf", "json", FROM_PROTOBUF)
    message = there.translate(json.dumps(event).encode())
    assert json.loads(back.translate(message)) == event
    shown = translator.compile(ends["protobuf"], ("protojson", ends["protobuf"]))
    seen = json.loads(shown.translate(message))
    assert seen["specVersion"] == "1.0"
    assert seen.get("attributes", {}).get("time", {}).get("ceTimestamp") == event.get("time")
    assert seen.get("binaryData") == event.get("data_base64")


@pytest.mark.parametrize("event", EVENTS, ids=["text", "binary", "least"])
def test_json_avro_json(ends: dict[str, Any], event: dict[str, Any]) -> None:
    """Attributes go through Avro's map of unions; fastavro reads what we wrote."""
    there, back = plan(ends, "json", "avro", TO_AVRO), plan(ends, "avro", "json", FROM_AVRO)
    message = there.translate(json.dumps(event).encode())
    assert json.loads(back.translate(message)) == event
    schema = fastavro.parse_schema(json.loads(ends["avro"].read_text()))
    seen = fastavro.schemaless_reader(io.BytesIO(message), schema, None)
    assert seen["attribute"] == {key: each for key, each in event.items() if key not in ("data", "data_base64")}
    binary = event.get("data_base64")
    assert seen["data"] == (base64.b64decode(binary) if binary else event.get("data"))


@pytest.mark.parametrize("event", EVENTS, ids=["text", "binary", "least"])
def test_all_three(ends: dict[str, Any], event: dict[str, Any]) -> None:
    """JSON to Protobuf to Avro to JSON is the same event."""
    steps = [
        plan(ends, "json", "protobuf", TO_PROTOBUF), plan(ends, "protobuf", "avro", TO_AVRO_FROM_PROTOBUF),
        plan(ends, "avro", "json", FROM_AVRO),
    ]  # fmt: skip
    message = json.dumps(event).encode()
    for step in steps:
        message = step.translate(message)
    assert json.loads(message) == event


def test_what_is_refused(ends: dict[str, Any]) -> None:
    """An event without an id, and one with both kinds of data."""
    there = plan(ends, "json", "protobuf", TO_PROTOBUF)
    both = {**EVENT, "data_base64": "Zm9vYg=="}
    with pytest.raises(translator.DataError) as caught:
        there.translate(json.dumps(both).encode())
    assert (caught.value.code, caught.value.path) == ("DUPLICATE", "fields.text_data")
    back = plan(ends, "avro", "json", FROM_AVRO)
    with pytest.raises(translator.DataError) as caught:
        back.translate(b"\0\2")
    assert (caught.value.code, caught.value.path) == ("CONDITION", "fields.id")
