"""ProtoJSON: Protobuf's own JSON mapping.

Loses: unknown fields (they have no name). 64-bit integers are strings (S1), bytes base64 (S8), enums names (S17),
null means unset (S12); a field is found by its JSON name or its original one (S16).
"""

from __future__ import annotations

from native.binding import C
from schemas.model import Enum, Field, Float, Int, Timestamp, Type
from translator.formats.base import PLAIN, Format, WireForm
from translator.formats.common import calendar_checks
from translator.formats.json import encode_key, walk
from translator.policies import Policies


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    match type_:
        case Int(bits=64):
            return WireForm(quoted=True, lax=True)
        case Float():
            # the point keeps the sign of -0.0 from other readers
            return WireForm(quoted=True, lax=True, point=True, exact=policies.rounding == "refuse")
        case Enum(name="google.protobuf.NullValue"):
            return WireForm(lax=True, null_zero=True)
        case Int() | Enum() | Timestamp():
            return WireForm(lax=True)
        case _:
            return PLAIN


def spellings(field_: Field) -> list[str]:
    """The JSON name, then the original one."""
    return [field_.json_name or field_.name, field_.name]


FORMAT = Format(
    name="protojson",
    core=C.H9_FORMAT_JSON,
    languages=frozenset({"protobuf"}),
    scalar=scalar,
    checks=calendar_checks,
    spellings=spellings,
    self_describing=True,
    text_numbers=True,
    null_unsets=True,
    unknown="refuse",
    masks_as_text=True,
    encode_key=encode_key,
    container="ndjson",
    text=True,
    walk=walk,
    loses=("unknown fields",),
)
