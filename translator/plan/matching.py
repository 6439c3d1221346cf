"""Which of the target's fields a source's field goes to, where no mapping says so (S16, S31, S35)."""

from __future__ import annotations

import re
from collections.abc import Callable

from schemas.model import Field, Record
from schemas.protobuf import json_name
from translator.plan.frames import Member, Placed

Matcher = Callable[[Record, Placed], dict[int, list[Member]]]
"""Gives, for each index of a source's field, the members of the target that want it."""


def by_name(source: Record, placed: Placed, *, camel: bool = False, numbers: bool = False) -> dict[int, list[Member]]:
    """Fields meet by number (between two Protobuf schemas), else by name, then by an alias of the target's; then by the
    JSON name that a Protobuf field was given because Protobuf can't have its name."""
    if numbers:
        return _by_number(source, placed)
    fold = _folded if camel else str
    at = {fold(each.name): i for i, each in reversed(list(enumerate(source.fields)))}
    for i, each in enumerate(source.fields):
        for name in kept(each):
            at.setdefault(fold(name), i)
    found: dict[int, list[Member]] = {}
    for member in placed.members:
        index = _find(at, member.field, fold)
        if index is not None:
            found.setdefault(index, []).append(member)
    return found


def _find(at: dict[str, int], wanted: Field, fold: Callable[[str], str]) -> int | None:
    for name in (wanted.name, *wanted.aliases, *kept(wanted)):
        if fold(name) in at:
            return at[fold(name)]
    return None


def kept(each: Field) -> tuple[str, ...]:
    """The name that a field keeps as its JSON name: one that was given to it, or one that no field could have."""
    name = each.json_name
    given = name != json_name(each.name) or not (name.isascii() and name.isidentifier())
    return (name,) if name and given else ()


def respelt(name: str) -> set[str]:
    """The name in camelCase and in snake_case, where that is another one (S35)."""
    return {_folded(name), re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()} - {name}


def _by_number(source: Record, placed: Placed) -> dict[int, list[Member]]:
    at = {each.number: i for i, each in enumerate(source.fields)}
    return {at[m.field.number]: [m] for m in placed.members if m.field.number in at}


def _folded(name: str) -> str:
    """snake_case and camelCase as one."""
    return re.sub(r"_([a-zA-Z0-9])", lambda match: match[1].upper(), name)
