"""OTLP's JSON, by OTLP's .proto files (S28); without them it is shown as the JSON that it is.

A field is found by its lowerCamelCase name only. An enum, which is a number, is shown by its symbol, and bytes as
hexadecimal digits, as in Protobuf: those of ids, which are hex text, and the others, which are base64.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from schemas.model import Array, Bytes, Enum, Field, Type
from translator.formats.otlpjson import HEX_FIELDS
from translator.formats.walking.text import hexed, quoted, whole
from translator.formats.walking.walk import Item
from translator.inspecting import json
from translator.inspecting.json import Dialect, Single

_ID: Final = Bytes()
"""The type of an id's bytes."""
_IDS: Final = Array(_ID)
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})*+")
_SAFE: Final = str.maketrans("-_", "+/")


def walk(data: bytes, type_: Type | None, cut: int | None) -> Iterator[Item]:
    """The items of one message."""
    return json.walk(data, type_, cut, _DIALECT)


def _names(field: Field) -> tuple[str, ...]:
    """Its JSON name alone (S16)."""
    return (field.json_name or field.name,)


def _held(field: Field) -> Type:
    """Which bytes are ids is told by the field's name."""
    if field.name not in HEX_FIELDS:
        return field.type
    match field.type:
        case Bytes():
            return _ID
        case Array(items=Bytes()):
            return _IDS
    return field.type


def _reads(type_: Type, single: Single, cut: int | None) -> tuple[str, str] | None:
    match type_:
        case Enum():
            return _symbol(type_, single, cut)
        case Bytes() if single.kind == "string":
            data = _hex(single.content) if type_ is _ID else _base64(single.content)
            name = "hex" if type_ is _ID else "base64"
            return (hexed(data, cut), name) if data is not None else (quoted(single.content, cut), f"no {name}")
    return None


def _symbol(enum: Enum, single: Single, cut: int | None) -> tuple[str, str] | None:
    if single.kind == "string":
        return quoted(single.content, cut), "enums are numbers in OTLP"
    number = whole(single.content) if single.kind == "number" else None
    if number is None:
        return None
    name = next((symbol for symbol, each in enum.symbols if each == number), None)
    return (name, f"number {number}") if name else (str(number), "no symbol has this number")


def _hex(content: str) -> bytes | None:
    return bytes.fromhex(content) if _HEX.fullmatch(content) else None


def _base64(content: str) -> bytes | None:
    """Also URL-safe, with padding or without (S8)."""
    bare = content.translate(_SAFE).rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


_DIALECT: Final = Dialect(names=_names, held=_held, reads=_reads)
