"""Protobuf's binary wire format, by a .proto or a FileDescriptorSet.

Loses: nothing. Null and absence are one where a field has presence, and neither exists where it has none (S11);
there is no list of lists, list of nullables or map of lists (S33).
"""

from __future__ import annotations

from native.binding import C
from schemas.model import Any, Bool, Bytes, Duration, Enum, Float, Int, String, Timestamp, Type, Uuid
from translator.formats.base import PLAIN, Check, Format, WireForm, by_name
from translator.formats.common import CALENDAR
from translator.policies import Policies


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    match type_:
        case Int():
            return WireForm(wire=type_.encoding)
        case Enum():
            return WireForm(closed=not type_.open)
        case Uuid():
            return WireForm(raw=type_.form == "bytes")
        case Timestamp():
            return WireForm(unit="ns")
        case Bool() | Float() | String() | Bytes() | Duration() | Any():
            return PLAIN
        case _:
            return None


def checks(type_: Type, policies: Policies) -> list[Check]:
    return [CALENDAR] if isinstance(type_, Timestamp) else []


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
