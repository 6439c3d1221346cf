"""MessagePack.

Loses: nothing that its schema types. Timestamps are extension -1 (S29) and read from text too; decimals, UUIDs, dates,
times and local timestamps are text; union branches of one kind can't be told apart (S19).

Taken apart: value by value; a schema adds the names of types. A map's key stands at the front of its value.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from native.binding import C
from schemas.model import Float, Timestamp, Type
from translator.formats.base import ALL_LANGUAGES, PLAIN, Check, Format, Seconds, WireForm, by_name
from translator.formats.common import calendar_checks
from translator.formats.walking import text, typed
from translator.formats.walking.walk import Item, Stretch, Walk
from translator.policies import Policies

INSTANTS = Seconds(-(1 << 63), (1 << 63) - 1)
"""The seconds of a timestamp's extension."""


_EXTENSION = WireForm(extension=True)
_EXACT = WireForm(exact=True)


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    return _EXTENSION if isinstance(type_, Timestamp) and not type_.local else python_scalar(type_, policies)


def python_scalar(type_: Type, policies: Policies) -> WireForm | None:
    """Times as text, since a Python datetime doesn't hold their nanoseconds."""
    return _EXACT if isinstance(type_, Float) and policies.rounding == "refuse" else PLAIN


def checks(type_: Type, policies: Policies) -> list[Check]:
    """A date or local timestamp is text, so its year has four digits; an instant isn't."""
    if not isinstance(type_, Timestamp) or type_.local:
        return calendar_checks(type_, policies)
    return [] if type_.unit == "ns" else [INSTANTS]


def encode_key(name: str) -> bytes:
    """A member's name as a MessagePack string, header included."""
    text = name.encode()
    if len(text) < 32:
        return bytes([0xA0 | len(text)]) + text
    if len(text) < 256:
        return bytes([0xD9, len(text)]) + text
    return b"\xda" + len(text).to_bytes(2, "big") + text


# --- taken apart, byte by byte ---

_NEVER: Final = 0xC1
_WIDTHS: Final = dict(zip(range(0xC0, 0xE0), (
    0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4
), strict=True))  # fmt: skip
"""Bytes of length, count or number after each first byte from 0xC0 to 0xDF."""
_KINDS: Final = (
    ["null", "", "bool", "bool"] + 3 * ["bytes"] + 3 * ["extension"] + 2 * ["float"] + 8 * ["int"]
    + 5 * ["extension"] + 3 * ["string"] + 2 * ["list"] + 2 * ["map"]
)  # fmt: skip


def walk(data: bytes, type_: Type | None, cut: int | None) -> Iterator[Item]:
    """The items of one message."""
    place = Walk(data, cut)
    return place.run(_message(place, type_))


def _message(w: Walk, type_: Type | None) -> Stretch:
    yield _value(w, type_, "", 0, "")
    w.finish()


def _head(w: Walk) -> tuple[str, int, int]:
    """Kind, first byte, and the length or count that it and what follows say. TAG, TRUNCATED (B57, B58)."""
    start = w.at
    first = w.take(1)[0]
    if first == _NEVER:
        w.refuse("TAG", start)
    if first < 0x80 or first >= 0xE0:
        return "int", first, 0
    if first < 0xC0:
        kind, count = ("map", first & 15) if first < 0x90 else ("list", first & 15)
        kind, count = ("string", first & 31) if first >= 0xA0 else (kind, count)
        return kind, first, _possible(w, kind, count)
    kind = _KINDS[first - 0xC0]
    if kind in ("null", "bool", "int", "float"):
        return kind, first, 0
    width = _WIDTHS[first]
    count = int.from_bytes(w.take(width), "big") if width else 1 << (first - 0xD4)
    return kind, first, _possible(w, kind, count)


def _possible(w: Walk, kind: str, count: int) -> int:
    """The count, if what is left can hold that many."""
    need = 2 * count if kind == "map" else count + (kind == "extension")
    if need > w.end - w.at:
        w.refuse("TRUNCATED", w.end)
    return count


def _value(w: Walk, type_: Type | None, path: str, start: int, note: str) -> Stretch:
    """The value at w.at; what belongs to it began at `start`."""
    w.path = path
    kind, first, count = _head(w)
    if kind == "list":
        yield w.open(start, path, typed.kind(type_, kind), text.counted(count, "item"), note)
        for index in range(count):
            yield _value(w, typed.item_of(type_), f"{path}[{index}]", w.at, "")
        w.close()
    elif kind == "map":
        yield w.open(start, path, typed.kind(type_, kind), text.counted(count, "entry"), note)
        for index in range(count):
            yield _member(w, type_, path, index)
        w.close()
    else:
        value, more = _single(w, kind, first, count)
        yield w.leaf(start, path, typed.kind(type_, kind), value, "; ".join(each for each in (more, note) if each))


def _member(w: Walk, type_: Type | None, path: str, index: int) -> Stretch:
    start = w.at
    w.path = path
    kind, first, count = _head(w)
    if kind in ("list", "map"):  # B60: no key to most readers, but the bytes can be followed
        w.at = start
        yield _value(w, None, f"{path}[key {index}]", start, "a key that is a list or map")
        yield _value(w, None, f"{path}[{index}]", w.at, "")
        return
    key = w.take(count).decode("utf-8", "backslashreplace") if kind == "string" else _single(w, kind, first, count)[0]
    of, own, note = typed.member_of(w, type_, path, key, text=kind == "string")
    yield _value(w, of, own, start, note)


def _single(w: Walk, kind: str, first: int, count: int) -> tuple[str, str]:
    """A value's text, and a note."""
    match kind:
        case "null":
            return "null", ""
        case "bool":
            return ("true" if first == 0xC3 else "false"), ""
        case "int":
            return _int(w, first), ""
        case "float":
            data = w.take(_WIDTHS[first])[::-1]
            return (text.float32(data), "float32") if len(data) == 4 else (text.float64(_double(data)), "")
        case "string":
            return text.text_or_bytes(w.take(count), w.cut)
        case "bytes":
            return text.hexed(w.take(count), w.cut), ""
    number = int.from_bytes(w.take(1), "big", signed=True)
    data = w.take(count)
    return (_timestamp(data) if number == -1 else "") or text.hexed(data, w.cut), f"extension {number}"


def _double(data: bytes) -> float:
    value: float = struct.unpack("<d", data)[0]
    return value


def _int(w: Walk, first: int) -> str:
    if first < 0x80 or first >= 0xE0:
        return str(first if first < 0x80 else first - 256)
    return str(int.from_bytes(w.take(_WIDTHS[first]), "big", signed=first >= 0xD0))


def _timestamp(data: bytes) -> str:
    """An instant in its forms of 4, 8 and 12 bytes (S29); "" where it is not one (B59)."""
    whole = int.from_bytes(data, "big")
    if len(data) == 4:
        return text.instant(whole, 0)
    if len(data) == 8:
        return text.instant(whole & (1 << 34) - 1, whole >> 34)
    if len(data) == 12:
        return text.instant(int.from_bytes(data[4:], "big", signed=True), int.from_bytes(data[:4], "big"))
    return ""


def likely(message: bytes) -> int:
    """What isn't a small number begins with a byte from 0x80 on."""
    return 2 if message[:1] >= b"\x80" else 1


FORMAT = Format(
    name="msgpack",
    core=C.H9_FORMAT_MSGPACK,
    has_bytes=True,
    languages=ALL_LANGUAGES,
    scalar=scalar,
    checks=checks,
    spellings=by_name,
    self_describing=True,
    encode_key=encode_key,
    container="msgpack-stream",
    suffixes={".msgpack": "msgpack-stream", ".mpk": "msgpack-stream"},
    walk=walk,
    likely=likely,
    built_in="jsonschema",
    samples=True,
    loses=(
        "which of two branches of one kind a union value came from: such unions don't compile (policy unions=first)",
    ),
)

PYTHON = replace(FORMAT, scalar=python_scalar, checks=calendar_checks, tells_branches=False)
"""The dialect in which messages become Python objects, and Python objects messages."""
