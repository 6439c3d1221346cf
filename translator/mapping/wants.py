"""What a mapping wants of the source: the record that is read instead of the whole message.

Every path of the mapping wants one value, in one type. Together they make a *view*: a record type that mirrors the source
with just the members wanted, each in the type wanted. Reading the source into the view is an ordinary plan, so
projection, conversion and skipping are the same as everywhere; a member wanted in two types is read twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from schemas.model import Any, Array, Field, Map, Null, Presence, Record, String, Type, Union, nullable
from translator.mapping.errors import did_you_mean
from translator.mapping.path import Branch, Index, Key, Name, Segment, format_path
from translator.plan.reading import describe, last_name


class NoSuchPath(Exception):  # noqa: N818 - it is told as a problem of the mapping, never raised to a user
    """A path that the source doesn't have; the compiler adds the mapping's key."""


@dataclass(eq=False)
class Want:
    """One value wanted: where to load it (after the view is placed), and the steps from there."""

    names: tuple[str, ...]
    """Members of nested records, down to the first segment that isn't a member of a record."""
    tail: tuple[Segment, ...]
    type: Type
    """Of the whole value at `names`, as it is read."""
    result: Type
    """Of the value at the end of `tail`."""
    view_field: Field = field(default=None)  # type: ignore[assignment]
    source_path: str = ""
    key: str = ""


class View:
    """Collects wants, and makes the record type that holds them."""

    def __init__(self, source: Type, meaning: Callable[[Type], Type]) -> None:
        self._source = source
        self._meaning = meaning
        self.wants: list[Want] = []

    def natural(self, path: tuple[Segment, ...], fallback: Type) -> Type:
        """The type of what stands at `path`, null aside; `fallback` where the source doesn't type it."""
        found = self._resolve(path)
        found = self._meaning(nullable(found)[0])
        return fallback if isinstance(found, Any) else found

    def want(self, path: tuple[Segment, ...], wanted: Type, key: str) -> Want:
        """Wants the value at `path` as `wanted`. NoSuchPath: there is no such path."""
        self._resolve(path)
        names, tail = self._split(path)
        at = self._at(names)
        picks_branch = any(isinstance(segment, Branch) for segment in tail)
        type_ = at if picks_branch else self._wrapped(at, tail, wanted)
        result = self._after(at, tail) if picks_branch else wanted
        found = Want(names, tail, type_, result, source_path=".".join(names), key=key)
        self.wants.append(found)
        return found

    def root(self) -> Record:
        """The view's record type, made of all wants."""
        return self._record(self.wants, 0, "view")

    def _record(self, wants: list[Want], depth: int, name: str) -> Record:
        record = Record(name)
        groups: dict[str, list[Want]] = {}
        for want in wants:
            groups.setdefault(want.names[depth], []).append(want)
        for member, group in groups.items():
            inner = [want for want in group if len(want.names) > depth + 1]
            if inner:
                nested = self._record(inner, depth + 1, f"{name}.{member}")
                record.fields.append(Field(member, nested, Presence.OPTIONAL))
            self._leaves(record, member, [want for want in group if len(want.names) == depth + 1])
        return record

    @staticmethod
    def _leaves(record: Record, member: str, wants: list[Want]) -> None:
        """One field for each type that the member is wanted in."""
        made: dict[int, Field] = {}
        for want in wants:
            if id(want.type) not in made:
                made[id(want.type)] = Field(member, want.type, Presence.OPTIONAL)
                record.fields.append(made[id(want.type)])
            want.view_field = made[id(want.type)]

    # --- walking the source's type ---

    def _split(self, path: tuple[Segment, ...]) -> tuple[tuple[str, ...], tuple[Segment, ...]]:
        """Members of records first, then the rest."""
        names: list[str] = []
        type_ = self._source
        for i, segment in enumerate(path):
            inner = self._meaning(nullable(self._meaning(type_))[0])
            if not isinstance(inner, (Record, Any)) or not isinstance(segment, (Name, Key)):
                return tuple(names), path[i:]
            name = text_of(segment)
            names.append(_member(inner, name).name if isinstance(inner, Record) else name)
            type_ = self._step(type_, segment)
        return tuple(names), ()

    def _at(self, names: tuple[str, ...]) -> Type:
        type_ = self._source
        for name in names:
            type_ = self._step(type_, Name(name))
        return type_

    def _resolve(self, path: tuple[Segment, ...]) -> Type:
        type_ = self._source
        for segment in path:
            type_ = self._step(type_, segment)
        return type_

    def _after(self, type_: Type, tail: tuple[Segment, ...]) -> Type:
        for segment in tail:
            type_ = self._step(type_, segment)
        return nullable(type_)[0]

    def _step(self, type_: Type, segment: Segment) -> Type:
        """The type one segment further."""
        inner = self._meaning(nullable(self._meaning(type_))[0])
        if isinstance(inner, Any):
            return inner if not isinstance(segment, Branch) else _no(segment, inner)
        match segment:
            case Name() | Key() if isinstance(inner, Record):
                return _member(inner, text_of(segment)).type
            case Name() | Key() if isinstance(inner, Map):
                return inner.values
            case Index() if isinstance(inner, Array):
                return inner.items
            case Branch() if isinstance(inner, Union):
                return inner.branches[branch_index(inner, segment.name)]
            case Branch() if isinstance(type_, Union):
                return type_.branches[branch_index(type_, segment.name)]
            case _:
                return _no(segment, inner)

    def _wrapped(self, type_: Type, tail: tuple[Segment, ...], wanted: Type) -> Type:
        """The type to read so that `tail` leads to a `wanted`: the same containers, with what is wanted inside."""
        if not tail:
            return wanted
        inner = self._meaning(nullable(self._meaning(type_))[0])
        further = self._wrapped(self._step(type_, tail[0]), tail[1:], wanted)
        match tail[0]:
            case Index():
                return Array(_or_null(further))
            case Name() | Key() as segment if isinstance(inner, Record):
                name = _member(inner, text_of(segment)).name
                return Record(f"view.{name}", [Field(name, further, Presence.OPTIONAL)])
            case _:
                return Map(String(), _or_null(further))  # keys are looked up as text (S22)


def _or_null(type_: Type) -> Type:
    """What stands in a container may be null, and is then absent."""
    return type_ if isinstance(type_, Union) else Union((Null(), type_))


def text_of(segment: Segment) -> str:
    """The name or key of a segment."""
    match segment:
        case Name(name=name):
            return name
        case Key(text=text):
            return text
        case _:
            raise AssertionError(segment)


def _member(record: Record, name: str) -> Field:
    found = record.field(name) or next((f for f in record.fields if f.json_name == name or name in f.aliases), None)
    if found is None:
        raise NoSuchPath(f"{describe(record)} has no field {name!r}{did_you_mean(name, [f.name for f in record.fields])}")
    return found


def _no(segment: Segment, type_: Type) -> Type:
    raise NoSuchPath(f"{describe(type_)} has no {format_path((segment,))}")


def branch_name(type_: Type) -> str:
    """How a mapping calls a union's branch: Avro's name of the type, unqualified."""
    from schemas.avro import branch_name as avro_name

    return last_name(avro_name(type_))


def branch_index(union: Union, name: str) -> int:
    """Which branch of `union` is called `name`. NoSuchPath: none."""
    names = [branch_name(branch) for branch in union.branches]
    if name not in names:
        raise NoSuchPath(f"the union has no branch {name!r}; it has {', '.join(names)}")
    return names.index(name)
