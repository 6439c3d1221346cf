"""What is fuzzed: plans for every format by several schemas, each with good messages to start from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from native.errors import PlanError
from schemas import avro, protobuf
from schemas.model import Schema
from tests import each_vectors, vectors
from translator import formats
from translator.engine.plan import Plan
from translator.plan.compiler import Side

AVRO: dict[str, Any] = {
    "type": "record",
    "name": "Everything",
    "fields": [
        {"name": "flag", "type": "boolean"},
        {"name": "small", "type": "int"},
        {"name": "large", "type": "long"},
        {"name": "single", "type": "float"},
        {"name": "double", "type": "double"},
        {"name": "blob", "type": "bytes"},
        {"name": "text", "type": "string"},
        {"name": "fixed", "type": {"type": "fixed", "name": "Four", "size": 4}},
        {"name": "symbol", "type": {"type": "enum", "name": "Symbol", "symbols": ["A", "B", "C"], "default": "A"}},
        {"name": "numbers", "type": {"type": "array", "items": ["null", "double"]}},
        {"name": "table", "type": {"type": "map", "values": {"type": "array", "items": "long"}}},
        {"name": "choice", "type": ["null", "string", "long", "boolean", {"type": "map", "values": "int"}]},
        {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 3}},
        {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "clock", "type": {"type": "long", "logicalType": "time-micros"}},
        {"name": "instant", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "next", "type": ["null", "Everything"]},
    ],
}
INNER: dict[str, Any] = {
    "flag": True, "small": -5, "large": 1 << 62, "single": 0.5, "double": 1e-300, "blob": b"\0\xff",
    "text": "größe\n\u2028", "fixed": b"abcd", "symbol": "B", "numbers": [1.5, None, -0.0],
    "table": {"a": [1, -1], "b": []}, "choice": {"k": 1}, "amount": b"\x04\xd2", "id": vectors.SIGNAL["signal_id"],
    "day": 20000, "clock": 86399999999,
    "instant": -1, "next": None,
}  # fmt: skip

PROTO = """
syntax = "proto2";
package fuzz;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/any.proto";
message Everything {
  optional int32 i32 = 1; optional sint64 s64 = 2; optional fixed32 f32 = 3; optional uint64 u64 = 4;
  optional bool flag = 5; optional float single = 6; optional double double = 7;
  optional string text = 8; optional bytes blob = 9; optional Colour colour = 10;
  repeated int32 numbers = 11; repeated sint32 packed = 12 [packed = true]; repeated string texts = 13;
  map<int32, string> names = 14; map<string, Everything> children = 15;
  oneof choice { string a = 16; int64 b = 17; Everything c = 18; }
  optional group Group = 19 { optional int32 x = 1; repeated Colour colours = 2; }
  optional google.protobuf.Timestamp when = 20; optional google.protobuf.Duration lasts = 21;
  optional google.protobuf.Struct any = 22; optional google.protobuf.UInt64Value wrapped = 23;
  repeated Everything items = 24; optional sfixed64 sf64 = 25; map<bool, double> flags = 26;
  repeated google.protobuf.Any held = 27;
}
enum Colour { RED = 0; GREEN = 5; BLUE = -1; }
"""
PROTO_JSON = rb"""{"i32":-7,"s64":"-9007199254740993","f32":7,"u64":"18446744073709551615","flag":true,"single":0.1,
"double":1.5e300,"text":"a\"\u00e9\ud834\udd1e","blob":"AP8=","colour":"GREEN","numbers":[1,-1,300],"packed":[0,-1],
"texts":["","x"],"names":{"-3":"minus","4":""},"children":{"k":{"i32":1}},"b":"5",
"group":{"x":1,"colours":["RED","BLUE"]},
"when":"2026-11-22T10:00:00.5Z","lasts":"-1.5s","wrapped":"3","items":[{"text":"in"},{}],"sf64":"-1",
"flags":{"true":0.5},"held":[{"i32":1,"@type":"a/fuzz.Everything",
"held":[{"@type":"a/google.protobuf.Any","value":{}}]},{"value":"1.5s","@type":"b/google.protobuf.Duration"},
{"@type":"c/fuzz.Everything","b":"5"}]}"""
ANY_JSON = b"""{"a":[1,-2.5,1e400,true,null,"\\u00e9\\n"],"b":{"":{"c":[[],{}]}},"n":123456789012345678901234567890}"""


@dataclass(frozen=True)
class Target:
    """One plan, what it reads, and a plan that reads what it writes and writes it again."""

    name: str
    seeds: tuple[bytes, ...]
    plan: Plan
    again: Plan


def targets() -> list[Target]:
    """Every pair of formats that makes a plan, by every schema; and one message into many."""
    found = [*_neuron(), *_avro(), *_protobuf(), *_untyped(), *_each()]
    readers = {target.name.split(" ")[1] for target in found}
    assert readers == set(vectors.LANGUAGES), readers
    return found


def _pairs(label: str, sides: dict[str, Side], seeds: dict[str, list[bytes]]) -> Iterator[Target]:
    for source, read in sides.items():
        for target, written in sides.items():
            try:
                plan, again = Plan(read, written), Plan(written, written)
            except PlanError:
                assert source != target, f"{label}: {source} by itself makes no plan"
                continue
            yield Target(f"{label} {source} {target}", tuple(seeds[source]), plan, again)


def _neuron() -> Iterator[Target]:
    for name in ("NeuronSignal", "LearningComplete"):
        labels = [label for label, (schema, _) in vectors.MESSAGES.items() if schema == name]
        sides = {format_: vectors.side(format_, name) for format_ in vectors.LANGUAGES}
        seeds = {format_: [vectors.golden(label)[format_] for label in labels] for format_ in sides}
        yield from _pairs(name, sides, seeds)


def _avro() -> Iterator[Target]:
    schema = avro.read(AVRO)
    raw = {**AVRO, "fields": [_bare(field) for field in AVRO["fields"]]}
    seed = vectors.avro(raw, INNER | {"next": INNER | {"choice": None}})
    yield from _self_made("avro.Everything", schema, "avro", seed, ("avro", "avro-json", "cbor", "json", "msgpack"))


def _bare(field: dict[str, Any]) -> dict[str, Any]:
    """A field without its logical type: fastavro then takes the value as it stands."""
    type_ = field["type"]
    return field | {"type": type_["type"] if isinstance(type_, dict) and "logicalType" in type_ else type_}


def _protobuf() -> Iterator[Target]:
    schema = protobuf.read({"everything.proto": PROTO}, message="fuzz.Everything")
    yield from _self_made(
        "proto.Everything", schema, "protojson", PROTO_JSON, ("protobuf", "protojson", "otlp-json", "json", "msgpack")
    )


def _self_made(label: str, schema: Schema, first: str, seed: bytes, names: tuple[str, ...]) -> Iterator[Target]:
    """The other formats' seeds are our own translations of the first."""
    sides = {name: Side(formats.get(name), schema) for name in names}
    seeds = {name: [Plan(sides[first], sides[name]).translate(seed)] for name in names}
    yield from _pairs(label, sides, seeds)


def _untyped() -> Iterator[Target]:
    sides = {name: Side(formats.get(name), None) for name in ("cbor", "json", "msgpack")}
    small = ANY_JSON.replace(b"1e400", b"1.5e40").replace(b"1234567890" * 3, b"-1")
    seeds = {name: [Plan(sides["json"], sides[name]).translate(small)] for name in sides}
    yield from _pairs("any", sides, seeds | {"json": [small, ANY_JSON]})


def _each() -> Iterator[Target]:
    for label, plan, seed in each_vectors.plans():
        again = Plan(plan.sides[1], plan.sides[1])
        yield Target(f"each {label}", (seed, seed.replace(b'"value":-4.0', b'"value":"no"')), plan, again)
