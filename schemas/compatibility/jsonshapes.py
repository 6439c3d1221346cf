"""JSON Schema's rules for arrays and objects: what they find at once, and the pairs of subschemas that they lead to.

Kinds are Confluent's where it has one. A content model is open where other members or items may be anything, closed
where there are none, partially open where they have a schema.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from schemas.compatibility.jsonvalues import counts
from schemas.compatibility.jsonviews import View, tuple_of
from schemas.compatibility.verdicts import CANNOT_TELL, Difference, Sides
from schemas.jsondocument import escaped


@dataclass(frozen=True)
class ViewPair:
    """What the writer's subschemas allow all at once must be valid by the reader's.

    `loose`: something else of the writer's may see to that, so where it isn't it can't be told.
    """

    writers: tuple[View, ...]
    reader: View
    path: str
    loose: bool = False


Findings = Iterator[Difference | ViewPair]

_ATOM: Final = r"(?:[\w\- :/,@#%&=~!';<>\"]|\\[.\-\\/dws$^+*?|()\[\]{}]|\.|\[[^\[\]\\]*\])"
_SIMPLE: Final = re.compile(rf"\^?(?:{_ATOM}(?:[+*?]|\{{\d{{1,3}}(?:,\d{{0,3}})?\}})?)*\$?", re.ASCII)
_REPEATS: Final = re.compile(r"(?<!\\)[+*?{]")
_MOST_REPEATS: Final = 3
_MOST_LETTERS: Final = 200


def matches(pattern: str, name: str) -> bool | None:
    """Whether a name matches the pattern; None: a pattern that may take long, or isn't the same everywhere (B70)."""
    if len(pattern) + len(name) > _MOST_LETTERS or "\n" in name or not _SIMPLE.fullmatch(pattern):
        return None
    if len(_REPEATS.findall(pattern)) > _MOST_REPEATS:
        return None
    try:
        return re.search(pattern, name, re.ASCII) is not None
    except (re.error, OverflowError):
        return None


def _open(view: View | None) -> bool:
    return view is None or view.anything


def _closed(view: View | None) -> bool:
    return view is not None and view.node.contents is False


# --- arrays ---


def arrays(writer: View, reader: View, sides: Sides) -> Findings:
    (wrote, wrote_rest), (reads, reads_rest) = tuple_of(writer), tuple_of(reader)
    most = min(writer.get("maxItems", math.inf), len(wrote) if _closed(wrote_rest) else math.inf)
    yield from counts("array", writer, reader, sides, most=most)
    if reader.get("uniqueItems") and not writer.get("uniqueItems") and most > 1:
        yield Difference("UNIQUE_ITEMS_ADDED", "/uniqueItems", f"{sides.reader} wants items to differ")
    for at in range(int(min(most, max(len(wrote), len(reads))))):
        before = wrote[at] if at < len(wrote) else wrote_rest
        after = reads[at] if at < len(reads) else reads_rest
        yield from _item(before, after, f"/items/{at}", removed=at >= len(reads), sides=sides)
    if most > max(len(wrote), len(reads)):
        yield from _other_items(wrote_rest, reads_rest, first=not reads and not wrote, sides=sides)


def _item(wrote: View | None, reads: View | None, path: str, *, removed: bool, sides: Sides) -> Findings:
    if reads is None or reads.anything or _closed(wrote):
        return
    if removed and _closed(reads):
        yield Difference("ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", path, f"{sides.reader} has no such item")
    elif wrote is None:
        yield Difference("ITEM_ADDED_TO_OPEN_CONTENT_MODEL", path, f"the item could be anything in {sides.writer}")
    else:
        yield ViewPair((wrote,), reads, path)


def _other_items(wrote: View | None, reads: View | None, *, first: bool, sides: Sides) -> Findings:
    path = "/items" if first else "/additionalItems"
    if reads is None or reads.anything or _closed(wrote):
        return
    if _closed(reads):
        yield Difference("ADDITIONAL_ITEMS_REMOVED", path, f"{sides.reader} allows no other items")
    elif wrote is None or wrote.anything:
        kind = "SCHEMA_ADDED" if first else "ADDITIONAL_ITEMS_NARROWED"
        yield Difference(kind, path, f"other items could be anything in {sides.writer}")
    else:
        yield ViewPair((wrote,), reads, path)


# --- objects ---


class _MemberSchemas:
    """What an object says of its members."""

    def __init__(self, view: View) -> None:
        self.named = view.children("properties")
        self.patterns = view.children("patternProperties")
        rest = view.get("additionalProperties")
        self.rest = None if rest is None else view.child(rest, "additionalProperties")
        self.required = dict.fromkeys(view.get("required", ()))

    def of(self, name: str) -> tuple[View, ...] | None:
        """What holds for a member; None where a pattern can't be tried."""
        found = [self.named[name]] if name in self.named else []
        for pattern, view in self.patterns.items():
            matching = matches(pattern, name)
            if matching is None:
                return None
            found += [view] if matching else []
        return tuple(found or ([] if self.rest is None else [self.rest]))

    def may_have(self, name: str) -> bool:
        return bool(self.patterns) or name in self.named or not _closed(self.rest)


def objects(writer: View, reader: View, sides: Sides) -> Findings:
    before, after = _MemberSchemas(writer), _MemberSchemas(reader)
    most = len(before.named) if _closed(before.rest) and not before.patterns else math.inf
    yield from counts("object", writer, reader, sides, least=len(before.required), most=most)
    yield from _required(before, after, sides)
    for name in after.named | before.named:
        yield from _member(name, before, after, sides)
    yield from _patterns(before, after, sides)
    yield from _others(before, after, sides)
    yield from _dependencies(writer, reader, before, sides)
    yield from _names(writer, reader, before, sides)


def _required(before: _MemberSchemas, after: _MemberSchemas, sides: Sides) -> Findings:
    """One that has a default is filled in by the reader."""
    for name in after.required:
        own = after.named.get(name)
        contents = own.node.contents if own is not None else None
        if name in before.required or (isinstance(contents, dict) and "default" in contents):
            continue
        message = f"{name!r} is required in {sides.reader}, and may be absent in {sides.writer}"
        if own is not None and name not in before.named and not _open(before.rest):
            path = f"/properties/{escaped(name)}"
            yield Difference("REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", path, message, name)
        else:
            yield Difference("REQUIRED_ATTRIBUTE_ADDED", f"/required/{escaped(name)}", message, name)


def _member(name: str, before: _MemberSchemas, after: _MemberSchemas, sides: Sides) -> Findings:
    path = f"/properties/{escaped(name)}"
    if name in before.named and name in after.named and before.patterns.keys() == after.patterns.keys():
        yield ViewPair((before.named[name],), after.named[name], path)
        return
    wrote, reads = before.of(name), after.of(name)
    if wrote is None or reads is None:
        yield Difference(CANNOT_TELL, path, f"a pattern may hold for {name!r}", name, unknown=True)
        return
    if any(map(_closed, wrote)):
        return
    for each in reads:
        if each.anything:
            continue
        if name not in after.named and _closed(each):
            message = f"{sides.reader} has no member {name!r}, and allows no other"
            yield Difference("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", path, message, name)
        elif name not in before.named and all(map(_open, wrote)):
            message = f"{name!r} could be anything in {sides.writer}, which allows other members"
            yield Difference("PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", path, message, name)
        else:
            yield ViewPair(wrote, each, path)


def _patterns(before: _MemberSchemas, after: _MemberSchemas, sides: Sides) -> Findings:
    """Members by patterns; whether two different patterns meet can't be told."""
    gone = before.patterns.keys() - after.patterns.keys()
    added = after.patterns.keys() - before.patterns.keys()
    for pattern, reads in after.patterns.items():
        path = f"/patternProperties/{escaped(pattern)}"
        if reads.anything:
            continue
        if pattern in before.patterns:
            yield ViewPair((before.patterns[pattern],), reads, path)
        elif gone:
            yield Difference(CANNOT_TELL, path, "it can't be told which patterns meet", pattern, unknown=True)
        elif _open(before.rest):
            message = f"members with {pattern!r} could be anything in {sides.writer}"
            yield Difference("PATTERN_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", path, message, pattern)
        elif before.rest is not None and not _closed(before.rest):
            yield ViewPair((before.rest,), reads, path)
    for pattern in sorted(gone):
        path, wrote = f"/patternProperties/{escaped(pattern)}", before.patterns[pattern]
        if after.rest is None or after.rest.anything or _closed(wrote) or added:
            continue
        if _closed(after.rest):
            message = f"{sides.reader} has no members with {pattern!r}, and allows no other"
            yield Difference("PATTERN_PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", path, message, pattern)
        else:
            yield ViewPair((wrote,), after.rest, path)


def _others(before: _MemberSchemas, after: _MemberSchemas, sides: Sides) -> Findings:
    path, wrote, reads = "/additionalProperties", before.rest, after.rest
    if reads is None or reads.anything or _closed(wrote):
        return
    if _closed(reads):
        message = f"{sides.reader} allows no other members"
        yield Difference("ADDITIONAL_PROPERTIES_REMOVED", path, message, unknown=bool(before.patterns))
    elif wrote is None or wrote.anything:
        message = f"other members could be anything in {sides.writer}"
        yield Difference("ADDITIONAL_PROPERTIES_NARROWED", path, message, unknown=bool(before.patterns))
    else:
        yield ViewPair((wrote,), reads, path)


def _dependencies(writer: View, reader: View, before: _MemberSchemas, sides: Sides) -> Findings:
    wrote, reads = _needed(writer), _needed(reader)
    for name, needed in reads.items():
        new = [each for each in needed if each not in wrote.get(name, ()) and each not in before.required]
        if new and before.may_have(name):
            kind = "EXTENDED" if name in wrote else "ADDED"
            message = f"with {name!r} there must be {', '.join(new)} in {sides.reader}"
            yield Difference(f"DEPENDENCY_ARRAY_{kind}", f"/dependencies/{escaped(name)}", message, name)
    for keyword in ("dependencies", "dependentSchemas"):
        old = {**writer.children("dependencies"), **writer.children("dependentSchemas")}
        for name, each in reader.children(keyword).items():
            path = f"/{keyword}/{escaped(name)}"
            if name in old:
                yield ViewPair((old[name],), each, path, loose=True)
            elif before.may_have(name) and not each.anything:
                message = f"what holds along with {name!r} in {sides.reader} is new"
                yield Difference("DEPENDENCY_SCHEMA_ADDED", path, message, name, unknown=True)


def _needed(view: View) -> dict[str, list[str]]:
    """The members that must be there where another one is."""
    found: dict[str, list[str]] = {}
    for keyword in ("dependencies", "dependentRequired"):
        given = view.get(keyword)
        if isinstance(given, dict):
            found |= {name: each for name, each in given.items() if isinstance(each, list)}
    return found


def _names(writer: View, reader: View, before: _MemberSchemas, sides: Sides) -> Findings:
    if "propertyNames" not in reader.keywords:
        return
    reads, path = reader.child(reader.get("propertyNames"), "propertyNames"), "/propertyNames"
    if reads.anything:
        return
    if "propertyNames" in writer.keywords:
        yield ViewPair((writer.child(writer.get("propertyNames"), "propertyNames"),), reads, path, loose=True)
    elif not _closed(before.rest):
        yield Difference("PROPERTY_NAMES_ADDED", path, f"members could have any name in {sides.writer}")
    else:
        yield Difference(CANNOT_TELL, path, f"the names of {sides.writer} may be refused", unknown=True)
