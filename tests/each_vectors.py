"""One message into many, three lists deep, in every format: schemas, a mapping and messages for the tests of allocation
and for the fuzzer.

The message is like OTLP's: resources, their metrics, which are gauges or sums, and their points, with labels as pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from schemas import avro, protobuf
from tests import vectors
from translator import formats
from translator.engine.plan import Plan
from translator.mapping import document
from translator.mapping.document import Mapping
from translator.plan.compiler import Side

_PAIR = {
    "type": "record",
    "name": "Pair",
    "fields": [{"name": "key", "type": "string"}, {"name": "value", "type": ["string", "long", "boolean"]}],
}
_POINTS = {
    "type": "record",
    "name": "Points",
    "fields": [
        {
            "name": "points",
            "type": {
                "type": "array",
                "items": {
                    "type": "record",
                    "name": "Point",
                    "fields": [
                        {"name": "at", "type": "long"},
                        {"name": "value", "type": "double"},
                        {"name": "labels", "type": {"type": "array", "items": "Pair"}},
                    ],
                },
            },
        }
    ],
}
_METRIC = {
    "type": "record",
    "name": "Metric",
    "fields": [
        {"name": "name", "type": "string"},
        {"name": "gauge", "type": ["null", _POINTS]},
        {"name": "sum", "type": ["null", "Points"]},
        {"name": "counts", "type": {"type": "map", "values": "long"}},
    ],
}
_RESOURCE = {
    "type": "record",
    "name": "Resource",
    "fields": [
        {"name": "host", "type": "string"},
        {"name": "labels", "type": {"type": "array", "items": _PAIR}},
        {"name": "metrics", "type": {"type": "array", "items": _METRIC}},
    ],
}
AVRO: dict[str, Any] = {
    "type": "record",
    "name": "Batch",
    "fields": [{"name": "resources", "type": {"type": "array", "items": _RESOURCE}}],
}
PROTO = """
syntax = "proto3";
package each;
import "google/protobuf/struct.proto";
message Batch { repeated Resource resources = 1; }
message Resource { string host = 1; repeated Pair labels = 2; repeated Metric metrics = 3; }
message Metric {
  string name = 1; oneof data { Points gauge = 2; Points sum = 3; } map<string, int64> counts = 4;
}
message Points { repeated Point points = 1; }
message Point { int64 at = 1; double value = 2; repeated Pair labels = 3; }
message Pair { string key = 1; Value value = 2; }
message Value { oneof value { string text = 1; int64 number = 2; bool flag = 3; } }
message Out {
  string text = 1; sint32 n = 2; repeated string tags = 3; map<string, string> labels = 4; optional string whole = 5;
  optional google.protobuf.Value any = 6;
}
"""
OUT: dict[str, Any] = {
    "type": "record",
    "name": "Out",
    "fields": [
        {"name": "text", "type": "string"},
        {"name": "n", "type": "int"},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "labels", "type": {"type": "map", "values": "string"}},
        {"name": "whole", "type": ["null", "string"]},
    ],
}
MAPPING = """
version = 1
for_each = ["r in resources", "metric in r.metrics"]

[fields]
text = { join = ["r.host", { const = "/" }, "metric.name"], lower = true }
whole = { path = 'r.labels[key="zone"].value', cast = "string" }
tags = { for_each = "a in point.labels", item = "a.key" }
labels = { merge = [
    { for_each = "a in r.labels", key = { join = ["r.host", "a.key"] }, value = { path = "a.value", cast = "string" } },
    { for_each = "a in point.labels", key = "a.key", value = { path = "a.value", cast = "string" } },
] }

[[alternatives]]
when = { path = "metric.gauge", present = true }
for_each = "point in metric.gauge.points"
where = { path = "point.value", not_equals = 13.0 }
[alternatives.fields]
n = { path = "point.value", cast = "int32" }
whole = { path = "point", cast = "string" }

[[alternatives]]
when = { path = "metric.sum", present = true }
for_each = "point in metric.sum.points"
[alternatives.fields]
n = { path = "point.at", cast = "int32" }

[[alternatives]]
for_each = "name, count in metric.counts"
[alternatives.fields]
n = { path = "count", cast = "int32" }
tags = { for_each = "a in r.labels", item = "a.key" }
labels = { entries = { "name" = "name" } }
"""
ANY = 'any = { path = "metric.counts" }\n'
"""One rule more, for a target that has a place for it."""


def _message(*, tagged: bool) -> dict[str, Any]:
    """With items of every kind, good ones and refused ones. `tagged`: values say their kind."""

    def pairs(**values: Any) -> list[dict[str, Any]]:
        kinds = {str: "text", int: "number", bool: "flag"}
        return [{"key": key, "value": {kinds[type(v)]: v} if tagged else v} for key, v in values.items()]

    def points(*values: tuple[float, dict[str, Any]]) -> dict[str, Any]:
        return {"points": [{"at": i, "value": value, "labels": pairs(**of)} for i, (value, of) in enumerate(values)]}

    gauge = points((1.0, {"a": "x", "b": 2}), (2.5, {}), (13.0, {"c": True}), (-4.0, {"a": "\u00e9\n", "d": "y" * 40}))
    twice = points((7.0, {}), (8.0, {"k": 1}))
    twice["points"][1]["labels"] *= 2
    return {
        "resources": [
            {"host": "Alpha", "labels": pairs(zone="z1", up=True), "metrics": [
                _metric("Load", gauge=gauge), _metric("Sum", sum=twice), _metric("Counts", one=1, two=2, large=1 << 40),
                _metric("None", gauge={"points": []}),
            ]},
            {"host": "Beta", "labels": [], "metrics": []},
            {"host": "Gamma", "labels": pairs(x="1"), "metrics": [_metric("Load", gauge=points(*[(5.0, {})] * 3))]},
        ]
    }  # fmt: skip


def _metric(name: str, *, gauge: Any = None, sum: Any = None, **counts: int) -> dict[str, Any]:  # noqa: A002
    return {"name": name, "gauge": gauge, "sum": sum, "counts": counts}


@cache
def sources() -> dict[str, tuple[Side, bytes]]:
    """By format: what is read, and a message of it."""
    read, tagged = avro.read(AVRO), protobuf.read({"each.proto": PROTO}, message="each.Batch")
    plain = vectors.compact(_message(tagged=False))
    sides = {name: Side(formats.get(name), read) for name in ("json", "avro", "avro-json", "cbor", "msgpack")}
    found = {name: (side, Plan(sides["json"], side).translate(plain)) for name, side in sides.items()}
    protojson = Side(formats.get("protojson"), tagged)
    for name in ("protobuf", "protojson", "otlp-json"):
        side = Side(formats.get(name), tagged)
        found[name] = side, Plan(protojson, side).translate(vectors.compact(_message(tagged=True)))
    return found


@cache
def targets() -> dict[str, tuple[Side, Mapping]]:
    """By format: what is written, and the mapping to it."""
    untyped = protobuf.read({"each.proto": PROTO}, message="each.Out")
    typed = avro.read(OUT)
    plain = document.load(MAPPING)
    more = document.load(MAPPING.replace("[fields]\n", "[fields]\n" + ANY))
    found = {name: (Side(formats.get(name), typed), plain) for name in ("avro", "avro-json")}
    for name in ("cbor", "json", "msgpack", "protobuf", "protojson"):
        found[name] = Side(formats.get(name), untyped), more
    return found


def plans() -> Iterator[tuple[str, Plan, bytes]]:
    """Each source with each target: a label, the plan, a message."""
    plain = document.load(MAPPING)
    for source, (read, message) in sources().items():
        for target, (written, mapping) in targets().items():
            chosen = plain if source in vectors.DIALECTS else mapping  # they make no untyped values of a map yet
            yield f"{source} {target}", Plan(read, written, mapping=chosen), message
