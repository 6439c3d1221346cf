"""The lock file: Protobuf's field and enum numbers, the same from one conversion to the next.

A number once given stays with its name. What is removed leaves its number reserved for ever, and comes back, if it
does, under another: its type may be another by then. A renamed field keeps its number if it names its old name as an
alias; without one it is a new field. Messages that are gone stay in the file, for when they come back.

    {"version": 1,
     "messages": {"shop.Order": {"numbers": {"id": 1, "total": 3}, "reserved": [2], "reserved_names": ["sum"]}},
     "enums": {"shop.State": {"numbers": {"OPEN": 0, "DONE": 1}, "reserved": [], "reserved_names": []}}}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, NamedTuple

from native.errors import SchemaError
from schemas.jsondocument import plain

VERSION: Final = 1
HIGHEST: Final = (1 << 29) - 1
"""The highest field number (Protobuf's language guide, "Assigning Field Numbers"); 19000 to 19999 are its own."""


class Wanted(NamedTuple):
    """A field or symbol: its name, its former names, and the number that the source gives it, if any."""

    name: str
    aliases: Sequence[str] = ()
    number: int | None = None


@dataclass
class Numbers:
    """The numbers of one message or enum."""

    numbers: dict[str, int] = field(default_factory=dict)
    reserved: list[int] = field(default_factory=list)
    reserved_names: list[str] = field(default_factory=list)

    def settle(self, wanted: Sequence[Wanted], *, first: int = 1) -> dict[str, int]:
        """Gives each name its number, and reserves the numbers of names that are gone. `first`: the lowest one."""
        before = self.numbers
        kept = {each.name: found for each in wanted if (found := self._known(each)) is not None}
        lost = {name: number for name, number in before.items() if number not in kept.values()}
        self.reserved = sorted({*self.reserved, *lost.values()})
        free = self._free(kept, first)
        self.numbers = {}
        for each in wanted:
            taken = {*self.reserved, *kept.values(), *self.numbers.values()}
            number = kept.get(each.name, each.number)
            if number is None or (each.name not in kept and number in taken):
                number = next(free)
            self.numbers[each.name] = number
            kept.setdefault(each.name, number)
        self.reserved_names = sorted({*self.reserved_names, *lost} - self.numbers.keys())
        return self.numbers

    def _known(self, each: Wanted) -> int | None:
        return next((self.numbers[name] for name in (each.name, *each.aliases) if name in self.numbers), None)

    def _free(self, kept: dict[str, int], first: int) -> Iterator[int]:
        """Numbers that nothing has or had; a source's own come later, so they are looked at each time."""
        for number in count(first):
            if number > HIGHEST:
                raise SchemaError("there is no field number left")
            taken = number in self.reserved or number in kept.values() or number in self.numbers.values()
            if not taken and not 19000 <= number <= 19999:
                yield number


@dataclass
class Lock:
    """All numbers that were given, by full name."""

    messages: dict[str, Numbers] = field(default_factory=dict)
    enums: dict[str, Numbers] = field(default_factory=dict)

    def text(self) -> str:
        """The lock file."""
        kinds = {"messages": self.messages, "enums": self.enums}
        document: dict[str, Any] = {"version": VERSION}
        for kind, found in kinds.items():
            document[kind] = {name: _row(each) for name, each in sorted(found.items())}
        return json.dumps(document, indent=2) + "\n"

    def copy(self) -> Lock:
        """Another with the same numbers."""
        return read(self.text())


def _row(each: Numbers) -> dict[str, Any]:
    return {"numbers": each.numbers, "reserved": each.reserved, "reserved_names": each.reserved_names}


def read(text: str | bytes) -> Lock:
    """A lock file. Raises SchemaError: it isn't one, or is of a newer version."""
    document = plain(text, "lock")
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise SchemaError(f"not a lock file of version {VERSION}", "lock")
    return Lock(_kind(document, "messages"), _kind(document, "enums"))


def _kind(document: dict[str, Any], kind: str) -> dict[str, Numbers]:
    found = document.get(kind, {})
    if not isinstance(found, dict):
        raise SchemaError("is no object", f"lock/{kind}")
    return {name: _numbers(each, f"lock/{kind}/{name}") for name, each in found.items()}


def _numbers(each: Any, place: str) -> Numbers:
    match each:
        case {"numbers": dict(numbers), "reserved": list(reserved), "reserved_names": list(names)}:
            if all(type(n) is int for n in [*numbers.values(), *reserved]) and all(isinstance(n, str) for n in names):
                return Numbers(dict(numbers), list(reserved), list(names))
    raise SchemaError("needs numbers, reserved and reserved_names", place)
