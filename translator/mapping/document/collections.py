"""Reading the values of a document that are lists, maps and records: `for_each`, `merge`, `entries`, `fields`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from translator.mapping.document.errors import Problems, item
from translator.mapping.document.model import (
    Collection,
    EntriesSource,
    FieldsSource,
    ListSource,
    Loop,
    MapSource,
    MergeSource,
    Rule,
    Value,
)
from translator.mapping.document.path import Key, Name, PathError, Segment, is_name, parse_target
from translator.mapping.document.tables import Table, is_text, kind
from translator.mapping.document.values import COLLECTIONS, SINGLE, ValueReader, field_key

_LOOP = re.compile(r"\s*([^\s,]+)\s*(?:,\s*([^\s,]+)\s*)?\sin\s+(\S.*)")
_AROUND = ("when", "required")
_FOR_EACH = ("for_each", "where", "key", "value", "item")
PARTS = _FOR_EACH[1:]
"""What stands beside a value's `for_each`."""


def collection(reader: ValueReader, table: Table) -> Value | None:
    """A value that is a list, a map or a record; of the modifiers it has `when` and `required`."""
    given = [name for name in (*SINGLE, *COLLECTIONS) if table.has(name)]
    if len(given) != 1:
        reader.problems.add(table.key, f"has {' and '.join(given)}; a value has one source")
        return None
    own = _FOR_EACH if given[0] == "for_each" else (given[0],)
    table.refuse_unknown((*own, *_AROUND))
    when = reader.condition(table.at("when"), table.members["when"]) if table.has("when") else None
    required = table.boolean("required") or False
    source = _SOURCES[given[0]](reader, table)
    return None if source is None else Value(table.key, source, when=when, required=required)


# --- loops ---


def loops(reader: ValueReader, key: str, given: Any) -> tuple[Loop, ...]:
    """One loop as a text, or several, the outermost first. Their names are in scope from here on."""
    if isinstance(given, list) and not given:
        reader.problems.add(key, "an empty list says nothing")
    each = [(item(key, i), text) for i, text in enumerate(given)] if isinstance(given, list) else [(key, given)]
    return tuple(found for at, text in each if (found := _loop(reader, at, text)) is not None)


def _loop(reader: ValueReader, key: str, text: Any) -> Loop | None:
    found = _LOOP.fullmatch(text) if is_text(text) else None
    if found is None:
        what = "" if is_text(text) else f", not {kind(text)}"
        reader.problems.add(key, f'must be "NAME in PATH", or "KEY, VALUE in PATH" for a map{what}')
        return None
    names = tuple(name for name in found.group(1, 2) if name is not None)
    for name in names:
        _declare(reader, key, name)
    path = reader.path(key, found.group(3).rstrip())
    return None if path is None else Loop(key, names, path)


def _declare(reader: ValueReader, key: str, name: str) -> None:
    if not is_name(name):
        reader.problems.add(key, f"{name[:60]!r} is no name: letters, digits, _, -, $ and @")
    if name in reader.names:
        reader.problems.add(key, f"{name!r} is a loop's name already")
    reader.names.append(name)


@contextmanager
def scope(reader: ValueReader) -> Iterator[None]:
    """The names that are declared inside are known there only."""
    before = len(reader.names)
    yield
    del reader.names[before:]


# --- sources ---


def _for_each(reader: ValueReader, table: Table) -> Collection | None:
    with scope(reader):
        found = loops(reader, table.at("for_each"), table.members["for_each"])
        where = reader.condition(table.at("where"), table.members["where"]) if table.has("where") else None
        parts = {name: _part(reader, table, name) for name in ("item", "key", "value")}
    if table.has("item") is (table.has("key") or table.has("value")):
        reader.problems.add(table.key, "for_each makes a list of each `item`, or a map of each `key` and `value`")
        return None
    key = table.at("for_each")
    if table.has("item"):
        return None if parts["item"] is None else ListSource(key, found, where, parts["item"])
    for name in ("key", "value"):
        if not table.has(name):
            table.wrong(name, "is missing: a map has both key and value")
    if parts["key"] is None or parts["value"] is None:
        return None
    return MapSource(key, found, where, parts["key"], parts["value"])


def _part(reader: ValueReader, table: Table, name: str) -> Value | None:
    return reader.value(table.at(name), table.members[name]) if table.has(name) else None


def _merge(reader: ValueReader, table: Table) -> Collection | None:
    given = table.array("merge")
    if given is None:
        return None
    read = [reader.value(item(table.at("merge"), i), each) for i, each in enumerate(given)]
    return MergeSource(table.at("merge"), tuple(value for value in read if value is not None))


def _entries(reader: ValueReader, table: Table) -> Collection | None:
    inner = _inner(table, "entries")
    if inner is None:
        return None
    read = [(name, reader.value(inner.at(name), given)) for name, given in inner.members.items()]
    return EntriesSource(inner.key, tuple((name, value) for name, value in read if value is not None))


def _fields(reader: ValueReader, table: Table) -> Collection | None:
    inner = _inner(table, "fields")
    return None if inner is None else FieldsSource(inner.key, rules(reader, table.key, inner))


def _inner(table: Table, name: str) -> Table | None:
    given = table.members[name]
    if not isinstance(given, dict):
        table.wrong(name, f"must be a table, not {kind(given)}")
        return None
    if not given:
        table.wrong(name, "an empty table says nothing")
    return Table(table.at(name), given, table.problems)


_SOURCES = {"for_each": _for_each, "merge": _merge, "entries": _entries, "fields": _fields}


# --- rules ---


def rules(reader: ValueReader, block: str, table: Table) -> tuple[Rule, ...]:
    """The rules of a table of fields; `block`: the key of what has the table."""
    found, places = [], []
    for name, given in table.members.items():
        key = field_key(name, block)
        target = _target(key, name, table.problems)
        value = reader.value(key, given)
        if target:
            places.append((key, place_of(target)))
        if target and value is not None:
            found.append(Rule(key, target, value))
    refuse_meeting({}, places, table.problems)
    return tuple(found)


def _target(key: str, name: str, problems: Problems) -> tuple[Segment, ...]:
    """() where it is none."""
    try:
        return parse_target(name)
    except PathError as error:
        problems.add(key, f"no target: {error}")
        return ()


Place = tuple[str, ...]
"""A target, however it is spelled."""
Places = dict[Place, str]
"""The key of the rule that writes each place of the target."""


def refuse_meeting(outer: Places, found: list[tuple[str, Place]], problems: Problems) -> Places:
    """No target stands for another one, or within it; `a.b` and `a["b"]` are the same place. A rule takes the place of
    an outer one with its target. All places, those of `found` over `outer`."""
    own: Places = {}
    for key, place in found:
        if place in own:
            problems.add(key, f"the same target as {own[place]}")
        else:
            own[place] = key
    both = {**outer, **own}
    for place, key in own.items():
        for whole in _around_in(place, both):
            problems.add(key, f"stands within the target of {whole}")
    for place, key in outer.items():
        for whole in _around_in(place, own) if place not in own else ():
            problems.add(whole, f"the target of {key} stands within it")
    return both


def _around_in(place: Place, places: Places) -> list[str]:
    return [places[place[:size]] for size in range(1, len(place)) if place[:size] in places]


def place_of(target: tuple[Segment, ...]) -> Place:
    """Where a rule writes."""
    return tuple(_text(segment) for segment in target)


def _text(segment: Segment) -> str:
    match segment:
        case Name(text) | Key(text):
            return text
    raise AssertionError(segment)  # parse_target gives no others


__all__ = ["Place", "Places", "collection", "loops", "place_of", "refuse_meeting", "rules", "scope"]
