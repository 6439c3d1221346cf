"""What a refusal found and what it wanted, in words: looked up in the message and the schema only when asked for.

The core says a code, an offset and a path, which cost nothing. The rest is there to be read again: the value stands in
the message at that offset, the type in the target's schema at that path (else in the source's).
"""

from __future__ import annotations

import re
import struct
from decimal import Decimal as Number
from decimal import InvalidOperation
from itertools import islice
from typing import TYPE_CHECKING, Final

from native.errors import DataError
from schemas.model import Array, Bool, Bytes, Decimal, Enum, Float, Int, Map, Null, Record, Time, Timestamp, Type, Union
from translator.formats.walking import text
from translator.formats.walking.kinds import describe, short

if TYPE_CHECKING:
    from translator.plan.compiler import Side

_SHOWN: Final = 40
"""Characters of a value that are shown."""
_WALKED: Final = 100_000
"""Items of a message that are walked to find one."""
_NAMED: Final = 12
"""Symbols of an enum that are named."""
_STEP: Final = re.compile(r'\[(?P<index>\d+|\?)\]|\["(?P<key>.*?)"\](?=[.\[]|$)|\.?(?P<name>[^.\[]+)')
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?|[-+.\w]+|[^\s]')
_RULE: Final = re.compile(r"^(fields|alternatives|for_each|when|where)\b|: ")
"""In a path: a mapping's rule, which may have made its value of any number of others."""
_VALUE_CODES: Final = frozenset((
    "TYPE", "NULL", "RANGE", "INEXACT", "NOT_FINITE", "BYTES", "UUID", "TIME", "DECIMAL", "SIZE", "SYMBOL", "BOOLEAN",
    "BRANCH", "NUMBER", "EXTENSION",
))  # fmt: skip
"""Refusals of a value, for which a type is wanted."""
_TEXT_CODES: Final = frozenset(("SYNTAX", "NUMBER", "TRUNCATED", "TRAILING", "ESCAPE"))
_MARKS: Final = {
    b"\xef\xbb\xbf": "a byte order mark, which no JSON has", b"\xff\xfe": "UTF-16 text, where JSON is UTF-8",
    b"\xfe\xff": "UTF-16 text, where JSON is UTF-8",
}  # fmt: skip
_NOT_FINITE: Final = re.compile(rb"[-+]?(NaN|Infinity|Inf|nan|inf|infinity)\b")
_FOREIGN_WORDS: Final = {"True": "true", "False": "false", "None": "null", "undefined": "null", "nil": "null"}


class RefusalWords:
    """Words for the refusals of one plan."""

    def __init__(self, source: Side, target: Side, *, mapped: bool = False) -> None:
        self._source = source
        self._target = target
        self._mapped = mapped

    def __call__(self, code: str, offset: int, path: str, message: bytes) -> tuple[str, str, str]:
        """What was found, what is wanted, and what is next to it; "" for what isn't known."""
        if self._source.format.text and code in _TEXT_CODES:
            slip = json_slip(message, offset)
            if slip:
                return slip, "", ""
        if code not in _VALUE_CODES or (self._mapped and _RULE.search(path)):
            return "", "", ""
        type_ = self._type(path)
        found = self._found(message, offset)
        wanted = "" if type_ is None else wanted_of(type_)
        return found, wanted, "" if type_ is None else _next_to(code, found, type_)

    def _type(self, path: str) -> Type | None:
        for side in (self._source,) if self._mapped else (self._target, self._source):
            found = None if side.schema is None else type_at(side.schema.root, path)
            if found is not None:
                return found
        return None

    def _found(self, message: bytes, offset: int) -> str:
        form = self._source.format
        if form.text:
            return _token(message, offset)
        if form.walk is None:
            return ""
        root = self._source.schema.root if self._source.schema is not None else None
        found = ""
        try:
            for item in islice(form.walk(message, root, _SHOWN), _WALKED):
                if item.offset > offset:
                    break
                begins = item.offset == offset or (item.head is None and offset < item.offset + (item.size or 0))
                found = item.value or item.kind if begins and item.kind != "broken" else found
        except DataError:
            return found
        return found


def json_slip(message: bytes, offset: int) -> str:
    """What people and programs write that isn't JSON, by a name; "" where it is something else."""
    rest, before = message[offset:], message[:offset].rstrip()
    mark = next((word for mark, word in _MARKS.items() if message.startswith(mark)), "")
    if mark and not offset:
        return mark
    if not message.strip():
        return "nothing: the message is empty"
    if not rest.strip():
        return "the end of the message, where a value, a text or a bracket isn't closed"
    if (
        b"\r" in message[:offset]
        and b"\n" not in message[:offset]
        and before[-1:] in (b"}", b"]")
        and rest[:1] in b"{["
    ):
        return "another message: lines end in CR alone, where LF is wanted"
    return _slip_before(rest, before) or _slip_at(rest)


def _slip_before(rest: bytes, before: bytes) -> str:
    """By what stands before the place, too."""
    if rest[:1] in (b"}", b"]") and before.endswith(b","):
        return f"a comma that nothing follows before {rest[:1].decode()}"
    if rest[:1] == b"," and before[-1:] in (b",", b"[", b"{"):
        return "a comma where a value is wanted"
    if before[-1:] in (b"{", b",") and re.match(rb"[A-Za-z_$]", rest):
        return f"the name {_token(rest, 0)} without quotes, or a value out of its place"
    return ""


def _slip_at(rest: bytes) -> str:
    """By what stands at the place."""
    token = _token(rest, 0)
    if _NOT_FINITE.match(rest):
        return f"{token}, which JSON has no number for"
    if rest.startswith(b"'"):
        return "a single quote, where JSON has double ones"
    if rest.startswith((b"//", b"/*", b"#")):
        return "a comment, which JSON has none of"
    if rest[0] < 0x20 and rest[:1] not in b"\t\r\n ":
        return f"the control character {rest[0]:#04x}"
    if token in _FOREIGN_WORDS:
        return f"{token}, which is {_FOREIGN_WORDS[token]} in JSON"
    if rest[:1] in b"\t\n\r":
        return "a control character in a text, where JSON has an escape (\\t, \\n)"
    return token


def _token(message: bytes, offset: int) -> str:
    """The value that begins there, in its own digits and letters."""
    head = message[offset : offset + 4 * _SHOWN]
    if head[:1] in (b"{", b"["):
        return {b"{": "an object", b"[": "a list"}[head[:1]]
    found = _TOKEN.match(head)
    whole = (found[0] if found else head[:1]).decode("utf-8", "replace")
    return text.harmless(whole if len(whole) <= _SHOWN else whole[:_SHOWN] + "…")


def type_at(root: Type, path: str) -> Type | None:
    """The type at a refusal's path; None: the path leads out of the schema, or through a mapping's rules."""
    type_: Type | None = root
    for step in _STEP.finditer(path):
        type_ = None if type_ is None else _inside(type_, step)
    return type_


def _inside(type_: Type, step: re.Match[str]) -> Type | None:
    match type_:
        case Union():
            found = (_inside(each, step) for each in type_.branches)
            return next((each for each in found if each is not None), None)
        case Array() if step["index"]:
            return type_.items
        case Map() if step["key"] is not None:
            return type_.values
        case Record() if step["name"]:
            return next((each.type for each in type_.fields if each.name == step["name"]), None)
    return None


def wanted_of(type_: Type) -> str:
    """A type as something to be wanted: `a float32`, `one of A, B`."""
    match type_:
        case Union():
            return " or ".join(wanted_of(each) for each in type_.branches)
        case Int():
            return f"{'an' if type_.signed else 'a'} {describe(type_)}"
        case Enum():
            symbols = [name for name, _ in type_.symbols]
            more = f" and {len(symbols) - _NAMED} more" if len(symbols) > _NAMED else ""
            return f"one of {', '.join(symbols[:_NAMED])}{more}"
        case Null():
            return "null"
        case Bool():
            return "true or false"
        case Bytes():
            return "bytes"
        case Decimal() | Timestamp() | Time():
            name = short(type_)
        case _:
            name = describe(type_)
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def _next_to(code: str, found: str, type_: Type) -> str:
    """The number that a float would hold instead, or how far an integer goes."""
    branches = type_.branches if isinstance(type_, Union) else (type_,)
    number = next((each for each in branches if isinstance(each, Float | Int)), None)
    if code == "RANGE" and isinstance(number, Int):
        low = -(1 << number.bits - 1) if number.signed else 0
        return f"it goes from {low} to {(1 << number.bits - number.signed) - 1}"
    return _nearest(found, number.bits) if code == "INEXACT" and isinstance(number, Float) else ""


def _nearest(found: str, bits: int) -> str:
    try:
        number = Number(found.strip('"'))
        nearest = struct.unpack("<f", struct.pack("<f", number))[0] if bits == 32 else float(number)
    except (InvalidOperation, OverflowError):
        return ""
    return f"the nearest is {Number(nearest):f}" if number == number.to_integral_value() else ""
