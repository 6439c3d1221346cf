"""JSON, value by value (RFC 8259); a schema adds the names of types. A member begins at its key.

What lies between items is white space, commas, and the brackets of what holds them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from schemas.model import Type
from translator.inspecting import text, typed
from translator.inspecting.base import Item, Step, Walk

_SPACE: Final = re.compile(rb"[ \t\n\r]*+")
_STRING: Final = re.compile(rb'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_NUMBER: Final = re.compile(rb"-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+")
_CUT_NUMBER: Final = re.compile(rb"-?+[0-9]*+\.?+[0-9]*+(?:[eE][+-]?+[0-9]*+)?+")
_CUT_ESCAPE: Final = re.compile(rb"\\(?:u[0-9a-fA-F]{0,3})?+")
_LITERALS: Final = {b"n": (b"null", "null"), b"t": (b"true", "bool"), b"f": (b"false", "bool")}


def walk(data: bytes, type_: Type | None, cut: int | None) -> Iterator[Item]:
    """The items of one message."""
    place = Walk(data, cut)
    return place.run(_message(place, type_))


def _message(w: Walk, type_: Type | None) -> Step:
    _space(w)
    yield _value(w, type_, "", w.at, "")
    _space(w)
    w.finish()


def _space(w: Walk) -> bytes:
    """Passes over white space. The byte behind it; none at the end."""
    w.at = _SPACE.match(w.data, w.at).end()  # type: ignore[union-attr]
    return w.data[w.at : w.at + 1]


def _expect(w: Walk, wanted: bytes) -> None:
    if _space(w) != wanted:
        _unexpected(w)
    w.at += 1


def _unexpected(w: Walk) -> None:
    w.refuse("SYNTAX" if w.at < w.end else "TRUNCATED")


def _value(w: Walk, type_: Type | None, path: str, start: int, note: str) -> Step:
    """The value at w.at, which is no white space; what belongs to it began at `start`."""
    w.path = path
    first = w.data[w.at : w.at + 1]
    if first == b"{":
        w.at += 1
        yield w.open(start, path, typed.kind(type_, "map"), note=note)
        yield _members(w, type_, path)
        w.close()
    elif first == b"[":
        w.at += 1
        yield w.open(start, path, typed.kind(type_, "list"), note=note)
        yield _items(w, type_, path)
        w.close()
    else:
        kind, value, more = _single(w, first)
        yield w.leaf(start, path, typed.kind(type_, kind), value, "; ".join(each for each in (more, note) if each))


def _items(w: Walk, type_: Type | None, path: str) -> Step:
    index, item = 0, typed.item_of(type_)
    if _space(w) != b"]":
        while True:
            _space(w)
            yield _value(w, item, f"{path}[{index}]", w.at, "")
            w.path = path
            if _space(w) != b",":
                break
            w.at += 1
            index += 1
    _expect(w, b"]")


def _members(w: Walk, type_: Type | None, path: str) -> Step:
    if _space(w) != b"}":
        while True:
            if _space(w) != b'"':
                _unexpected(w)
            start = w.at
            key = _text(_string(w))[0]
            _expect(w, b":")
            _space(w)
            of, own, note = typed.member_of(w, type_, path, key)
            yield _value(w, of, own, start, note)
            w.path = path
            if _space(w) != b",":
                break
            w.at += 1
    _expect(w, b"}")


# --- single values ---


def _single(w: Walk, first: bytes) -> tuple[str, str, str]:
    """Kind, text and note."""
    if first == b'"':
        found, note = _text(_string(w))
        return "string", text.quoted(found, w.cut), note
    if first in _LITERALS:
        word, kind = _LITERALS[first]
        _literal(w, word)
        return kind, word.decode(), ""
    if first and first in b"-0123456789":
        return "number", _number(w), ""
    _unexpected(w)
    raise AssertionError


def _literal(w: Walk, word: bytes) -> None:
    for byte in word:
        if w.data[w.at : w.at + 1] != bytes([byte]):
            _unexpected(w)
        w.at += 1


def _number(w: Walk) -> str:
    """As it stands there. NUMBER at its first byte, TRUNCATED where it may go on."""
    start, found = w.at, _NUMBER.match(w.data, w.at)
    longest = _CUT_NUMBER.match(w.data, w.at)
    assert longest is not None
    if found is None or longest.end() > found.end():
        if longest.end() == w.end:
            w.refuse("TRUNCATED", w.end)
        w.refuse("NUMBER", start)
    w.at = found.end()
    digits = found[0].decode()
    return digits if w.cut is None or len(digits) <= w.cut else f"{digits[: w.cut]}…"


def _string(w: Walk) -> bytes:
    """As it stands there, with its quotes. ESCAPE, SYNTAX (a control character), TRUNCATED."""
    start, found = w.at, _STRING.match(w.data, w.at)
    assert found is not None
    w.at = found.end()
    stop = w.data[w.at : w.at + 1]
    if stop == b"\\":
        cut = _CUT_ESCAPE.match(w.data, w.at)
        w.refuse("TRUNCATED", w.end) if cut and cut.end() == w.end else w.refuse("ESCAPE")
    if stop != b'"':
        _unexpected(w)
    w.at += 1
    return w.data[start : w.at]


def _text(string: bytes) -> tuple[str, str]:
    """What the string says, and a note where it isn't valid."""
    try:
        text_, note = string.decode(), ""
    except UnicodeDecodeError:
        text_, note = string.decode("utf-8", "surrogateescape"), "not UTF-8"
    found: str = json.loads(text_)
    alone = not note and any("\ud800" <= each <= "\udfff" for each in found)
    return found, "a surrogate without its pair" if alone else note
