"""CBOR (RFC 8949).

Loses: the lengths in which numbers and strings came, since what is written is deterministic. Instants are text with tag
0, dates text with tag 1004, decimals tag 4, UUIDs tag 37; times of day, local timestamps and durations are text.

Taken apart: value by value, with the tags in front of it; a schema adds the names of types. A map's key stands at the
front of its value.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from native.binding import C
from schemas.model import BigDecimal, Date, Decimal, Float, Timestamp, Type, Uuid
from translator.formats.base import ALL_LANGUAGES, PLAIN, Format, WireForm, by_name
from translator.formats.common import calendar_checks
from translator.formats.walking import text, typed
from translator.formats.walking.walk import MAX_DEPTH, Item, Stretch, Walk
from translator.policies import Policies

_TAGGED = WireForm(extension=True)
_EXACT = WireForm(exact=True)
SELF_DESCRIBED: Final = b"\xd9\xd9\xf7"
"""Tag 55799, by which files of CBOR can be told."""


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    tagged = isinstance(type_, (Date, Decimal, BigDecimal, Uuid)) or (isinstance(type_, Timestamp) and not type_.local)
    if isinstance(type_, Float) and policies.rounding == "refuse":
        return _EXACT
    return _TAGGED if tagged else PLAIN


def encode_key(name: str) -> bytes:
    """A member's name as text, header included."""
    data = name.encode()
    return _head_of(3, len(data)) + data


def _head_of(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    width = next(width for width in (0, 1, 2, 3) if argument >> (8 << width) == 0)
    return bytes([major << 5 | 24 + width]) + argument.to_bytes(1 << width, "big")


# --- taken apart, byte by byte ---

_BREAK: Final = 0xFF
_OPEN: Final = 31
_KINDS: Final = ("int", "int", "bytes", "string", "list", "map", "tag")
_SIMPLE: Final = {20: ("bool", "false"), 21: ("bool", "true"), 22: ("null", "null"), 23: ("null", "undefined")}


class _Head(NamedTuple):
    kind: str
    major: int
    info: int
    argument: int
    note: str


def walk(data: bytes, type_: Type | None, cut: int | None) -> Iterator[Item]:
    """The items of one message."""
    place = Walk(data, cut)
    return place.run(_message(place, type_))


def _message(w: Walk, type_: Type | None) -> Stretch:
    yield _value(w, type_, "", 0, "")
    w.finish()


def _first(w: Walk) -> tuple[int, int, int]:
    """Major type, what follows it in its byte, and the argument. TAG, TRUNCATED (B65)."""
    start = w.at
    byte = w.take(1)[0]
    major, info = byte >> 5, byte & 31
    if info < 24:
        return major, info, info
    if info > 27:
        if info != _OPEN or major in (0, 1, 6):
            w.refuse("TAG", start)
        return major, info, 0
    argument = int.from_bytes(w.take(1 << info - 24), "big")
    if byte == 0xF8 and argument < 32:
        w.refuse("TAG", start)
    return major, info, argument


def _head(w: Walk) -> _Head:
    """The tags at w.at and the head of the value after them. DEPTH, SYNTAX, TAG, TRUNCATED (B58, B61, B62)."""
    tags: list[str] = []
    while True:
        start = w.at
        major, info, argument = _first(w)
        if major != 6:
            break
        if len(tags) >= MAX_DEPTH:
            w.refuse("DEPTH", start)
        tags.append(str(argument))
    if start < w.end and w.data[start] == _BREAK:
        w.refuse("SYNTAX", start)
    if major in (2, 3, 4, 5) and argument * (2 if major == 5 else 1) > w.end - w.at:
        w.refuse("TRUNCATED", w.end)
    kind = _KINDS[major] if major < 7 else _SIMPLE.get(info, ("float" if 25 <= info <= 27 else "simple", ""))[0]
    return _Head(kind, major, info, argument, f"tag {', '.join(tags)}" if tags else "")


def _more(w: Walk, head: _Head, index: int) -> bool:
    """Whether another item of an open list or map, or one that was announced, is to come."""
    if head.info != _OPEN:
        return index < head.argument
    if w.at < w.end and w.data[w.at] == _BREAK:
        w.take(1)
        return False
    return True


def _value(w: Walk, type_: Type | None, path: str, start: int, note: str) -> Stretch:
    """The value at w.at; what belongs to it began at `start`."""
    w.path = path
    head = _head(w)
    notes = [head.note, note]
    if head.major not in (4, 5):
        value, more = _single(w, head)
        yield w.leaf(start, path, typed.kind(type_, head.kind), value, "; ".join(filter(None, [more, *notes])))
        return
    counted = "" if head.info == _OPEN else text.counted(head.argument, "item" if head.major == 4 else "entry")
    opened = "indefinite length" if head.info == _OPEN else ""
    yield w.open(start, path, typed.kind(type_, head.kind), counted, "; ".join(filter(None, [opened, *notes])))
    index = 0
    while _more(w, head, index):
        if head.major == 4:
            yield _value(w, typed.item_of(type_), f"{path}[{index}]", w.at, "")
        else:
            yield _member(w, type_, path, index)
        index += 1
    w.close()


def _member(w: Walk, type_: Type | None, path: str, index: int) -> Stretch:
    start = w.at
    w.path = path
    head = _head(w)
    if head.major in (4, 5):  # B60: no key to most readers, but the bytes can be followed
        w.at = start
        yield _value(w, None, f"{path}[key {index}]", start, "a key that is a list or map")
        yield _value(w, None, f"{path}[{index}]", w.at, "")
        return
    key = _joined(w, head).decode("utf-8", "backslashreplace") if head.kind == "string" else _single(w, head)[0]
    of, own, note = typed.member_of(w, type_, path, key, text=head.kind == "string")
    yield _value(w, of, own, start, note)


def _joined(w: Walk, head: _Head) -> bytes:
    """The bytes of text or of a byte string, its chunks one after another. SYNTAX: a chunk of another kind (B61)."""
    if head.info != _OPEN:
        return w.take(head.argument)
    parts: list[bytes] = []
    while True:
        start = w.at
        major, info, argument = _first(w)
        if w.data[start] == _BREAK:
            return b"".join(parts)
        if major != head.major or info == _OPEN:
            w.refuse("SYNTAX", start)
        parts.append(w.take(argument))


def _single(w: Walk, head: _Head) -> tuple[str, str]:
    """A value's text, and a note."""
    match head.kind:
        case "int":
            return str(-1 - head.argument if head.major else head.argument), ""
        case "string":
            return text.text_or_bytes(_joined(w, head), w.cut)
        case "bytes":
            return text.hexed(_joined(w, head), w.cut), ""
        case "float":
            width = 1 << head.info - 24
            code = {2: ">e", 4: ">f", 8: ">d"}[width]
            value: float = struct.unpack(code, head.argument.to_bytes(width, "big"))[0]
            return text.float64(value), f"float{width * 8}" if width < 8 else ""
        case "simple":
            return str(head.argument), "a simple value without a meaning"
    return _SIMPLE[head.info][1], ""


def likely(message: bytes) -> int:
    """By the tag that says so; or a map whose first key is text."""
    if message.startswith(SELF_DESCRIBED):
        return 4
    is_map = message[:1] > b"\xa0" and message[:1] <= b"\xbf"
    return 3 if is_map and b"\x60" <= message[1:2] < b"\x7c" else 1


FORMAT = Format(
    name="cbor",
    core=C.H9_FORMAT_CBOR,
    has_bytes=True,
    has_tags=True,
    languages=ALL_LANGUAGES,
    scalar=scalar,
    checks=calendar_checks,
    spellings=by_name,
    self_describing=True,
    encode_key=encode_key,
    sorts_keys=True,
    container="cbor-seq",
    suffixes={".cbor": "lone", ".cborseq": "cbor-seq", ".cbors": "cbor-seq"},
    walk=walk,
    likely=likely,
    built_in="jsonschema",
    samples=True,
    loses=(
        "in which of its forms a number, length or string came, and in which order a map's entries: what is written is"
        " deterministic",
        "which of two branches of one kind a union value came from: such unions don't compile (policy unions=first)",
    ),
)
