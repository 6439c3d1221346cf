"""Reading one table of a document: every member is taken by name and checked; what nobody takes is unknown."""

from __future__ import annotations

import math
from typing import Any, TypeVar, cast

from translator.mapping.document.errors import Problems, child, did_you_mean
from translator.mapping.document.model import Constant

MAX_DEPTH = 32
"""Of values and conditions within each other."""

T = TypeVar("T", bound=str)
_INT_MIN, _INT_MAX = -(1 << 63), (1 << 64) - 1


class TomlTable:
    """A table under reading. Every reading method gives None where the member is absent or wrong."""

    def __init__(self, key: str, members: dict[Any, Any], problems: Problems) -> None:
        self.key = key
        self.problems = problems
        self.members: dict[str, Any] = {}
        for name, value in members.items():
            if is_text(name):
                self.members[name] = value
            else:
                problems.add(key, f"{ascii(name)[:60]} can't be a key")

    def at(self, name: str) -> str:
        return child(self.key, name)

    def wrong(self, name: str, reason: str) -> None:
        self.problems.add(self.at(name), reason)

    def has(self, name: str) -> bool:
        return name in self.members

    def refuse_unknown(self, known: tuple[str, ...]) -> None:
        for name in self.members:
            if name not in known:
                self.problems.unknown(self.at(name), name, known)

    def boolean(self, name: str) -> bool | None:
        value = self.members.get(name)
        if self.has(name) and not isinstance(value, bool):
            self.wrong(name, f"must be true or false, not {kind(value)}")
            return None
        return cast("bool | None", value)

    def number(self, name: str) -> float | None:
        """A finite number, as a float."""
        if not self.has(name):
            return None
        value = self.members[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(name, f"must be a number, not {kind(value)}")
            return None
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.wrong(name, "must be a finite number")
            return None
        return number

    def text(self, name: str) -> str | None:
        if not self.has(name):
            return None
        value = self.members[name]
        if not is_text(value):
            self.wrong(name, f"must be a string, not {kind(value)}")
            return None
        return cast(str, value)

    def choice(self, name: str, choices: tuple[T, ...]) -> T | None:
        """A text that is one of `choices`."""
        text = self.text(name)
        return None if text is None else self.one_of(name, text, choices)

    def one_of(self, name: str, text: str, choices: tuple[T, ...]) -> T | None:
        for each in choices:
            if each == text:
                return each
        self.wrong(name, f"{ascii_short(text)} is not one of {', '.join(choices)}{did_you_mean(text, choices)}")
        return None

    def constant(self, name: str) -> Constant | None:
        return read_constant(self.at(name), self.members[name], self.problems) if self.has(name) else None

    def array(self, name: str) -> list[Any] | None:
        """A list of at least one item."""
        value = self.members.get(name)
        if not isinstance(value, list | tuple):
            self.wrong(name, f"must be a list, not {kind(value)}")
            return None
        if not value:
            self.wrong(name, "an empty list says nothing")
            return None
        return list(value)


def read_constant(key: str, value: Any, problems: Problems) -> Constant | None:
    """A string, an integer of 64 bits, a float or a boolean."""
    if isinstance(value, int) and not _INT_MIN <= value <= _INT_MAX:
        problems.add(key, "an integer has 64 bits at most")
        return None
    if isinstance(value, bool | int | float) or is_text(value):
        return cast(Constant, value)
    hint = "; write a time as a string" if kind(value) == "a date or time" else ""
    problems.add(key, f"a constant is a string, a number or a boolean, not {kind(value)}{hint}")
    return None


def is_text(value: Any) -> bool:
    """Whether it is a string that UTF-8 can say."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def kind(value: Any) -> str:
    """What a value of a document is, in TOML's words."""
    names = {bool: "a boolean", int: "an integer", float: "a float", list: "a list", tuple: "a list", dict: "a table"}
    if type(value).__module__ == "datetime":
        return "a date or time"
    if isinstance(value, str):
        return "a string" if is_text(value) else "a string with unpaired surrogates"
    return names.get(type(value), type(value).__name__)


def ascii_short(text: str) -> str:
    """A text in quotes for a message, cut where it is long."""
    return f'"{text[:60]}{"..." if len(text) > 60 else ""}"'
