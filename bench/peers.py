"""The peers: the libraries that people use today for each format, each in the fastest way that it documents.

A translation by hand loads a message into a dict (fastavro, orjson, msgspec) or a message object (upb), turns one
into the other where it must, and dumps it. Schemas are parsed beforehand; encoders, decoders and classes are reused.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import fastavro
import msgspec
import orjson
from google.protobuf import json_format

from tests.vectors import avro_schema, message_class, nanoseconds

Layer = Literal["L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9"]


class Activation(msgspec.Struct, gc=False):
    content: str
    features: dict[str, float]
    strength: float = 1.0


class Gradient(msgspec.Struct, gc=False):
    error_type: str
    magnitude: float
    adjustments: list[str]
    loss: float


class Payload(msgspec.Struct, gc=False):
    activation: Activation
    gradient: Gradient | None = None


class Signal(msgspec.Struct, gc=False):
    """The signal as msgspec's documentation would have it: structs without the garbage collector."""

    signal_id: str
    from_neuron: str
    to_neuron: str
    layer_from: Layer
    layer_to: Layer
    propagation_type: Literal["Forward", "Backward"]
    batch_id: str
    timestamp: datetime
    payload: Payload
    metadata: dict[str, str]


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SCHEMA = avro_schema()
MESSAGE = message_class()
LAYERS = {f"L{number}": number for number in range(1, 10)}
LAYER_NAMES = {number: name for name, number in LAYERS.items()}
DIRECTIONS = {"Forward": 1, "Backward": 2}
DIRECTION_NAMES = {1: "Forward", 2: "Backward"}

json_typed = msgspec.json.Decoder(Signal).decode
json_encode = msgspec.json.Encoder().encode
msgpack_typed = msgspec.msgpack.Decoder(Signal).decode
msgpack_untyped = msgspec.msgpack.Decoder().decode
msgpack_encode = msgspec.msgpack.Encoder().encode


# --- dicts and upb's messages, by hand ---


def filled(source: dict[str, Any]) -> Any:
    """A message of a dict whose timestamp is nanoseconds."""
    payload = source["payload"]
    activation = payload["activation"]
    gradient = payload.get("gradient")
    seconds, nanos = divmod(source["timestamp"], 1_000_000_000)
    message = MESSAGE(
        signal_id=str(source["signal_id"]),
        from_neuron=source["from_neuron"],
        to_neuron=source["to_neuron"],
        layer_from=LAYERS[source["layer_from"]],
        layer_to=LAYERS[source["layer_to"]],
        propagation_type=DIRECTIONS[source["propagation_type"]],
        batch_id=str(source["batch_id"]),
        metadata=source["metadata"],
    )
    message.timestamp.seconds = seconds
    message.timestamp.nanos = nanos
    inner = message.payload.activation
    inner.content = activation["content"]
    inner.strength = activation["strength"]
    inner.features.update(activation["features"])
    if gradient is not None:
        outer = message.payload.gradient
        outer.error_type = gradient["error_type"]
        outer.magnitude = gradient["magnitude"]
        outer.adjustments.extend(gradient["adjustments"])
        outer.loss = gradient["loss"]
    return message


def plain(message: Any) -> dict[str, Any]:
    """A dict of a message, with its timestamp as nanoseconds."""
    payload = message.payload
    activation = payload.activation
    gradient = payload.gradient
    return {
        "signal_id": message.signal_id,
        "from_neuron": message.from_neuron,
        "to_neuron": message.to_neuron,
        "layer_from": LAYER_NAMES[message.layer_from],
        "layer_to": LAYER_NAMES[message.layer_to],
        "propagation_type": DIRECTION_NAMES[message.propagation_type],
        "batch_id": message.batch_id,
        "timestamp": message.timestamp.seconds * 1_000_000_000 + message.timestamp.nanos,
        "payload": {
            "activation": {
                "content": activation.content,
                "strength": activation.strength,
                "features": dict(activation.features),
            },
            "gradient": {
                "error_type": gradient.error_type,
                "magnitude": gradient.magnitude,
                "adjustments": list(gradient.adjustments),
                "loss": gradient.loss,
            }
            if payload.HasField("gradient")
            else None,
        },
        "metadata": dict(message.metadata),
    }


def copied(source: Any) -> Any:
    """A message whose fields are set from another's, one by one."""
    target = MESSAGE(
        signal_id=source.signal_id,
        from_neuron=source.from_neuron,
        to_neuron=source.to_neuron,
        layer_from=source.layer_from,
        layer_to=source.layer_to,
        propagation_type=source.propagation_type,
        batch_id=source.batch_id,
        timestamp=source.timestamp,
        metadata=source.metadata,
    )
    theirs, ours = source.payload.activation, target.payload.activation
    ours.content = theirs.content
    ours.strength = theirs.strength
    ours.features.update(theirs.features)
    if source.payload.HasField("gradient"):
        before, after = source.payload.gradient, target.payload.gradient
        after.error_type = before.error_type
        after.magnitude = before.magnitude
        after.adjustments.extend(before.adjustments)
        after.loss = before.loss
    return target


# --- one side: a format's library alone ---


def avro_decode(data: bytes) -> Any:
    return fastavro.schemaless_reader(io.BytesIO(data), SCHEMA, None)


def avro_encode(value: Any) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMA, value)
    return out.getvalue()


def text(nanos: int) -> str:
    seconds, rest = divmod(nanos, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


DECODE: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "avro": ("fastavro decode", avro_decode),
    "json": ("orjson.loads", orjson.loads),
    "msgpack": ("msgspec typed decode", msgpack_typed),
    "protobuf": ("upb parse", MESSAGE.FromString),
    "protojson": ("json_format.Parse", lambda data: json_format.Parse(data, MESSAGE())),
}
ENCODE: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "avro": ("fastavro encode", avro_encode),
    "json": ("orjson.dumps", orjson.dumps),
    "msgpack": ("msgspec typed encode", msgpack_encode),
    "protobuf": ("upb serialize", MESSAGE.SerializeToString),
    "protojson": ("json_format.MessageToJson", lambda value: json_format.MessageToJson(value, indent=None)),
}


# --- both sides: the same work as ours ---


def load_text(decode: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def load(data: bytes) -> Any:
        value = decode(data)
        stamp = value["timestamp"]
        value["timestamp"] = nanoseconds(stamp) if isinstance(stamp, str) else (stamp - EPOCH) // MICROSECOND * 1000
        return value

    return load


def load_avro(data: bytes) -> Any:
    """Without the vector, which JSON leaves out where it is absent."""
    value = avro_decode(data)
    payload = value["payload"]
    if payload["vector"] is None:
        del payload["vector"]
    return value


def dump_json(value: Any) -> bytes:
    value["timestamp"] = text(value["timestamp"])
    return orjson.dumps(value)


def dump_msgpack(value: Any) -> bytes:
    value["timestamp"] = EPOCH + timedelta(microseconds=value["timestamp"] // 1000)
    return msgpack_encode(value)


LOAD = {"avro": load_avro, "json": load_text(orjson.loads), "msgpack": load_text(msgpack_untyped)}
DUMP = {"avro": avro_encode, "json": dump_json, "msgpack": dump_msgpack}
LIBRARY = {"avro": "fastavro", "json": "orjson", "msgpack": "msgspec", "protobuf": "upb", "protojson": "json_format"}
TYPED = {"json": (json_typed, json_encode), "msgpack": (msgpack_typed, msgpack_encode)}


def same_work(source: str, target: str) -> tuple[str, Callable[[bytes], Any]]:
    """The fastest way by hand from one format to the other, and its name."""
    if source in TYPED and target in TYPED:
        decode, encode = TYPED[source][0], TYPED[target][1]
        return "msgspec typed decode + encode", lambda data: encode(decode(data))
    name = " + ".join(dict.fromkeys((LIBRARY[source], LIBRARY[target])))
    if target in DUMP:
        dump = DUMP[target]
        if source in LOAD:
            load = LOAD[source]
            return name, lambda data: dump(load(data))
        parse = DECODE[source][1]
        return f"{name}, by hand", lambda data: dump(plain(parse(data)))
    write = ENCODE[target][1]
    if source in LOAD:
        load = LOAD[source]
        return f"{name}, by hand", lambda data: write(filled(load(data)))
    parse = DECODE[source][1]
    if source == target == "protobuf":
        return "upb, by hand", lambda data: write(copied(parse(data)))
    return name, lambda data: write(parse(data))


def values(format_: str, data: bytes | str) -> Any:
    """What a message says, as plain values."""
    match format_, data:
        case "avro", bytes():
            return avro_decode(data)
        case "msgpack", bytes():
            return msgpack_untyped(data)
        case "protobuf", bytes():
            return plain(MESSAGE.FromString(data))
        case "protojson", _:
            return plain(json_format.Parse(data, MESSAGE()))
    return orjson.loads(data)
