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
    Field,
    Float,
    Int,
    Map,
    Null,
    Presence,
    Record,
    String,
    Timestamp,
    Type,
    Union,
)

ANY: Final = "google.protobuf.Any"
"""The message that holds one of any type. JSON has a form of its own for it, which no type here has."""


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


def built_in() -> dict[str, Record]:
    """The well-known messages by full name, for what may hold any message: their types need no file. Those that stand
    for a type have no fields here, which nobody asks for."""
    paths = Field("paths", Array(String()), Presence.IMPLICIT, number=1)
    url = Field("type_url", String(), Presence.IMPLICIT, number=1, json_name="typeUrl")
    value = Field("value", Bytes(), Presence.IMPLICIT, number=2, json_name="value")
    whole = {"google.protobuf.Empty": [], "google.protobuf.FieldMask": [paths], ANY: [url, value]}
    return {name: Record(name, whole.get(name, [])) for name in (*_LIFTED, *whole)}
