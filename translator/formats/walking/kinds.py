"""Types in a few words."""

from __future__ import annotations

from schemas.model import Array, Decimal, Enum, Fixed, Float, Int, Map, Record, Time, Timestamp, Type, Union


def describe(type_: Type) -> str:
    """A type in a few words; a named one by its name."""
    match type_:
        case Int():
            return f"{'' if type_.signed else 'u'}int{type_.bits}"
        case Float():
            return f"float{type_.bits}"
        case Array():
            return f"list of {describe(type_.items)}"
        case Map():
            return f"map of {describe(type_.keys)} to {describe(type_.values)}"
        case Union():
            return " | ".join(describe(each) for each in type_.branches)
        case Record():
            return type_.name or "record"
        case Enum():
            return f"enum {type_.name}"
        case Fixed():
            return f"fixed({type_.size})"
        case _:
            return type(type_).__name__.lower()


def short(type_: Type) -> str:
    """The same for a column: names without their package, what is inside of a list or union by its kind only."""
    match type_:
        case Record():
            return type_.name.rpartition(".")[2] or "record"
        case Enum():
            return f"enum {type_.name.rpartition('.')[2]}"
        case Array() | Map() | Union():
            return {Array: "list", Map: "map", Union: "union"}[type(type_)]
        case Decimal():
            return f"decimal({type_.precision}, {type_.scale})"
        case Timestamp():
            return f"{'local ' if type_.local else ''}timestamp {type_.unit}"
        case Time():
            return f"time {type_.unit}"
        case _:
            return describe(type_)
