"""HAL9's messages as Python types, for `plan.decode(data, NeuronSignal)` and `plan.encode(signal)`.

They mirror `schemas/neuron/`: the same names, optional parts and defaults. A timestamp is its RFC 3339 text, because
a datetime has no nanoseconds; `NeuronSignal.time` is the datetime where there is one.
"""

from __future__ import annotations

import re
import struct
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from native.errors import DataError

Layer = Literal["L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9"]
"""From reflexive (L1) to universal (L9)."""
PropagationType = Literal["Forward", "Backward"]
VectorEncoding = Literal["FLOAT32", "FLOAT16", "BFLOAT16", "INT8"]

DEPTH: Final = "propagation_depth"
"""The entry of `metadata` that counts a signal's hops."""
FARTHEST: Final = 10
"""Hops after which a signal no longer propagates."""
FAINTEST: Final = 0.01
"""The strength below which a signal no longer propagates."""

_RFC3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


class Activation(msgspec.Struct, frozen=True, kw_only=True):
    """What a signal carries: text, its strength (float32), and features by name (float32)."""

    content: str
    strength: float = 1.0
    features: dict[str, float] = {}


class Gradient(msgspec.Struct, frozen=True, kw_only=True):
    """What a backward signal carries; `magnitude` and `loss` are float32."""

    error_type: str
    magnitude: float
    adjustments: list[str] = []
    loss: float


class Vector(msgspec.Struct, frozen=True, kw_only=True):
    """A dense vector: `values` holds FLOAT32's elements, `data` those of the other encodings, little-endian.

    INT8's element q stands for (q - zero_point) * scale.
    """

    encoding: VectorEncoding
    values: list[float] = []
    data: bytes | None = None
    scale: float = 1.0
    zero_point: int = 0


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """An activation, with a gradient and a vector where there are any."""

    activation: Activation
    gradient: Gradient | None = None
    vector: Vector | None = None


class NeuronSignal(msgspec.Struct, frozen=True, kw_only=True):
    """One hop of an activation (forward) or of a gradient (backward), between layers that are one apart at most."""

    signal_id: UUID
    from_neuron: str
    to_neuron: str
    layer_from: Layer
    layer_to: Layer
    propagation_type: PropagationType
    batch_id: UUID
    timestamp: str
    """RFC 3339 in UTC, to the nanosecond; `rfc3339` makes it of a datetime."""
    payload: Payload
    metadata: dict[str, str] = {}

    @property
    def time(self) -> datetime:
        """The timestamp as a datetime in UTC. DataError: it isn't one (TIME), or has nanoseconds (INEXACT)."""
        return _time(self.timestamp)

    @property
    def depth(self) -> int:
        """Hops that the signal has made. DataError NUMBER: its metadata doesn't say a number."""
        text = self.metadata.get(DEPTH, "0")
        if not (text.isascii() and text.isdecimal()) or len(text) > 9:
            raise DataError("NUMBER", "not a number", path=f'metadata["{DEPTH}"]')
        return int(text)

    def validate(self) -> None:
        """Holds the signal to HAL9's rules, which its schema can't say.

        DataError: its layers are more than one apart (LAYERS), its timestamp isn't one (TIME), or its metadata counts
        hops with something other than a number (NUMBER).
        """
        if abs(int(self.layer_from[1:]) - int(self.layer_to[1:])) > 1:
            raise DataError("LAYERS", "layers are more than one apart", path="layer_to")
        _parts(self.timestamp)
        _ = self.depth

    def propagated(self, decay_rate: float = 0.1) -> NeuronSignal | None:
        """The signal after one more hop: weaker by `decay_rate` (computed in float32), and one deeper.

        None where it no longer propagates: below a strength of 0.01, or after 10 hops. ValueError: the rate is not
        from 0 to 1. DataError NUMBER: its metadata counts hops with something other than a number.
        """
        if not 0 <= decay_rate <= 1:
            raise ValueError(f"a decay rate is from 0 to 1, not {decay_rate}")
        activation = self.payload.activation
        strength, depth = _float32(_float32(activation.strength) * _float32(1 - _float32(decay_rate))), self.depth + 1
        if not strength >= _float32(FAINTEST) or depth > FARTHEST:
            return None
        weaker = msgspec.structs.replace(activation, strength=strength)
        payload = msgspec.structs.replace(self.payload, activation=weaker)
        return msgspec.structs.replace(self, payload=payload, metadata={**self.metadata, DEPTH: str(depth)})


class NeuronActivated(msgspec.Struct, frozen=True, kw_only=True):
    """A neuron has fired; `activation` is float32."""

    neuron_id: str
    activation: float


class LearningComplete(msgspec.Struct, frozen=True, kw_only=True):
    """An epoch of training is over; `epoch` is an unsigned 64-bit number."""

    epoch: int
    metrics: dict[str, float] = {}


class TopologyChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The network has changed its shape."""

    old: str
    new: str


def rfc3339(moment: datetime) -> str:
    """A datetime as a signal's timestamp, in UTC. ValueError: it has no zone, so it is not an instant (S24)."""
    if moment.utcoffset() is None:
        raise ValueError("a datetime without a zone is not an instant")
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    digits = "" if not utc.microsecond else f".{utc.microsecond // 1000:03}" if not utc.microsecond % 1000 else None
    return f"{utc.isoformat(timespec='seconds')}{digits}Z" if digits is not None else f"{utc.isoformat()}Z"


def _parts(text: str) -> str:
    """The fraction's digits of an RFC 3339 instant."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise DataError("TIME", "not a date or time, or out of its range", path="timestamp")
    return match[7] or ""


def _time(text: str) -> datetime:
    if _parts(text)[6:].strip("0"):
        raise DataError("INEXACT", "can't be held exactly by the target", path="timestamp")
    try:
        return msgspec.convert(text, datetime).astimezone(UTC)
    except (msgspec.ValidationError, OverflowError):
        raise DataError("TIME", "not a date or time, or out of its range", path="timestamp") from None


def _float32(value: float) -> float:
    """The float32 nearest to `value`, infinity beyond."""
    try:
        found: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    return found


__all__ = [
    "Activation",
    "Gradient",
    "Layer",
    "LearningComplete",
    "NeuronActivated",
    "NeuronSignal",
    "Payload",
    "PropagationType",
    "TopologyChanged",
    "Vector",
    "VectorEncoding",
    "rfc3339",
]
