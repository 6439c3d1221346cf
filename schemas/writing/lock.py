"""The lock file: Protobuf's field and enum numbers, the same from one conversion to the next.

A number once given stays with its name. What is removed leaves its number reserved for ever, and comes back, if it
does, under another: its type may be another by then. A renamed field keeps its number if it names its old name as an
alias, or if a naming policy renamed it; without that it is a new field. So does a renamed message or enum. Messages
that are gone stay in the file, for when they come back.

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
OWN: Final = range(19000, 20000)
"""Protobuf's own field numbers."""


class NumberRequest(NamedTuple):
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

    def settle(self, wanted: Sequence[NumberRequest], *, first: int = 1) -> dict[str, int]:
        """Gives each name its number, and reserves the numbers of names that are gone. `first`: the lowest one, 0 for
        an enum, whose symbols may share the numbers that they share in the source."""
        before = self.numbers
        kept = self._kept(wanted)
        shared = {each.number: kept[each.name] for each in wanted if each.name in kept} if first == 0 else {}
        lost = {name: number for name, number in before.items() if number not in kept.values()}
        self.reserved = sorted({*self.reserved, *lost.values()})
        free = self._free(kept, first)
        self.numbers = {}
        for each in wanted:
            number = kept.get(each.name)
            if number is None:
                number = self._new(each, shared, {*self.reserved, *kept.values()}, free)
            self.numbers[each.name] = kept[each.name] = number
            if first == 0:
                shared.setdefault(each.number, number)
        self.reserved_names = sorted({*self.reserved_names, *lost} - self.numbers.keys())
        return self.numbers

    def _new(self, each: NumberRequest, shared: dict[int | None, int], taken: set[int], free: Iterator[int]) -> int:
        """The source's own number where that is free, else the next that is."""
        if each.number is not None and each.number in shared:
            return shared[each.number]
        return each.number if each.number is not None and each.number not in taken else next(free)

    def _kept(self, wanted: Sequence[NumberRequest]) -> dict[str, int]:
        """The numbers that are known, by a name's own, then by a former name that nothing else is called."""
        kept = {each.name: self.numbers[each.name] for each in wanted if each.name in self.numbers}
        taken = {*kept.values()}
        for each in wanted:
            former = (self.numbers[name] for name in each.aliases if name in self.numbers)
            number = next((number for number in former if number not in taken), None)
            if each.name not in kept and number is not None:
                kept[each.name] = number
                taken.add(number)
        return kept

    def _free(self, kept: dict[str, int], first: int) -> Iterator[int]:
        """Numbers that nothing has or had; a source's own come later, so they are looked at each time."""
        highest = HIGHEST if first else (1 << 31) - 1
        reserved = {*self.reserved}
        for number in count(first):
            if number > highest:
                raise SchemaError("there is no field number left")
            if number not in reserved and number not in kept.values() and (first == 0 or number not in OWN):
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


def numbers_of(found: dict[str, Numbers], name: str, former: Sequence[str]) -> Numbers:
    """The numbers of a message or enum; those of a former name move to the new one."""
    if name not in found:
        old = next((each for each in former if each in found), None)
        found[name] = Numbers() if old is None else found.pop(old)
    return found[name]


def _row(each: Numbers) -> dict[str, Any]:
    return {"numbers": each.numbers, "reserved": each.reserved, "reserved_names": each.reserved_names}


def read(text: str | bytes) -> Lock:
    """A lock file. Raises SchemaError: it isn't one, is of a newer version, or contradicts itself."""
    document = plain(text, "lock")
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise SchemaError(f"not a lock file of version {VERSION}", "lock")
    return Lock(_kind(document, "messages"), _kind(document, "enums"))


def _kind(document: dict[str, Any], kind: str) -> dict[str, Numbers]:
    found = document.get(kind, {})
    if not isinstance(found, dict):
        raise SchemaError("is not an object", f"lock/{kind}")
    return {name: _numbers(each, f"lock/{kind}/{name}", kind == "enums") for name, each in found.items()}


def _numbers(each: Any, place: str, enum: bool) -> Numbers:
    match each:
        case {"numbers": dict(numbers), "reserved": list(reserved), "reserved_names": list(names)}:
            if all(type(n) is int for n in [*numbers.values(), *reserved]) and all(isinstance(n, str) for n in names):
                made = Numbers(dict(numbers), list(reserved), list(names))
                _check(made, place, enum)
                return made
    raise SchemaError("needs numbers, reserved and reserved_names", place)


def _check(made: Numbers, place: str, enum: bool) -> None:
    """Two branches of a history may have given one number twice: merged, that must be told, not written."""
    lowest, highest = (-1 << 31, (1 << 31) - 1) if enum else (1, HIGHEST)
    owner: dict[int, str] = {}
    for name, number in made.numbers.items():
        if not lowest <= number <= highest or (not enum and number in OWN):
            raise SchemaError(f"{name} has {number}, which no {'symbol' if enum else 'field'} can have", place)
        if owner.setdefault(number, name) != name and not enum:
            raise SchemaError(f"{owner[number]} and {name} both have {number}", place)
        if number in made.reserved:
            raise SchemaError(f"{name} has {number}, which is reserved", place)
        if name in made.reserved_names:
            raise SchemaError(f"{name} has a number, and is a reserved name", place)
