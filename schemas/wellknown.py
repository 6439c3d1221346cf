"""What Protobuf's well-known messages stand for (S4, S12, S23, S25).

A schema keeps them as the records that they are on Protobuf's wire; the plan compiler asks here what
a value of one means to any other format. They are known by full name only.
"""

from __future__ import annotations

from typing import Final

from schemas.model import (
    Any,
    Array,
    Bool,
    Bytes,
    Duration,
    Float,
    Int,
    Map,
    Null,
    Record,
    String,
    Timestamp,
    Type,
    Union,
)

UNBUILT: Final = frozenset({"google.protobuf.Any"})
"""Messages with a JSON form of their own that has no counterpart in the type model."""


def _wrapped(scalar: Type) -> Union:
    """A wrapper message is its scalar, or null."""
    return Union((Null(), scalar))


_LIFTED: Final[dict[str, Type]] = {
    "google.protobuf.Timestamp": Timestamp("ns"),
    "google.protobuf.Duration": Duration(),
    "google.protobuf.DoubleValue": _wrapped(Float(64)),
    "google.protobuf.FloatValue": _wrapped(Float(32)),
    "google.protobuf.Int64Value": _wrapped(Int(64)),
    "google.protobuf.UInt64Value": _wrapped(Int(64, signed=False)),
    "google.protobuf.Int32Value": _wrapped(Int(32)),
    "google.protobuf.UInt32Value": _wrapped(Int(32, signed=False)),
    "google.protobuf.BoolValue": _wrapped(Bool()),
    "google.protobuf.StringValue": _wrapped(String()),
    "google.protobuf.BytesValue": _wrapped(Bytes()),
    "google.protobuf.Struct": Map(String(), Any()),
    "google.protobuf.Value": Any(),
    "google.protobuf.ListValue": Array(Any()),
}


def lifted(record: Record) -> Type | None:
    """The type that `record` stands for, or None for any message but the well-known ones.

    The same object each time, so that types built from it may be compared by identity.
    """
    return _LIFTED.get(record.name)
