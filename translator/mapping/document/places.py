"""The places that a document names: paths to read from, the loops whose names begin paths, targets to write to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from translator.mapping.document.errors import Problems, item
from translator.mapping.document.model import ForEach, PathSource
from translator.mapping.document.path import PathError, Segment, is_name, parse_path, parse_target, text_of
from translator.mapping.document.tables import is_text, kind

_LOOP = re.compile(r"\s*([^\s,]+)\s*(?:,\s*([^\s,]+)\s*)?\sin\s+(\S.*)")


def read_path(key: str, text: str, problems: Problems) -> PathSource | None:
    """A path of the source."""
    if not is_text(text):
        problems.add(key, f"a path can't be {kind(text)}")
        return None
    try:
        return PathSource(key, parse_path(text), text)
    except PathError as error:
        problems.add(key, f"not a path: {error}")
        return None


class LoopNames:
    """The names of loops that are in scope while a document is read."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._known: list[str] = []

    @contextmanager
    def scope(self) -> Iterator[None]:
        """The names that are declared inside are known there only."""
        before = len(self._known)
        yield
        del self._known[before:]

    def read(self, key: str, given: Any) -> tuple[ForEach, ...]:
        """One loop as a text, or several, the outermost first. Their names are in scope from here on."""
        if isinstance(given, list) and not given:
            self._problems.add(key, "an empty list says nothing")
        each = [(item(key, i), text) for i, text in enumerate(given)] if isinstance(given, list) else [(key, given)]
        return tuple(found for at, text in each if (found := self._loop(at, text)) is not None)

    def _loop(self, key: str, text: Any) -> ForEach | None:
        found = _LOOP.fullmatch(text) if is_text(text) else None
        if found is None:
            what = "" if is_text(text) else f", not {kind(text)}"
            self._problems.add(key, f'must be "NAME in PATH", or "KEY, VALUE in PATH" for a map{what}')
            return None
        names = tuple(name for name in found.group(1, 2) if name is not None)
        for name in names:
            self._declare(key, name)
        path = read_path(key, found.group(3).rstrip(), self._problems)
        return None if path is None else ForEach(key, names, path)

    def _declare(self, key: str, name: str) -> None:
        if not is_name(name):
            self._problems.add(key, f"{name[:60]!r} is not a name: letters, digits, _, -, $ and @")
        if name in self._known:
            self._problems.add(key, f"{name!r} is a loop's name already")
        self._known.append(name)


RulePlace = tuple[str, ...]
"""A target, however it is spelled: `a.b` and `a["b"]` are the same place."""
Places = dict[RulePlace, str]
"""The key of the rule that writes each place of the target."""


def read_target(key: str, name: str, problems: Problems) -> tuple[Segment, ...]:
    """A rule's target; () where it can't be read."""
    try:
        return parse_target(name)
    except PathError as error:
        problems.add(key, f"not a target: {error}")
        return ()


def place_of(target: tuple[Segment, ...]) -> RulePlace:
    """Where a rule writes."""
    return tuple(text_of(segment) for segment in target)


def refuse_meeting(outer: Places, found: list[tuple[str, RulePlace]], problems: Problems) -> Places:
    """No target stands for another one, or within it. A rule takes the place of an outer one with its target. All
    places, those of `found` over `outer`."""
    own: Places = {}
    for key, place in found:
        if place in own:
            problems.add(key, f"the same target as {own[place]}")
        else:
            own[place] = key
    both = {**outer, **own}
    for place, key in own.items():
        for whole in _around_in(place, both):
            problems.add(key, f"is within the target of {whole}")
    for place, key in outer.items():
        for whole in _around_in(place, own) if place not in own else ():
            problems.add(whole, f"the target of {key} is within it")
    return both


def _around_in(place: RulePlace, places: Places) -> list[str]:
    return [places[place[:size]] for size in range(1, len(place)) if place[:size] in places]
