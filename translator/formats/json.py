"""Plain JSON (RFC 8259).

Loses: nothing that its schema types. NaN and infinity have no form (refused, or by policy null or quoted, S4);
bytes are base64 text (policy: base64url, hex, code points, S8); decimals, UUIDs, dates and times are text (S23, S26);
union branches of one kind can't be told apart (S19); map keys are text (S22).
"""

from __future__ import annotations

import json

from native.binding import C
from schemas.model import Enum, Float, Type
from translator.formats.base import ALL_LANGUAGES, Format, Row, Spec, by_name
from translator.formats.common import calendar_checks, float_spec, text_spec
from translator.policies import Policies

_FORMS = {
    "base64": C.H9_BYTES_BASE64,
    "base64url": C.H9_BYTES_BASE64URL,
    "hex": C.H9_BYTES_HEX,
    "codepoints": C.H9_BYTES_CODEPOINTS,
}


def scalar(type_: Type, policies: Policies) -> Spec | None:
    if isinstance(type_, Float):
        flags = {"refuse": 0, "null": C.H9_N_NULL_NOT_FINITE, "quote": C.H9_N_QUOTED}[policies.nan]
        return float_spec(type_, flags=C.H9_N_POINT | flags, a=int(policies.rounding == "refuse"))
    numbered = isinstance(type_, Enum) and type_.open  # a number without a name is written, so it is read (S17)
    return text_spec(type_, bytes_form=_FORMS[policies.bytes], flags=C.H9_N_LAX if numbered else 0)


def checks(type_: Type, policies: Policies) -> list[Row]:
    match type_:
        case Float() if policies.nan == "refuse":
            return [{"code": C.H9_STEP_FINITE_F32 if type_.bits == 32 else C.H9_STEP_FINITE_F64}]
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
