"""The wrapper rule (S33): how Protobuf says what it has no form for, and how reading undoes it.

A generated message with `option (hal9.wrapper) = true` stands for what is in it, and is named after the message and
field that it was made for: `<Message><Field>Item` for a list's items, `…Value` for a map's values, `…Choice` for a
union. It holds one of three things:

    message M { option (hal9.wrapper) = true;  repeated T items = 1; }            list of T
    message M { option (hal9.wrapper) = true;  map<K, V> items = 1; }             map of K to V
    message M { option (hal9.wrapper) = true;  optional T value = 1; }            T or null; null if it isn't set
    message M { option (hal9.wrapper) = true;  oneof value { A a = 1; B b = 2; } }     A or B

A union that has null has the member `google.protobuf.NullValue null_value`, unless the wrapper is the type of a
singular field: that field's absence is null. `unwrapped` is the way back.
"""

from __future__ import annotations

from typing import Final

from schemas.model import Array, Enum, Field, Map, Null, Presence, Record, Type, Union

NULL_VALUE: Final = "google.protobuf.NullValue"
NULL: Final = Enum(NULL_VALUE, (("NULL_VALUE", 0),), open=True)
ITEMS, VALUE = "items", "value"


def wrapper(name: str, type_: Type) -> Record:
    """The message that stands for a list, a map, or a value that may be null."""
    if isinstance(type_, Array | Map):
        return Record(name, [Field(ITEMS, type_, Presence.IMPLICIT)], wrapper=True)
    return Record(name, [Field(VALUE, type_, Presence.OPTIONAL)], wrapper=True)


def choice(name: str, members: list[tuple[str, Type]]) -> Record:
    """The message that stands for a union; null among the members is a NullValue."""
    fields = [
        Field(member, NULL if isinstance(type_, Null) else type_, Presence.OPTIONAL, oneof=VALUE)
        for member, type_ in members
    ]
    return Record(name, fields, wrapper=True)


def unwrapped(record: Record) -> Type | None:
    """What a wrapper stands for; None for any other message, and for a wrapper that doesn't keep to the rule."""
    if not record.wrapper or not record.fields:
        return None
    if all(each.oneof for each in record.fields):
        return Union(tuple(Null() if _is_null(each.type) else each.type for each in record.fields))
    (first, *others) = record.fields
    if others or first.oneof:
        return None
    return first.type if isinstance(first.type, Array | Map) else Union((Null(), first.type))


def _is_null(type_: Type) -> bool:
    return isinstance(type_, Enum) and type_.name == NULL_VALUE
