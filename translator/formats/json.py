"""Plain JSON (RFC 8259).

Loses: nothing that its schema types. NaN and infinity have no form (refused, or by policy null or quoted, S4);
bytes are base64 text (policy: base64url, hex, code points, S8); decimals, UUIDs, dates and times are text (S23, S26);
union branches of one kind can't be told apart (S19); map keys are text (S22).
"""

from __future__ import annotations

import json

from native.binding import C
from schemas.model import Enum, Float, Type
from translator.formats.base import ALL_LANGUAGES, PLAIN, Check, Finite, Format, WireForm, by_name
from translator.formats.common import calendar_checks
from translator.policies import Policies


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    match type_:
        case Float():
            null, quoted = policies.nan == "null", policies.nan == "quote"
            return WireForm(point=True, null_not_finite=null, quoted=quoted, exact=policies.rounding == "refuse")
        case Enum():
            return WireForm(lax=type_.open)  # a number without a name is written, so it is read (S17)
        case _:
            return PLAIN if policies.bytes == "base64" else WireForm(bytes=policies.bytes)


def checks(type_: Type, policies: Policies) -> list[Check]:
    match type_:
        case Float() if policies.nan == "refuse":
            return [Finite()]
        case _:
            return calendar_checks(type_, policies)


def encode_key(name: str) -> bytes:
    """A member's name as it stands in JSON, quotes included."""
    return json.dumps(name, ensure_ascii=False).encode()


FORMAT = Format(
    name="json",
    core=C.H9_FORMAT_JSON,
    languages=ALL_LANGUAGES,
    scalar=scalar,
    checks=checks,
    spellings=by_name,
    self_describing=True,
    text_numbers=True,
    encode_key=encode_key,
    loses=(
        "NaN and infinity: refused (policy nan=null or nan=quote)",
        "which of two branches of one kind a union value came from: such unions don't compile (policy unions=first)",
    ),
)
