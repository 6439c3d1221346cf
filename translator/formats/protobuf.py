"""Protobuf's binary wire format, by a .proto or a FileDescriptorSet.

Loses: nothing. Null and absence are one where a field has presence, and neither exists where it has none (S11);
there is no list of lists, list of nullables or map of lists (S33).
"""

from __future__ import annotations

from native.binding import C
from schemas.model import Any, Bool, Bytes, Duration, Enum, Float, Int, String, Timestamp, Type, Uuid
from translator.formats.base import Format, Row, Spec, by_name
from translator.formats.common import calendar_check, float_spec, int_spec
from translator.policies import Policies

_WIRES = {"varint": C.H9_WIRE_VARINT, "zigzag": C.H9_WIRE_ZIGZAG, "fixed": C.H9_WIRE_FIXED}


def scalar(type_: Type, policies: Policies) -> Spec | None:
    match type_:
        case Int():
            return int_spec(type_, wire=_WIRES[type_.encoding])
        case Float():
            return float_spec(type_)
        case Enum():
            return Spec(C.H9_OP_ENUM, {"flags": 0 if type_.open else C.H9_N_CLOSED})
        case Uuid():
            return Spec(C.H9_OP_UUID, {"a": 16 if type_.form == "bytes" else 0})
        case Timestamp():
            return Spec(C.H9_OP_TIMESTAMP, {"a": 1})
        case _:
            ops = {Bool: C.H9_OP_BOOL, String: C.H9_OP_STRING, Bytes: C.H9_OP_BYTES}
            ops |= {Duration: C.H9_OP_DURATION, Any: C.H9_OP_ANY}
            return Spec(ops[type(type_)]) if type(type_) in ops else None


def checks(type_: Type, policies: Policies) -> list[Row]:
    return [calendar_check(type_, policies)] if isinstance(type_, Timestamp) else []


FORMAT = Format(
    name="protobuf",
    core=C.H9_FORMAT_PROTOBUF,
    languages=frozenset({"protobuf"}),
    scalar=scalar,
    checks=checks,
    spellings=by_name,
    tagged=True,
    strict_oneof=False,
    loses=("unknown fields, on the way to another format: passed over and counted (policy unknown=refuse)",),
)
