"""Protobuf's wire without a schema, like `protoc --decode_raw`: field numbers, wire types, and likely readings.

Bytes with a length are shown as text where they are printable UTF-8, as a message where they have a message's
structure, else as bytes. Where several readings are likely the others stand in the note: nothing here is certain.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from native.errors import DataError
from translator.formats.walking import text
from translator.formats.walking.walk import Stretch, Walk, member

VARINT, BIT64, LENGTH, START, END, BIT32 = range(6)
NESTED: Final = 100
"""Levels of bytes that are taken for messages."""


class Tag(NamedTuple):
    """A field's beginning. `offset`: of its first byte."""

    offset: int
    number: int
    wire: int


def read_tag(w: Walk, group: int | None) -> Tag:
    """The tag at w.at; an end tag must be the group's. TAG, GROUP, TRUNCATED (B42, B44, B45)."""
    start, raw = w.at, 0
    for shift in range(0, 35, 7):
        byte = w.take(1)[0]
        raw |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    else:
        w.refuse("TAG", start)
    number, wire = raw >> 3, raw & 7
    if not 0 < number < 1 << 29 or wire > BIT32:
        w.refuse("TAG", start)
    if wire == END and number != group:
        w.refuse("GROUP", start)
    return Tag(start, number, wire)


def span(w: Walk) -> bytes:
    """As many bytes as the length before them says. TRUNCATED (B6)."""
    return w.take(w.varint(strict=False))


def narrow(w: Walk) -> int:
    """Reads a length: what follows ends there. Gives the end that was before."""
    size, around = w.varint(strict=False), w.end
    if size > w.end - w.at:
        w.refuse("TRUNCATED", w.end)
    w.end = w.at + size
    return around


def signed(raw: int) -> int:
    """64 bits as two's complement."""
    return raw - (1 << 64) if raw >> 63 else raw


# --- messages ---


def message(w: Walk) -> Stretch:
    """All of w as one message."""
    yield w.open(0, "", "message")
    yield fields(w, "", None, 0)
    w.close()


def fields(w: Walk, path: str, group: int | None, nested: int) -> Stretch:
    """Fields up to w.end or, in a group, up to its end tag."""
    while w.at < w.end:
        w.path = path
        tag = read_tag(w, group)
        if tag.wire == END:
            yield w.leaf(tag.offset, path, "end")
            return
        yield field(w, tag, path, "", nested=nested)
    if group is not None:
        w.refuse("TRUNCATED", w.end)


def field(w: Walk, tag: Tag, outer: str, note: str, *, named: bool = False, nested: int = 0) -> Stretch:
    """The field whose tag was just read. `named`: `outer` is already its own path."""
    path = w.path = outer if named else member(outer, str(tag.number))
    if tag.wire == START:
        yield w.open(tag.offset, path, "group", note=note)
        yield fields(w, path, tag.number, nested)
        w.close()
    elif tag.wire == LENGTH:
        yield _sized(w, tag, path, note, nested)
    else:
        kind, value, more = _number(w, tag.wire)
        yield w.leaf(tag.offset, path, kind, value, _joined(more, note))


def _joined(*notes: str) -> str:
    return "; ".join(each for each in notes if each)


def _number(w: Walk, wire: int) -> tuple[str, str, str]:
    """Kind, value and other readings."""
    if wire == VARINT:
        raw = w.varint(strict=False)
        readings = [f"int64 {signed(raw)}"] if raw >> 63 else []
        readings += [f"zigzag {(raw >> 1) ^ -(raw & 1)}"] if raw else []
        return "varint", str(raw), ", ".join(readings)
    size = 4 if wire == BIT32 else 8
    data = w.take(size)
    value, negative = int.from_bytes(data, "little"), int.from_bytes(data, "little", signed=True)
    real = text.float32(data) if size == 4 else text.float64(struct.unpack("<d", data)[0])
    readings = [f"float{8 * size} {real}"] + ([f"int{8 * size} {negative}"] if negative < 0 else [])
    return f"fixed{8 * size}", str(value), ", ".join(readings)


def _sized(w: Walk, tag: Tag, path: str, note: str, nested: int) -> Stretch:
    around = narrow(w)
    content = w.data[w.at : w.end]
    printed = printable(content)
    if content and nested < NESTED and is_message(content) and not (printed and _plain(content)):
        also = f"as text {text.quoted(printed, 40)}" if printed else ""
        yield w.open(tag.offset, path, "message", note=_joined(also, note))
        yield fields(w, path, None, nested + 1)
        w.close()
    else:
        w.at = w.end
        kind = "bytes" if printed is None else "string"
        value = text.hexed(content, w.cut) if printed is None else text.quoted(printed, w.cut)
        yield w.leaf(tag.offset, path, kind, value, _joined(_others(content, printed), note))
    w.end = around


def _others(content: bytes, printed: str | None) -> str:
    """How else the bytes could be read."""
    if printed is not None:
        return "has a message's structure too" if content and is_message(content) else ""
    numbers = packed(content)
    return f"packed varints {', '.join(map(str, numbers))}" if numbers else ""


# --- guesses ---


def printable(content: bytes) -> str | None:
    """The text that it is, if that has nothing but what prints, and white space."""
    try:
        found = content.decode()
    except UnicodeDecodeError:
        return None
    return found if found.translate(_SPACE).isprintable() else None


_SPACE: Final = {ord(each): " " for each in "\t\n\r"}


def _plain(content: bytes) -> bool:
    """Text that has no control characters at all: rather that than a message."""
    return not any(byte < 0x20 for byte in content)


def packed(content: bytes, most: int = 8) -> list[int]:
    """The numbers, if it is a few varints."""
    w, found = Walk(content), list[int]()
    try:
        while w.at < w.end and len(found) <= most:
            found.append(w.varint())
    except DataError:
        return []
    return found if 1 < len(found) <= most else []


def is_message(content: bytes) -> bool:
    """Whether it has a message's structure; what is inside of its fields is not looked at."""
    try:
        for _ in _tags(Walk(content)):
            pass
    except DataError:
        return False
    return True


def glance(data: bytes, at: int, end: int) -> list[tuple[int, int, int | bytes]]:
    """Number, wire type and value of the fields in data[at:end], as far as they can be read; groups are left out."""
    w, found = Walk(data), list[tuple[int, int, int | bytes]]()
    w.at, w.end = at, end
    try:
        found.extend((tag.number, tag.wire, value) for tag, value in _tags(w) if value is not None)
    except DataError:
        return found
    return found


def _tags(w: Walk) -> Iterator[tuple[Tag, int | bytes | None]]:
    """All fields, in groups too; whatever nests there is kept on a list."""
    groups: list[int] = []
    while w.at < w.end:
        tag = read_tag(w, groups[-1] if groups else None)
        value: int | bytes | None = None
        if tag.wire == END:
            groups.pop()
        elif tag.wire == START:
            groups.append(tag.number)
        elif tag.wire == VARINT:
            value = w.varint(strict=False)
        elif tag.wire == LENGTH:
            value = span(w)
        else:
            value = int.from_bytes(w.take(4 if tag.wire == BIT32 else 8), "little")
        yield tag, value if not groups else None
    if groups:
        w.refuse("TRUNCATED", w.end)
