"""Avro's JSON encoding, by an Avro schema; without one it is shown as the JSON that it is.

Values are shown as in Avro's binary encoding: bytes, which are text of code points 0 to 255, as hexadecimal digits; a
decimal, date or time as what it stands for. The object around a union's value belongs to the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.avro import branch_name
from schemas.model import Enum, Field, Null, Type, Union
from translator.formats.walking import logical
from translator.formats.walking.text import quoted, whole
from translator.formats.walking.walk import Item
from translator.inspecting import json
from translator.inspecting.json import Dialect, Single


def walk(data: bytes, type_: Type | None, cut: int | None) -> Iterator[Item]:
    """The items of one message."""
    return json.walk(data, type_, cut, _DIALECT)


def _names(field: Field) -> tuple[str, ...]:
    """Its name alone: aliases are a reader's (S31)."""
    return (field.name,)


def _branches(union: Union) -> dict[str, Type]:
    """By their full names (S19); null has none, it is bare."""
    return {branch_name(each): each for each in union.branches if not isinstance(each, Null)}


def _reads(type_: Type, single: Single, cut: int | None) -> tuple[str, str] | None:
    if single.kind == "number":
        count = whole(single.content)
        return None if count is None else logical.of_count(type_, count)
    if single.kind != "string":
        return None
    if isinstance(type_, Enum):
        known = any(single.content == symbol for symbol, _ in type_.symbols)
        return (single.content, "") if known else (quoted(single.content, cut), "no symbol has this name")
    return _bytes(type_, single, cut)


def _bytes(type_: Type, single: Single, cut: int | None) -> tuple[str, str] | None:
    """Text of code points as the bytes that they are (S8, S26)."""
    try:
        return logical.of_bytes(type_, single.content.encode("latin-1"), cut)
    except UnicodeEncodeError:
        taken = logical.of_bytes(type_, b"", cut) is not None
        return (quoted(single.content, cut), "a character over U+00FF is no byte") if taken else None


_DIALECT: Final = Dialect(names=_names, reads=_reads, branches=_branches)
