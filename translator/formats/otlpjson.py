"""OTLP's JSON: OpenTelemetry's dialect of ProtoJSON, by OTLP's .proto files (S28).

It differs from ProtoJSON as OTLP's specification says under "JSON Protobuf Encoding": trace and span ids are hex text,
in either case (lower case out); enums are numbers only; a field is found by its lowerCamelCase name only (S16); members
that the schema doesn't name are passed over and counted (S14). All else is ProtoJSON's: other bytes are base64 (so is
`profile_id`, which the specification doesn't list), 64-bit integers are strings, read as number or string (S1).

Which bytes are ids is told by the field's name: trace_id, span_id, parent_span_id.

Loses: unknown fields (they have no name).

Taken apart: by OTLP's .proto files; without them it is shown as the JSON that it is. An enum, which is a number, is
shown by its symbol, and bytes as hexadecimal digits, as in Protobuf: those of ids, which are hex text, and the
others, which are base64.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from schemas.model import Array, Bytes, Enum, Field, Type
from translator.formats import json, protojson
from translator.formats.base import BytesForm, WireForm
from translator.formats.json import Dialect, Single
from translator.formats.walking.text import hexed, quoted, whole
from translator.formats.walking.walk import Item
from translator.policies import Policies

HEX_FIELDS = frozenset({"trace_id", "span_id", "parent_span_id"})


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    form = protojson.scalar(type_, policies)
    return replace(form, lax=False, number=True) if form is not None and isinstance(type_, Enum) else form


def spellings(field_: Field) -> list[str]:
    """The JSON name alone."""
    return protojson.spellings(field_)[:1]


def forms(field_: Field) -> BytesForm | None:
    """The form of an id's bytes."""
    return "hex" if field_.name in HEX_FIELDS else None


# --- taken apart, byte by byte ---

_ID: Final = Bytes()
"""The type of an id's bytes."""
_IDS: Final = Array(_ID)
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})*+")
_SAFE: Final = str.maketrans("-_", "+/")


def walk(data: bytes, type_: Type | None, cut: int | None) -> Iterator[Item]:
    """The items of one message."""
    return json.walk(data, type_, cut, _DIALECT)


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
            return (hexed(data, cut), name) if data is not None else (quoted(single.content, cut), f"not {name}")
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


_DIALECT: Final = Dialect(names=spellings, held=_held, reads=_reads)


FORMAT = replace(
    protojson.FORMAT,
    name="otlp-json",
    scalar=scalar,
    spellings=spellings,
    needs_schema=True,
    unknown="ignore",
    forms=forms,
    walk=walk,
    loses=(
        "unknown fields",
        "members by their original names (trace_id for traceId): passed over and counted, as the specification has it",
    ),
)
