"""Avro's JSON encoding (1.12), by an Avro schema.

A union's value is null, or an object whose one member is called as the branch is, by its full name (S19); bytes, fixed
and what stands in them (decimals, a UUID in a fixed, durations) are text of code points 0 to 255 (S8, S26); dates and
times are their counts. Every field is always there (S13): one that is absent is refused when it is wanted, default or
not, and so is a member that the schema doesn't name.

Loses: what Avro loses. NaN and infinity have no form in the specification: refused, or by policy quoted, as Avro's own
Java library has them (S4).

Taken apart: by an Avro schema; without one it is shown as the JSON that it is. Values are shown as in Avro's binary
encoding: bytes, which are text of code points 0 to 255, as hexadecimal digits; a decimal, date or time as what it
stands for. The object around a union's value belongs to the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from native.binding import C
from schemas.avro import branch_name
from schemas.model import (
    BigDecimal,
    Bytes,
    Date,
    Decimal,
    Enum,
    Fixed,
    Float,
    Null,
    Period,
    Time,
    Timestamp,
    Type,
    Union,
    Uuid,
)
from translator.formats import avro, json
from translator.formats.base import PLAIN, Check, Finite, Format, WireForm, by_name
from translator.formats.json import Dialect, Single, encode_key
from translator.formats.walking import logical
from translator.formats.walking.text import quoted, whole
from translator.formats.walking.walk import Item
from translator.policies import Policies


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    if avro.scalar(type_, policies) is None:
        return None
    match type_:
        case Float():
            return WireForm(point=True, quoted=policies.nan == "quote", exact=policies.rounding == "refuse")
        case Bytes() | Fixed() | Period() | Decimal() | BigDecimal() | Uuid(form="bytes"):
            return WireForm(codepoints=True)
        case Date() | Time() | Timestamp():
            return WireForm(number=True)
        case _:
            return PLAIN


def checks(type_: Type, policies: Policies) -> list[Check]:
    """As Avro's, and that a float is finite."""
    if isinstance(type_, Float):
        return [] if policies.nan == "quote" else [Finite()]
    return avro.checks(type_, policies)


# --- taken apart, byte by byte ---


def walk(data: bytes, type_: Type | None, cut: int | None) -> Iterator[Item]:
    """The items of one message."""
    return json.walk(data, type_, cut, _DIALECT)


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
        return (quoted(single.content, cut), "a character over U+00FF is not a byte") if taken else None


# by their names alone: aliases are a reader's (S31)
_DIALECT: Final = Dialect(names=by_name, reads=_reads, branches=_branches)


FORMAT = Format(
    name="avro-json",
    core=C.H9_FORMAT_JSON,
    languages=frozenset({"avro"}),
    scalar=scalar,
    checks=checks,
    spellings=by_name,
    self_describing=True,
    needs_schema=True,
    tells_branches=False,
    names_branches=True,
    unknown="refuse",
    encode_key=encode_key,
    container="ndjson",
    text=True,
    walk=walk,
    loses=("NaN and infinity: refused (policy nan=quote)", *avro.FORMAT.loses),
)
