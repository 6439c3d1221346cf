"""The grammar of paths: what a mapping reads from (sources) and writes to (targets).

    path    = first { "." name | "[" quoted "]" | "[" number "]" | "[" name "=" quoted "]" | ":" branch }
    first   = name | "[" quoted "]"
    name    = letters, digits, "_", "-", "$", "@"
    branch  = name | quoted                 a union's branch, by its type's name
    quoted  = a JSON string                 a map's key, or a member whose name is not a `name`
    number  = "0" | digits without a leading 0

    sensor.id    readings[0].value    labels["site/room"]    attributes[key="unit"].value    data:string

On a map a dotted name is a key as well. Targets have names and quoted keys only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_NUMBER = re.compile(r"[0-9]+")
_EXTRA = frozenset("_-$@")
_SELECTOR = re.compile(r'([\w$@-]+)=(?=")')
_MAX_INDEX = (1 << 32) - 2
_MAX_SEGMENTS = 64


@dataclass(frozen=True, slots=True)
class Name:
    """`.name`: a record's field, or a map's key."""

    name: str


@dataclass(frozen=True, slots=True)
class Key:
    """`["text"]`: a map's key, or a field whose name is not a plain one."""

    text: str


@dataclass(frozen=True, slots=True)
class Index:
    """`[n]`: a list's item, from 0."""

    n: int


@dataclass(frozen=True, slots=True)
class UnionBranch:
    """`:name`: a union's branch; absent where the union holds another one."""

    name: str


@dataclass(frozen=True, slots=True)
class Find:
    """`[name="text"]`: a list's first record whose member `name` is that text; absent where there isn't one."""

    name: str
    text: str


Segment = Name | Key | Index | UnionBranch | Find


class PathError(ValueError):
    """Text that is not a path. `column` counts characters from 1."""

    def __init__(self, column: int, reason: str) -> None:
        super().__init__(f"column {column}: {reason}")
        self.column = column
        self.reason = reason


def parse_path(text: str) -> tuple[Segment, ...]:
    """A source's path. PathError: `text` is not one."""
    return _Parser(text).path()


def parse_target(text: str) -> tuple[Segment, ...]:
    """A target's path: names and quoted keys. PathError: `text` is not one."""
    return _Parser(text, target=True).path()


def format_path(segments: tuple[Segment, ...]) -> str:
    """The text that reads back as `segments`."""
    parts = [_format(segment) for segment in segments]
    return "".join(parts).removeprefix(".")


def _format(segment: Segment) -> str:
    match segment:
        case Name(name):
            return f".{name}"
        case Key(text):
            return f"[{json.dumps(text, ensure_ascii=False)}]"
        case Index(n):
            return f"[{n}]"
        case UnionBranch(name):
            return f":{name if is_name(name) else json.dumps(name, ensure_ascii=False)}"
        case Find(name, text):
            return f"[{name}={json.dumps(text, ensure_ascii=False)}]"


def text_of(segment: Segment) -> str:
    """The name or key of a segment. ValueError: it has neither."""
    match segment:
        case Name(text) | Key(text):
            return text
        case _:
            raise ValueError(f"{format_path((segment,))} is not a name")


def is_name(text: str) -> bool:
    """Whether `text` can stand in a path as a name."""
    return bool(text) and all(_in_name(character) for character in text)


def _in_name(character: str) -> bool:
    return character.isalnum() or character in _EXTRA


class _Parser:
    def __init__(self, text: str, target: bool = False) -> None:
        self.text = text
        self.at = 0
        self.target = target

    def path(self) -> tuple[Segment, ...]:
        if not self.text:
            raise self.error("a path can't be empty")
        segments = [self.first()]
        while self.at < len(self.text):
            if len(segments) == _MAX_SEGMENTS:
                raise self.error(f"a path has at most {_MAX_SEGMENTS} parts")
            segments.append(self.following())
        return tuple(segments)

    def first(self) -> Segment:
        if self.text[0] != "[":
            return Name(self.name("a path begins with a name"))
        segment = self.bracket()
        if isinstance(segment, Index | Find):
            raise PathError(1, 'a path begins with a name or ["key"]: the message itself is not a list')
        return segment

    def following(self) -> Segment:
        character = self.text[self.at]
        if character == "[":
            return self.bracket()
        if character == ".":
            self.at += 1
            return Name(self.name('a name must follow "."'))
        if character == ":":
            return self.branch()
        raise self.error(f'{_show(character)} is not allowed here; write an odd name as ["name"]')

    def branch(self) -> Segment:
        if self.target:
            raise self.error("a target's path has no branches")
        self.at += 1
        if self.text.startswith('"', self.at):
            return UnionBranch(self.quoted())
        return UnionBranch(self.name('a branch\'s type name must follow ":"'))

    def bracket(self) -> Segment:
        opened = self.at
        self.at += 1
        segment = self.bracketed()
        if not self.text.startswith("]", self.at):
            raise self.error(f'"]" must follow: it closes the "[" at column {opened + 1}')
        self.at += 1
        return segment

    def bracketed(self) -> Segment:
        if self.text.startswith('"', self.at):
            return Key(self.quoted())
        found = _SELECTOR.match(self.text, self.at)
        if found is None:
            return self.index()
        if self.target:
            raise self.error("a target's path selects no items")
        self.at = found.end()
        return Find(found.group(1), self.quoted())

    def index(self) -> Index:
        found = _NUMBER.match(self.text, self.at)
        if self.text.startswith("-", self.at):
            raise self.error("an item's number counts from 0, not from the end")
        if found is None:
            raise self.error('an item\'s number or a key in double quotes must follow "[", or name="text"')
        digits = found.group()
        if self.target:
            raise self.error("a target's path has no item numbers")
        if len(digits) > 10 or int(digits) > _MAX_INDEX or (digits[0] == "0" and digits != "0"):
            raise self.error(f"{digits[:12]} is not an item number")
        self.at = found.end()
        return Index(int(digits))

    def name(self, wanted: str) -> str:
        start = self.at
        while self.at < len(self.text) and _in_name(self.text[self.at]):
            self.at += 1
        if self.at == start:
            raise self.error(wanted)
        return self.text[start : self.at]

    def quoted(self) -> str:
        found = _QUOTED.match(self.text, self.at)
        if found is None:
            raise self.error("a closing quote is missing")
        try:
            text = json.loads(found.group())
            text.encode()
        except ValueError as error:
            raise self.error("the quoted text is not a JSON string") from error
        self.at = found.end()
        return str(text)

    def error(self, reason: str) -> PathError:
        return PathError(self.at + 1, reason)


def _show(character: str) -> str:
    return f'"{character}"' if character.isprintable() and character != '"' else ascii(character)
