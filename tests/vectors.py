"""Golden messages of the built-in schemas in every format, made by other libraries than ours. Tests and benchmarks
share them.

Map keys are sorted, by their letters and by their length alike, and numbers in their shortest form: so that each of
them is, byte for byte, what a translation from any other must give.
"""

from __future__ import annotations

import io
import json
import re
import struct
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import cbor2
import fastavro
from google.protobuf import json_format
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message_factory import GetMessages

from schemas import Language, neuron
from translator import formats
from translator.plan.compiler import Side

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
IDENTIFIER = re.compile(r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}")

LANGUAGES: dict[str, Language] = {
    "avro": "avro",
    "avro-json": "avro",
    "cbor": "protobuf",
    "json": "jsonschema",
    "msgpack": "protobuf",
    "otlp-json": "protobuf",
    "protobuf": "protobuf",
    "protojson": "protobuf",
}
"""The formats, each with the schema language that the vectors describe it by."""
DIALECTS = frozenset({"avro-json", "otlp-json"})
"""Of these, JSON's that differ in few values."""

SIGNAL: dict[str, Any] = {
    "signal_id": "6f0c1d4e-8a51-4b6e-9d0e-3f7a2c95b811",
    "from_neuron": "cortex-a/planner-0412",
    "to_neuron": "cortex-b/critic-0037",
    "layer_from": "L4",
    "layer_to": "L5",
    "propagation_type": "Backward",
    "batch_id": "0b9f27c3-55de-4f0a-8c1b-e47d61a0f2aa",
    "timestamp": "2026-11-22T10:15:30.123456789Z",
    "payload": {
        "activation": {
            "content": "retry the build with a smaller batch",
            "strength": 0.81,
            "features": {"cost": 12.75, "depth": 3.0, "novelty": 0.334, "urgency": 0.05, "willingness": 0.92},
        },
        "gradient": {
            "error_type": "timeout",
            "magnitude": 0.42,
            "adjustments": ["lower batch size", "raise deadline"],
            "loss": 1.375,
        },
    },
    "metadata": {"flow": "9c2e71d0", "propagation_depth": "3"},
}
"""A signal that goes back, with all that HAL9's servers put into one (no vector)."""

FORWARD: dict[str, Any] = SIGNAL | {
    "propagation_type": "Forward",
    "payload": {"activation": SIGNAL["payload"]["activation"], "gradient": None},
    "metadata": {},
}
VECTOR: dict[str, Any] = SIGNAL | {
    "payload": SIGNAL["payload"]
    | {"vector": {"encoding": "FLOAT32", "values": [0.5, -1.25, 3e-08, 1.5e20], "scale": 1.0, "zero_point": 0}}
}
EVENTS: dict[str, dict[str, Any]] = {
    "NeuronActivated": {"neuron_id": "cortex-a/planner-0412", "activation": 0.81},
    "LearningComplete": {"epoch": 18446744073709551615, "metrics": {"loss": 1.5e-07, "precision": 0.9731}},
    "TopologyChanged": {"old": "ring", "new": 'größer "mesh"\n\u2028𝄞'},
}
MESSAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "signal": ("NeuronSignal", SIGNAL),
    "forward": ("NeuronSignal", FORWARD),
    "vector": ("NeuronSignal", VECTOR),
    **{name: (name, value) for name, value in EVENTS.items()},
}
"""By label: the schema's name and the value, as plain JSON holds it."""


def side(format_: str, name: str = "NeuronSignal") -> Side:
    """One end of a plan: the format, by the built-in schema called `name`."""
    return Side(formats.get(format_), neuron.load(name, LANGUAGES[format_]))


@cache
def golden(label: str = "signal") -> dict[str, bytes]:
    """The message called `label` in every format."""
    return encoded(*MESSAGES[label])


def encoded(name: str, value: dict[str, Any]) -> dict[str, bytes]:
    """The value, by the built-in schema called `name`, in every format."""
    message = json_format.ParseDict(value, message_class(name)())
    single = name != "LearningComplete"
    return {
        "avro": avro(avro_schema(name), avro_value(value)),
        "avro-json": compact(avro_json(avro_schema(name), avro_value(value))),
        "cbor": cbor2.dumps(cbor(_set_only(value), single=single), canonical=True),
        "json": compact(value),
        "msgpack": msgpack(_set_only(value), single=single),
        "otlp-json": compact(_ordered(json_format.MessageToDict(message, use_integers_for_enums=True))),
        "protobuf": message.SerializeToString(deterministic=True),
        "protojson": compact(_ordered(json_format.MessageToDict(message))),
    }


def compact(value: Any) -> bytes:
    """JSON without spaces, and without what Python puts into an exponent."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r"([:,\[]-?\d[\d.]*)e(-?)\+?0*(?=\d)", r"\1e\2", text).encode()


def _ordered(value: Any, *, is_map: bool = False) -> Any:
    """ProtoJSON with maps in their keys' order (upb has none)."""
    if isinstance(value, dict):
        names = sorted(value) if is_map else value
        return {key: _ordered(value[key], is_map=key in ("features", "metadata", "metrics")) for key in names}
    if isinstance(value, list):
        return [_ordered(each) for each in value]
    return value


# --- Avro, by fastavro ---


@cache
def avro_schema(name: str = "NeuronSignal") -> Any:
    """fastavro's parsed schema."""
    return fastavro.parse_schema(json.loads(neuron.path(name, "avro").read_text()))


def avro(schema: Any, value: Any) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, value)
    return out.getvalue()


def avro_json(schema: Any, value: Any) -> Any:
    """Avro's JSON encoding of a value, parsed."""
    out = io.StringIO()
    fastavro.json_writer(out, schema, [value])
    return json.loads(out.getvalue())


def avro_value(value: dict[str, Any]) -> dict[str, Any]:
    """The value as fastavro wants it: nanoseconds for a timestamp, which has no logical type there, and a Decimal."""
    value = dict(value)
    if "timestamp" in value:
        value["timestamp"] = nanoseconds(value["timestamp"])
    if "epoch" in value:
        value["epoch"] = Decimal(value["epoch"])
    return value


def nanoseconds(text: str) -> int:
    """RFC 3339 in UTC, with or without a fraction, as nanoseconds since 1970."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp())
    return seconds * 1_000_000_000 + int(fraction.ljust(9, "0"))


# --- Protobuf, by upb ---


@cache
def message_class(name: str = "NeuronSignal") -> Any:
    """The generated class of a built-in message."""
    files = FileDescriptorSet.FromString(neuron.prepare().read_bytes())
    return GetMessages(files.file)[f"hal9.neuron.v1.{name}"]


# --- CBOR, by cbor2, whose canonical form is the deterministic one where keys are text ---


def cbor(value: Any, *, single: bool) -> Any:
    """A plain value as cbor2 is to write it; `single`: floats are float 32. A datetime has no nanoseconds."""
    match value:
        case float() if single:
            return struct.unpack("<f", struct.pack("<f", value))[0]
        case str() if TIMESTAMP.fullmatch(value):
            return cbor2.CBORTag(0, value)
        case str() if IDENTIFIER.fullmatch(value):
            return UUID(value)
        case list():
            return [cbor(each, single=single) for each in value]
        case dict():
            return {key: cbor(each, single=single) for key, each in value.items()}
    return value


# --- MessagePack, by its specification: no library that we have writes float 32 ---


def msgpack(value: Any, *, single: bool) -> bytes:
    """The smallest form of a plain value; `single`: floats are float 32."""
    match value:
        case None | False | True:
            return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
        case int():
            return b"\xcf" + struct.pack(">Q", value) if value > 127 else bytes([value])
        case float():
            return b"\xca" + struct.pack(">f", value) if single else b"\xcb" + struct.pack(">d", value)
        case str() if TIMESTAMP.fullmatch(value):
            seconds, nanos = divmod(nanoseconds(value), 1_000_000_000)
            return b"\xd7\xff" + struct.pack(">Q", nanos << 34 | seconds)
        case str():
            return _head(0xA0, 31, 0xD9, len(value.encode())) + value.encode()
        case list():
            return bytes([0x90 | len(value)]) + b"".join(msgpack(each, single=single) for each in value)
        case dict():
            items = (msgpack(each, single=single) for pair in value.items() for each in pair)
            return bytes([0x80 | len(value)]) + b"".join(items)
    raise TypeError(type(value))


def _head(short: int, most: int, long: int, size: int) -> bytes:
    return bytes([short | size]) if size <= most else bytes([long, size])


def _set_only(value: Any) -> Any:
    """By Protobuf's schema what isn't set is left out, an empty map too."""
    if isinstance(value, dict):
        return {key: _set_only(each) for key, each in value.items() if each not in (None, {})}
    return value
