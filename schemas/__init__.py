"""The schema domain: one type model, and a reader for each schema language.

The readers are loaded with `load`, when that is first asked for: the model alone costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any as _Value

from schemas.model import (
    MISSING,
    Any,
    Array,
    BigDecimal,
    Bool,
    Bytes,
    Date,
    Decimal,
    Duration,
    Enum,
    Field,
    Fixed,
    Float,
    Int,
    IntEncoding,
    Language,
    Map,
    Null,
    Period,
    Presence,
    Record,
    Schema,
    String,
    Time,
    Timestamp,
    Type,
    Union,
    Unit,
    Uuid,
)

if TYPE_CHECKING:
    from schemas.loading import load

__all__ = [
    "MISSING",
    "Any",
    "Array",
    "BigDecimal",
    "Bool",
    "Bytes",
    "Date",
    "Decimal",
    "Duration",
    "Enum",
    "Field",
    "Fixed",
    "Float",
    "Int",
    "IntEncoding",
    "Language",
    "Map",
    "Null",
    "Period",
    "Presence",
    "Record",
    "Schema",
    "String",
    "Time",
    "Timestamp",
    "Type",
    "Union",
    "Unit",
    "Uuid",
    "load",
]


def __getattr__(name: str) -> _Value:
    if name != "load":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from schemas.loading import load

    return load
