"""Plain JSON (RFC 8259).

Loses: nothing that its schema types. NaN and infinity have no form (refused, or by policy null or quoted, S4);
bytes are base64 text (policy: base64url, hex, code points, S8); decimals, UUIDs, dates and times are text (S23, S26);
union branches of one kind can't be told apart (S19); map keys are text (S22).

Taken apart: value by value; a schema adds the names of types. A member begins at its key. What lies between items is
white space, commas, and the brackets of what holds them. A dialect may find fields by other names, read a value by
its type, and have a union's value in an object that names the branch: that object belongs to the value, as the
branch's number does in Avro's binary encoding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from native.binding import C
from schemas.model import Any, Enum, Field, Float, Null, Type, Union
from translator.formats.base import ALL_LANGUAGES, PLAIN, Check, Finite, Format, WireForm, by_name
from translator.formats.common import calendar_checks
from translator.formats.walking import text, typed
from translator.formats.walking.walk import Item, Stretch, Walk
from translator.policies import Policies


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    null, quoted = policies.nan == "null", policies.nan == "quote"
    match type_:
        case Float():
            return WireForm(point=True, null_not_finite=null, quoted=quoted, exact=policies.rounding == "refuse")
        case Any():
            return WireForm(null_not_finite=null, quoted=quoted, bytes=policies.bytes)
        case Enum():
            return WireForm(lax=type_.open)  # a number without a name is written, so it is read (S17)
        case _:
            return PLAIN if policies.bytes == "base64" else WireForm(bytes=policies.bytes)


def checks(type_: Type, policies: Policies) -> list[Check]:
    match type_:
        case Float() if policies.nan == "refuse":
            return [Finite()]
        case _:
            return calendar_checks(type_, policies)


def encode_key(name: str) -> bytes:
    """A member's name as it stands in JSON, quotes included."""
    return json.dumps(name, ensure_ascii=False).encode()


# --- taken apart, byte by byte ---

_SPACE: Final = re.compile(rb"[ \t\n\r]*+")
_STRING: Final = re.compile(rb'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_NUMBER: Final = re.compile(rb"-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+")
_CUT_NUMBER: Final = re.compile(rb"-?+[0-9]*+\.?+[0-9]*+(?:[eE][+-]?+[0-9]*+)?+")
_CUT_ESCAPE: Final = re.compile(rb"\\(?:u[0-9a-fA-F]{0,3})?+")
_LITERALS: Final = {b"n": (b"null", "null"), b"t": (b"true", "bool"), b"f": (b"false", "bool")}


@dataclass(frozen=True)
class Single:
    """A value that holds no others: its `kind` by its bytes, and its `content`: what a string says, else the word or
    number as it stands there."""

    kind: str
    content: str
    note: str = ""


@dataclass(frozen=True)
class Dialect:
    """Where a dialect isn't plain JSON.

    `names`: what a field is found by. `held`: the type of what a field holds. `reads`: a value of that type as text,
    with a note; None: it is shown as it stands there. `branches`: the branches of a union by their names, where its
    value comes in an object that names one.
    """

    names: Callable[[Field], Sequence[str]] = typed.every_name
    held: Callable[[Field], Type] = typed.own_type
    reads: Callable[[Type, Single, int | None], tuple[str, str] | None] = lambda type_, single, cut: None
    branches: Callable[[Union], dict[str, Type]] | None = None


class JsonWalk(Walk):
    """A place in a message of a dialect."""

    def __init__(self, data: bytes, cut: int | None, dialect: Dialect) -> None:
        super().__init__(data, cut)
        self.dialect = dialect


def walk(data: bytes, type_: Type | None, cut: int | None, dialect: Dialect = Dialect()) -> Iterator[Item]:
    """The items of one message."""
    place = JsonWalk(data, cut, dialect)
    return place.run(_message(place, type_))


def _message(w: JsonWalk, type_: Type | None) -> Stretch:
    _space(w)
    yield _value(w, type_, "", w.at, "")
    _space(w)
    w.finish()


def _space(w: Walk) -> bytes:
    """Passes over white space. The byte after it; b"" at the end."""
    w.at = _SPACE.match(w.data, w.at).end()  # type: ignore[union-attr]
    return w.data[w.at : w.at + 1]


def _expect(w: Walk, wanted: bytes) -> None:
    if _space(w) != wanted:
        _unexpected(w)
    w.at += 1


def _unexpected(w: Walk) -> None:
    w.refuse("SYNTAX" if w.at < w.end else "TRUNCATED")


def _value(w: JsonWalk, type_: Type | None, path: str, start: int, note: str, *, wrapped: bool = False) -> Stretch:
    """The value at w.at, past any white space; what belongs to it began at `start`. `wrapped`: the object that
    names its branch ends after it."""
    w.path = path
    first = w.data[w.at : w.at + 1]
    if w.dialect.branches and isinstance(type_, Union):
        yield _branch(w, type_, path, start, note)
    elif first in (b"{", b"["):
        w.at += 1
        yield w.open(start, path, typed.kind(type_, "map" if first == b"{" else "list"), note=note)
        yield _members(w, type_, path) if first == b"{" else _items(w, type_, path)
        if wrapped:
            _unwrap(w)
        w.close()
    else:
        item = _leaf(w, type_, start, note, _single(w, first))
        yield item
        if wrapped:
            _unwrap(w)
            item.size = w.at - start


def _leaf(w: JsonWalk, type_: Type | None, start: int, note: str, single: Single) -> Item:
    """As the dialect reads it, else as it stands there."""
    found = typed.inside(type_)
    shown, more = (found and w.dialect.reads(found, single, w.cut)) or (_as_it_stands(single, w.cut), "")
    notes = "; ".join(each for each in (single.note, more, note) if each)
    return w.leaf(start, w.path, typed.kind(type_, single.kind), shown, notes)


def _as_it_stands(single: Single, cut: int | None) -> str:
    if single.kind == "string":
        return text.quoted(single.content, cut)
    return single.content if cut is None or len(single.content) <= cut else f"{single.content[:cut]}…"


# --- a union's value in an object that names its branch (S19) ---


def _branch(w: JsonWalk, type_: Union, path: str, start: int, note: str) -> Stretch:
    """null, or `{"name": value}`; what is neither is followed as what it is."""
    at, name = w.at, _name(w)
    branch = _branches(w, type_).get(name) if name is not None else None
    if branch is None:
        w.at = at
        more = "" if w.data[at : at + 4] == b"null" and _nulls(type_) else "no branch of the union"
        yield _value(w, None, path, start, ", ".join(each for each in (more, note) if each))
    else:
        _expect(w, b":")
        _space(w)
        yield _value(w, branch, path, start, ", ".join(each for each in (f"branch {name}", note) if each), wrapped=True)


def _nulls(type_: Union) -> bool:
    return any(isinstance(each, Null) for each in type_.branches)


def _name(w: JsonWalk) -> str | None:
    """The first key of an object, if there is one."""
    if w.data[w.at : w.at + 1] != b"{":
        return None
    w.at += 1
    return _text(_string(w))[0] if _space(w) == b'"' else None


def _branches(w: JsonWalk, type_: Union) -> dict[str, Type]:
    assert w.dialect.branches is not None
    if type_ not in w.memo:
        w.memo[type_] = w.dialect.branches(type_)
    found: dict[str, Type] = w.memo[type_]
    return found


def _unwrap(w: JsonWalk) -> None:
    """The end of the object around a branch. BRANCH: it has a second member."""
    if _space(w) == b",":
        w.refuse("BRANCH")
    _expect(w, b"}")


# --- what holds others ---


def _items(w: JsonWalk, type_: Type | None, path: str) -> Stretch:
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


def _members(w: JsonWalk, type_: Type | None, path: str) -> Stretch:
    if _space(w) != b"}":
        while True:
            if _space(w) != b'"':
                _unexpected(w)
            start = w.at
            key = _text(_string(w))[0]
            _expect(w, b":")
            _space(w)
            of, own, note = typed.member_of(w, type_, path, key, names=w.dialect.names, held=w.dialect.held)
            yield _value(w, of, own, start, note)
            w.path = path
            if _space(w) != b",":
                break
            w.at += 1
    _expect(w, b"}")


# --- single values ---


def _single(w: Walk, first: bytes) -> Single:
    if first == b'"':
        return Single("string", *_text(_string(w)))
    if first in _LITERALS:
        word, kind = _LITERALS[first]
        _literal(w, word)
        return Single(kind, word.decode())
    if first and first in b"-0123456789":
        return Single("number", _number(w))
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
    return found[0].decode()


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


def likely(message: bytes) -> int:
    """An object or array in text."""
    return 3 if message.lstrip()[:1] in (b"{", b"[") and message[:1] < b"\x80" else 0


FORMAT = Format(
    name="json",
    core=C.H9_FORMAT_JSON,
    languages=ALL_LANGUAGES,
    scalar=scalar,
    checks=checks,
    spellings=by_name,
    self_describing=True,
    text_numbers=True,
    encode_key=encode_key,
    container="ndjson",
    suffixes={".json": "lone"},
    text=True,
    walk=walk,
    likely=likely,
    usual_for="jsonschema",
    built_in="jsonschema",
    samples=True,
    loses=(
        "NaN and infinity: refused (policy nan=null or nan=quote)",
        "which of two branches of one kind a union value came from: such unions don't compile (policy unions=first)",
    ),
)
