"""A mapping's constants: the type that each has by itself, whether it can be what its target wants, and tables."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal as PyDecimal
from decimal import InvalidOperation
from uuid import UUID

from schemas.model import (
    Any,
    Bool,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Int,
    String,
    Time,
    Timestamp,
    Type,
    Union,
    Uuid,
)
from translator.mapping.document.errors import did_you_mean
from translator.mapping.document.model import Constant
from translator.plan.floats import holds, nearest
from translator.plan.shapes import describe

TEXT = String()
REAL = Float(64)
WHOLE = Int(64)
NATURAL = Int(64, signed=False)
INSTANT = Timestamp("ns")
ID = Uuid()
TRUTH = Bool()

_ZONE = r"(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.\d{1,9})?", re.ASCII)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def type_of(constant: Constant) -> Type:
    """The type that a constant has by itself."""
    match constant:
        case bool():
            return TRUTH
        case int():
            return WHOLE if constant < 1 << 63 else NATURAL
        case float():
            return REAL
        case _:
            return TEXT


def misfit(constant: Constant, type_: Type) -> str:
    """Why a constant can't be a `type_`, "" where it can."""
    if isinstance(type_, Enum):
        names = [name for name, _ in type_.symbols]
        known = (
            did_you_mean(str(constant), names) or f"; it has {', '.join(names[:10])}{' …' if len(names) > 10 else ''}"
        )
        return "" if constant in names else f"{shown(constant)} is not {one(type_)}{known}"
    return "" if _fits(constant, type_) else f"{shown(constant)} is not {one(type_)}"


def one(type_: Type) -> str:
    """A type in a few words with its article, for messages: `an int64`."""
    words = describe(type_)
    if words.startswith(("a ", "an ")):
        return words
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"


def shown(constant: Constant) -> str:
    """A constant as TOML writes it."""
    return str(constant).lower() if isinstance(constant, bool) else repr(constant)


def _fits(constant: Constant, type_: Type) -> bool:
    number = isinstance(constant, int | float) and not isinstance(constant, bool)
    match type_:
        case Any():
            return True
        case Bool():
            return isinstance(constant, bool)
        case Int():
            return number and isinstance(constant, int) and type_.lowest <= constant <= type_.highest
        case Float():
            return isinstance(constant, int | float) and number and holds(constant, type_)
        case _:
            return isinstance(constant, str) and _fits_text(constant, type_)


def _fits_text(constant: str, type_: Type) -> bool:
    """Times, UUIDs and decimals are written as text, and tried now, so that a wrong one is told now."""
    try:
        match type_:
            case String() | Bytes():
                return True
            case Uuid():
                return bool(_UUID.fullmatch(constant)) and bool(UUID(constant))
            case Timestamp():
                return _fits_moment(constant, type_.local)
            case Date():
                return date.fromisoformat(constant).isoformat() == constant
            case Time():
                return (
                    bool(time.fromisoformat(constant[:8])) and re.fullmatch(r"(\.\d{1,9})?", constant[8:]) is not None
                )
            case Decimal():
                value = PyDecimal(constant).as_tuple()
                return isinstance(value.exponent, int) and -value.exponent <= type_.scale
            case _:
                return False
    except (ValueError, InvalidOperation):
        return False


def _fits_moment(constant: str, local: bool) -> bool:
    found = _MOMENT.match(constant)
    if found is None:
        return False
    rest = constant[found.end() :]
    return bool(datetime.fromisoformat(f"{found[1]}T{found[2]}")) and bool(
        rest == "" if local else re.fullmatch(_ZONE, rest)
    )


def rounded(constant: Constant, type_: Type) -> Constant:
    """A decimal constant as the float that is nearest to it."""
    if isinstance(type_, Float) and not isinstance(constant, str | bool):
        return nearest(constant, type_)
    return constant


def branch_of(constant: Constant, union: Union) -> int | None:
    """Which branch of a union a constant is: one of its own kind before any other that takes it."""
    fitting = [i for i, branch in enumerate(union.branches) if _fits(constant, branch) or _is_symbol(constant, branch)]
    own = type(type_of(constant))
    fitting.sort(key=lambda i: type(union.branches[i]) is not own)
    return fitting[0] if fitting else None


def _is_symbol(constant: Constant, type_: Type) -> bool:
    return isinstance(type_, Enum) and constant in dict(type_.symbols)


# --- tables of constants ---


class Outcome(Enum):
    """What a value's `enum` gives, until it is known what that is to be: an enum of its own, whose symbols are the
    constants as text. `kind`: the type of the constants that the document wrote."""

    __slots__ = ("constants", "key", "kind")

    def __init__(self, key: str, constants: list[Constant], kind: Type) -> None:
        super().__init__(key, tuple((_symbol(each), i) for i, each in enumerate(constants)))
        self.key = key
        self.constants = constants
        self.kind = kind


def outcome_of(key: str, given: list[Constant]) -> Outcome:
    """Of a table that gives these. ValueError: they are of different kinds."""
    kinds = [type_of(each) for each in given]
    kind = next((each for each in kinds if isinstance(each, Float)), kinds[0])
    for constant, each in zip(given, kinds, strict=True):
        numbers = isinstance(kind, Int | Float) and isinstance(each, Int | Float)
        if type(each) is not type(kind) and not numbers:
            raise ValueError(f"{shown(given[0])} and {shown(constant)} are of different kinds")
    # each once; to Python 1, 1.0 and true are one, but here they are of one kind
    return Outcome(key, list(dict.fromkeys(given)), kind)


def _symbol(constant: Constant) -> str:
    return constant if isinstance(constant, str) else shown(constant)
