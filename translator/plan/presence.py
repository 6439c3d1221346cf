"""What becomes of a field that is absent or null (S11, S13): whether its target tells these from each other, and from
a value."""

from __future__ import annotations

from schemas.model import MISSING, Any, Array, Field, Map, Null, Presence, Type, nullable
from translator.plan.compilation import Compilation
from translator.plan.reading import Reading


def merged(context: Compilation, reading: Reading, s: Field, t: Field) -> str:
    """Which two states of the source's field become one in the target's, in words; "" where none do.

    Such a value isn't refused and can't be told from the other one afterwards, so the field isn't exact."""
    if s.presence is not Presence.OPTIONAL:
        return ""
    has_null = _may_be_null(context, s.type) and not reading.format.null_unsets
    match _absent(context, reading, s, t):
        case "zero":
            return f"absent and {'empty' if isinstance(context.meaning(t.type), Array | Map) else 'zero'} become one"
        case "default":
            return "absent becomes the default"
        case "null" if has_null:
            return "absent and null become one"
        case "absent" if has_null and not _may_be_null(context, t.type):
            return "absent and null become one"
        case _:
            return ""


def _absent(context: Compilation, reading: Reading, s: Field, t: Field) -> str:
    """What the target has where the source has nothing; as fills.py fills it."""
    if t.presence is Presence.OPTIONAL:
        return "absent"
    if t.presence is Presence.IMPLICIT:
        return "zero"
    null = _may_be_null(context, t.type)
    if s.default is not MISSING or (t.default is not MISSING and not (null and reading.format.tagged)):
        default = s.default if s.default is not MISSING else t.default
        return "null" if default is None else "default"
    return "null" if null else "refused"


def _may_be_null(context: Compilation, type_: Type) -> bool:
    inner, null = nullable(type_)
    return null or isinstance(context.meaning(inner), Null | Any)
