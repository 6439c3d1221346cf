"""How far a format's values reach: which of them a target can't say, or a type of its own is read for (S2, S6)."""

from __future__ import annotations

from schemas.model import Date, Decimal, Float, Int, Time, Timestamp, Type
from translator.formats.base import Format
from translator.policies import Policies


def read_as(format_: Format, s: Type, t: Type) -> Type:
    """Decimal text has no width: a JSON number is read straight into the target's kind (S2). An integer isn't read as a
    float, which would round it (S6); a float32 stays one."""
    if not format_.text_numbers:
        return s
    if isinstance(s, Int):
        return t if s.bits == 64 and s.signed and isinstance(t, Int) else s
    return t if isinstance(s, Float) and s.bits == 64 and isinstance(t, (Int, Float, Decimal)) else s


def of_digits(format_: Format, type_: Type, policies: Policies) -> str:
    """S6: what a float may refuse where any number may stand."""
    if not format_.self_describing or not isinstance(type_, Float):
        return ""
    name = f"float{type_.bits}"
    rounds = policies.rounding == "round"
    return f"rounded to {name}" if rounds else f"an integer that {name} doesn't hold is refused"


def same(source: Format, target: Format, s: Type, t: Type) -> bool:
    """Whether the target's format can say whatever the source's could: only a dialect's own values are sure to, and
    counts of a unit of the day. CBOR's dates and instants come as counts too, and are written as text."""
    if type(s) is not type(t) or (source.has_tags and isinstance(s, (Date, Timestamp))):
        return False
    same_unit = not isinstance(s, (Time, Timestamp)) or s.unit == getattr(t, "unit", None)
    return same_unit and (source is target or (isinstance(s, Time) and source.positional))
