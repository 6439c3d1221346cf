"""OTLP's own examples and schemas, read where they stand (S28); the oracle is OpenTelemetry's generated classes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

import translator
from schemas import protobuf
from schemas.model import Schema

ORACLES = {"metrics": MetricsData, "trace": TracesData, "logs": LogsData, "events": LogsData}
SIGNALS = {"metrics": "metrics", "trace": "trace", "logs": "logs", "events": "logs"}
HEX = {"traceId", "spanId", "parentSpanId"}


@pytest.fixture
def otlp(data: Path) -> Path:
    return data / "otlp"


@cache
def schema(folder: Path, signal: str) -> Schema:
    file = folder / "opentelemetry" / "proto" / signal / "v1" / f"{signal}.proto"
    return protobuf.read(file, message=ORACLES[signal].DESCRIPTOR.name, include=[folder])


def settled(value: Any) -> Any:
    """What differs between two ways to write the same: an id's case, and a zero (which needn't be written)."""
    match value:
        case dict():
            found = {key: each.lower() if key in HEX else settled(each) for key, each in value.items()}
            return {key: each for key, each in found.items() if key not in _IMPLICIT or each != 0}
        case list():
            return [settled(each) for each in value]
        case _:
            return value


_IMPLICIT = {"scale", "zeroThreshold"}
"""The members that the examples have with their zero value, though they have no presence."""


@pytest.mark.parametrize("name", ORACLES)
def test_every_example_comes_back(otlp: Path, name: str) -> None:
    """From OTLP's JSON to Protobuf and back it is the same JSON value; nothing of it is passed over."""
    example, s = (otlp / "examples" / f"{name}.json").read_bytes(), schema(otlp, SIGNALS[name])
    to_wire, to_json = translator.compile(("otlp-json", s), s), translator.compile(s, "otlp-json")
    wire = to_wire.translate(example)
    assert settled(json.loads(to_json.translate(wire))) == settled(json.loads(example))
    assert to_wire.translate(to_json.translate(wire)) == wire
    assert to_wire.ignored() == {}
    same = translator.compile(("otlp-json", s), ("otlp-json", s)).translate(example)
    assert same == to_json.translate(wire)


@pytest.mark.parametrize("name", ORACLES)
def test_opentelemetry_reads_what_we_write(otlp: Path, name: str) -> None:
    """Its generated classes parse our bytes to what the example says."""
    example, s = (otlp / "examples" / f"{name}.json").read_bytes(), schema(otlp, SIGNALS[name])
    ours = ORACLES[name].FromString(translator.compile(("otlp-json", s), s).translate(example))
    theirs = json_format.Parse(as_protojson(example), ORACLES[name]())
    assert ours == theirs
    again = translator.compile(s, "otlp-json").translate(theirs.SerializeToString())
    assert settled(json.loads(again)) == settled(json.loads(example))


def as_protojson(example: bytes) -> str:
    """The ids as ProtoJSON has them; in all else the examples are ProtoJSON too."""
    import base64

    def based(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {k: base64.b64encode(bytes.fromhex(v)).decode() if k in HEX else v for k, v in pairs}

    return json.dumps(json.loads(example, object_pairs_hook=based))


def test_a_span_of_every_kind_of_id(otlp: Path) -> None:
    """Links' and exemplars' ids are hex too; an attribute's bytes are base64."""
    s = schema(otlp, "trace")
    span = {"traceId": "ab" * 16, "spanId": "cd" * 8, "links": [{"traceId": "01" * 16, "spanId": "02" * 8}],
            "attributes": [{"key": "k", "value": {"bytesValue": "AP8="}}], "status": {"code": 2}}  # fmt: skip
    shown = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()
    found = TracesData.FromString(translator.compile(("otlp-json", s), s).translate(shown))
    made = found.resource_spans[0].scope_spans[0].spans[0]
    assert (made.trace_id, made.links[0].span_id) == (b"\xab" * 16, b"\x02" * 8)
    assert made.attributes[0].value.bytes_value == b"\0\xff"
    assert json.loads(translator.compile(s, "otlp-json").translate(found.SerializeToString())) == json.loads(shown)
    metrics = schema(otlp, "metrics")
    point = {
        "timeUnixNano": "1",
        "asInt": "5",
        "exemplars": [{"traceId": "0a" * 16, "spanId": "0b" * 8, "asDouble": 0.5}],
    }
    shown = json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"gauge": {"dataPoints": [point]}}]}]}]})
    wire = translator.compile(("otlp-json", metrics), metrics).translate(shown.encode())
    assert json.loads(translator.compile(metrics, "otlp-json").translate(wire)) == json.loads(shown)
