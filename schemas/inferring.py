"""Infers a schema from samples: values as JSON and MessagePack have them, each one message.

A place's type is what all samples have there: kinds are united, a member is required if every object has it, null where
null was seen, `number` where a float was among the integers, 64 bits always. A text is a `date-time` or a `uuid` only
if each one is, and there are at least `formats_from` of them: fewer say nothing.
Several kinds at one place, null aside, are a union, or refused if `mixed` says so.
Objects are records, unless `maps` says `varied`: then an object whose members vary (over `MANY` names in all, and none
of them in every object) is a map; or unless `map_at` names their place (`a.b`, `a[].b`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from native.errors import SchemaError
from schemas import model
from schemas.model import Field, Presence, Record, Schema, Type, Union
from schemas.writing.names import Names, identifier, pascal

MANY: Final = 16
"""An object with more different members than this may be a map."""
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@dataclass(frozen=True)
class Rules:
    """How samples are understood. `name`: the root's."""

    formats_from: int = 3
    maps: Literal["never", "varied"] = "never"
    map_at: Collection[str] = ()
    name: str = "Root"
    mixed: Literal["union", "refuse"] = "union"


USUAL: Final = Rules()


@dataclass
class Seen:
    """What stood at one place."""

    null: bool = False
    boolean: bool = False
    real: bool = False
    data: bool = False
    instant: bool = False
    other: bool = False
    low: int | None = None
    high: int | None = None
    texts: int = 0
    times: int = 0
    uuids: int = 0
    objects: int = 0
    count: int = 0
    members: dict[str, Seen] = field(default_factory=dict)
    items: Seen | None = None

    def note(self, value: object) -> Iterator[tuple[Seen, object]]:
        """Notes a value; gives what is inside it, with its place."""
        self.count += 1
        match value:
            case dict():
                self.objects += 1
                yield from ((self._member(str(name)), each) for name, each in value.items())
            case list() | tuple():
                self.items = self.items or Seen()
                yield from ((self.items, each) for each in value)
            case str():
                self._note_text(value)
            case int() if not isinstance(value, bool):
                self._note_int(value)
            case _:
                self._note_plain(value)

    def _member(self, name: str) -> Seen:
        found = self.members.get(name)
        if found is None:
            found = self.members[name] = Seen()
        return found

    def _note_int(self, value: int) -> None:
        self.low = value if self.low is None else min(self.low, value)
        self.high = value if self.high is None else max(self.high, value)

    def _note_text(self, value: str) -> None:
        if self.times == self.texts:  # or one of them was none, and then it doesn't matter any more
            self.times += bool(_TIME.fullmatch(value))
        if self.uuids == self.texts:
            self.uuids += bool(_UUID.fullmatch(value))
        self.texts += 1

    def _note_plain(self, value: object) -> None:
        match value:
            case None:
                self.null = True
            case bool():
                self.boolean = True
            case float():
                self.real = True
            case bytes():
                self.data = True
            case datetime():
                self.instant = True
            case _:
                self.other = True

    def merge(self, others: Iterable[Seen]) -> Iterator[tuple[Seen, list[Seen]]]:
        """Takes in what was seen elsewhere; gives what is inside, still to be merged."""
        found = [*others]
        for name in ("null", "boolean", "real", "data", "instant", "other"):
            setattr(self, name, any(getattr(each, name) for each in found))
        for name in ("texts", "times", "uuids", "objects", "count"):
            setattr(self, name, sum(getattr(each, name) for each in found))
        self.low = min((each.low for each in found if each.low is not None), default=None)
        self.high = max((each.high for each in found if each.high is not None), default=None)
        inside: dict[str, list[Seen]] = {}
        for each in found:
            for key, member in each.members.items():
                inside.setdefault(key, []).append(member)
        yield from ((self.members.setdefault(key, Seen()), members) for key, members in inside.items())
        items = [each.items for each in found if each.items is not None]
        if items:
            self.items = Seen()
            yield self.items, items


class Samples:
    """What was seen in all samples so far; samples themselves aren't kept."""

    def __init__(self) -> None:
        self._root = Seen()

    @property
    def count(self) -> int:
        return self._root.count

    def add(self, sample: object) -> None:
        """Looks at one message, at any depth."""
        stack = [(self._root, sample)]
        while stack:
            seen, value = stack.pop()
            stack.extend(seen.note(value))

    def schema(self, rules: Rules = USUAL) -> Schema:
        """The schema of the samples, in JSON Schema's terms. Raises SchemaError: no samples, nested too deep, or of
        several kinds at one place where that is refused."""
        if not self.count:
            raise SchemaError("there is no sample to infer a schema from")
        try:
            made = _Inference(rules)
            schema = Schema(made.type(self._root, "", rules.name), "jsonschema", made.named)
        except RecursionError:
            raise SchemaError("the samples are nested too deep") from None
        if made.mixed:
            raise SchemaError(f"the samples differ in kind: {'; '.join(made.mixed[:20])}")
        return schema


def infer(samples: Iterable[object], rules: Rules = USUAL) -> Schema:
    """The schema of the samples. Raises SchemaError as `Samples.schema` does."""
    seen = Samples()
    for sample in samples:
        seen.add(sample)
    return seen.schema(rules)


class _Inference:
    """Turns what was seen into types."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.names = Names()
        self.named: dict[str, Type] = {}
        self.mixed: list[str] = []
        """The places that are refused for their kinds."""

    def type(self, seen: Seen, path: str, hint: str) -> Type:
        """The union of all that was seen at a place."""
        if seen.other or not seen.count:
            return model.Any()
        kinds = [*self._plain(seen)]
        if seen.items is not None:
            kinds.append(model.Array(self.type(seen.items, f"{path}[]", f"{hint}Item")))
        if seen.objects:
            kinds.append(self._object(seen, path, hint))
        found = [type(each).__name__.lower() for each in kinds if not isinstance(each, model.Null)]
        if len(found) > 1 and self.rules.mixed == "refuse":
            self.mixed.append(f"{path or '(root)'} is {' and '.join(found)}")
        return kinds[0] if len(kinds) == 1 else Union(tuple(kinds))

    def _plain(self, seen: Seen) -> Iterator[Type]:
        if seen.null:
            yield model.Null()
        if seen.boolean:
            yield model.Bool()
        if seen.real:
            yield model.Float(64)
        elif seen.low is not None and seen.high is not None:
            yield _integer(seen.low, seen.high)
        if seen.texts:
            yield self._text(seen)
        if seen.data:
            yield model.Bytes()
        if seen.instant and not (seen.texts and isinstance(self._text(seen), model.Timestamp)):
            yield model.Timestamp("ns")

    def _text(self, seen: Seen) -> Type:
        enough = seen.texts >= self.rules.formats_from
        if enough and seen.times == seen.texts:
            return model.Timestamp("ns")
        return model.Uuid("string") if enough and seen.uuids == seen.texts else model.String()

    def _object(self, seen: Seen, path: str, hint: str) -> Type:
        if path in self.rules.map_at or (self.rules.maps == "varied" and _varied(seen)) or not seen.members:
            return model.Map(model.String(), self.type(_united(seen.members.values()), f"{path}{{}}", f"{hint}Value"))
        record = Record(self.names.give(identifier(hint)))
        self.named[record.name] = record
        for name, each in seen.members.items():
            inner = self.type(each, f"{path}.{name}" if path else name, record.name + pascal(name))
            presence = Presence.REQUIRED if each.count == seen.objects else Presence.OPTIONAL
            record.fields.append(Field(name, inner, presence))
        return record


def _varied(seen: Seen) -> bool:
    return len(seen.members) > MANY and all(each.count < seen.objects for each in seen.members.values())


def _united(seen: Iterable[Seen]) -> Seen:
    """Everything seen at several places, as one."""
    whole = Seen()
    stack = [(whole, [*seen])]
    while stack:
        into, parts = stack.pop()
        stack.extend(into.merge(parts))
    return whole


def _integer(low: int, high: int) -> Type:
    """64 bits; a number where they don't hold it."""
    for each in (model.Int(64), model.Int(64, signed=False)):
        if each.lowest <= low and high <= each.highest:
            return each
    return model.Float(64)
