"""What a mapping wants of the source: the record that is read instead of the whole message.

Every path of the mapping wants one value, in one type. Together they make a *view*: a record type that mirrors the
source with just the members wanted, each in the type wanted. Reading the source into the view is an ordinary plan, so
projection, conversion and skipping are the same as everywhere; a member wanted in two types is read twice.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from native.errors import SchemaError
from schemas.avro import branch_name as avro_name
from schemas.model import Any, Array, Field, Map, Null, Presence, Record, String, Type, Union, nullable
from translator.formats.base import Format
from translator.mapping.document.errors import did_you_mean
from translator.mapping.document.path import Index, Key, Name, Segment, UnionBranch, format_path, text_of
from translator.plan.shapes import describe, is_choice, last_name


class NoSuchPath(Exception):  # noqa: N818 - it is told as a problem of the mapping, never raised to a user
    """A path that the source doesn't have; the compiler adds the mapping's key."""


@dataclass(frozen=True, eq=False)
class Hop:
    """One step into a value that was read: a record's only member, a map's entry, a list's item, a union's branch, what
    an option holds; `choice`: no step, but null counts as absent."""

    kind: Literal["member", "entry", "item", "branch", "unbox", "choice"]
    type: Type
    """Of what the step is taken into, as it was read."""
    text: str = ""
    number: int = 0


@dataclass(eq=False)
class Want:
    """One value wanted: where to load it (after the view is placed), and the steps from there."""

    names: tuple[str, ...]
    """Members of nested records, down to the first segment that isn't a member of a record."""
    type: Type
    """Of the whole value at `names`, as it is read."""
    hops: list[Hop]
    """From there to the value that is wanted."""
    result: Type
    """Of the value at the end."""
    optional: bool
    """Whether there may be none."""
    key: str
    view: SourceView
    view_field: Field = field(default=None)  # type: ignore[assignment]

    @property
    def source_path(self) -> str:
        """As the reading side's report calls it."""
        return ".".join(part for part in (self.view.prefix, *self.names) if part)


@dataclass(eq=False)
class Marks:
    """What the parts of a mapping's views are known by. Types and fields compare by identity."""

    size: int = 0
    """How many fields all nested records have together."""
    records: set[Type] = field(default_factory=set)
    """The records that views are made of."""
    nested: set[Type] = field(default_factory=set)
    """Of these, those that may stand in the frame around them."""
    leaves: set[Field] = field(default_factory=set)
    """The views' fields that hold what is wanted."""
    asked: set[Field] = field(default_factory=set)
    """The views' fields of records of which rules ask no more than whether they are there."""
    twins: set[Type] = field(default_factory=set)
    """The unions whose branches are the source's, one by one."""
    each: set[Type] = field(default_factory=set)
    """The lists whose items are refused one by one."""
    written: dict[Type, Format] = field(default_factory=dict)
    """What is written in another format than the target's, as JSON text say, and in which."""

    def record(self, name: str, fields: list[Field] | None = None) -> Record:
        """A record of a view."""
        record = Record(name, fields or [])
        self.records.add(record)
        return record

    def leaf(self, name: str, type_: Type) -> Field:
        """A field of a view for what is wanted."""
        leaf = Field(name, type_, Presence.OPTIONAL)
        self.leaves.add(leaf)
        return leaf


class SourceView:
    """Collects wants, and makes the record type that holds them: of the message, or of each item of a list.

    `named`: the source's format names its members, so that maps and untyped values can be read member by member.
    `alike`: it is one of many that are read alike though only one of them is wanted. `prefix`: its source's path.
    """

    def __init__(
        self,
        source: Type,
        meaning: Callable[[Type], Type],
        marks: Marks,
        *,
        named: bool,
        alike: bool = False,
        prefix: str = "",
    ) -> None:
        self.source = source
        self.alike = alike
        self.prefix = prefix
        self.top = marks.record("view")
        """The record; it has its fields once it is filled."""
        self.wants: list[Want] = []
        """What is wanted of its members."""
        self.wholes: list[Want] = []
        """What is wanted of the item itself."""
        self._meaning = meaning
        self._marks = marks
        self._named = named
        self._members: dict[Record, dict[str, Field]] = {}

    def natural(self, path: tuple[Segment, ...]) -> Type | None:
        """The type of what stands at `path`, null aside; None where the source doesn't type it. NoSuchPath."""
        found = self._bare(self.raw(path))
        return None if isinstance(found, Any) and self._named else found

    def raw(self, path: tuple[Segment, ...]) -> Type:
        """The same as the source's schema has it. NoSuchPath."""
        type_ = self.source
        for segment in path:
            type_ = self._step(type_, segment)
        return type_

    def within(self, path: tuple[Segment, ...]) -> bool:
        """Whether what stands at `path` is one of many that are read alike: an item, an entry, a branch."""
        names, tail = self._split(path)
        return self.alike or not names or bool(tail)

    def want(self, path: tuple[Segment, ...], wanted: Type, key: str) -> Want:
        """Wants the value at `path` as `wanted`. NoSuchPath: there is no such path."""
        names, tail = self._split(path)
        at = self.source
        for name in names:
            at = self._step(at, Name(name))
        type_, hops = self._wrapped(at, tail, wanted)
        if is_choice(wanted) and nullable(wanted)[1]:
            hops = [*hops, Hop("choice", wanted)]
        found = Want(names, type_, hops, wanted, self.optional(path), key, self)
        (self.wants if names else self.wholes).append(found)
        return found

    def presence(self, path: tuple[Segment, ...], key: str) -> Want | None:
        """Wants to know whether there is a record at `path`, and nothing of it; None where there can't be one."""
        if not isinstance(self.natural(path), Record):
            return None
        names, tail = self._split(path)
        if not path:
            return self.want(path, self.top, key)
        if tail:
            return self.want(path, self._marks.record("view"), key)
        found = Want(names, Null(), [], Null(), self.optional(path), key, self)
        self.wants.append(found)
        return found

    def fill(self) -> Record:
        """The view's record with fields for all wants."""
        return self._record(self.top, self.wants, 0)

    def _record(self, record: Record, wants: list[Want], depth: int) -> Record:
        groups: dict[str, list[Want]] = {}
        for want in wants:
            groups.setdefault(want.names[depth], []).append(want)
        for member, group in groups.items():
            here = [want for want in group if len(want.names) == depth + 1]
            there = [want for want in here if isinstance(want.type, Null)]
            inner = [want for want in group if len(want.names) > depth + 1]
            if inner or there:
                nested = self._marks.record(f"{record.name}.{member}")
                self._marks.nested.add(nested)
                record.fields.append(Field(member, nested, Presence.OPTIONAL))
                self._record(nested, inner, depth + 1)
            for want in there:
                want.view_field = record.fields[-1]
                self._marks.asked.add(want.view_field)
            self._leaves(record, member, [want for want in here if not isinstance(want.type, Null)])
        self._marks.size += len(record.fields)
        return record

    def _leaves(self, record: Record, member: str, wants: list[Want]) -> None:
        """One field for each type that the member is wanted in."""
        made: dict[Type, Field] = {}
        for want in wants:
            if want.type not in made:
                made[want.type] = self._marks.leaf(member, want.type)
                record.fields.append(made[want.type])
            want.view_field = made[want.type]

    # --- walking the source's type ---

    def _bare(self, type_: Type) -> Type:
        """What a type stands for, null aside."""
        return self._meaning(nullable(self._meaning(type_))[0])

    def _has_members(self, type_: Type) -> bool:
        """Whether values of `type_` are read member by member."""
        inner = self._bare(type_)
        return isinstance(inner, Record) or (self._named and isinstance(inner, Map | Any))

    def _split(self, path: tuple[Segment, ...]) -> tuple[tuple[str, ...], tuple[Segment, ...]]:
        """Members of records first, then the rest."""
        names: list[str] = []
        type_ = self.source
        for i, segment in enumerate(path):
            if not self._has_members(type_) or not isinstance(segment, (Name, Key)):
                return tuple(names), path[i:]
            names.append(self._member_name(type_, segment))
            type_ = self._step(type_, segment)
        return tuple(names), ()

    def _member_name(self, type_: Type, segment: Segment) -> str:
        inner, name = self._bare(type_), text_of(segment)
        return self._member(inner, name).name if isinstance(inner, Record) else name

    def _member(self, record: Record, name: str) -> Field:
        """A record's field by its name, else by another spelling."""
        known = self._members.get(record)
        if known is None:
            known = {}
            for each in record.fields:
                for spelling in filter(None, (each.json_name, *each.aliases)):
                    known.setdefault(spelling, each)
            known |= {each.name: each for each in reversed(record.fields)}
            self._members[record] = known
        if name not in known:
            raise NoSuchPath(
                f"{describe(record)} has no field {name!r}{did_you_mean(name, [f.name for f in record.fields])}"
            )
        return known[name]

    def optional(self, path: tuple[Segment, ...]) -> bool:
        """Whether there may be nothing at `path`."""
        type_ = self.source
        for segment in path:
            inner = self._bare(type_)
            if not isinstance(inner, Record) or nullable(self._meaning(type_))[1]:
                return True
            if self._member(inner, text_of(segment)).presence is Presence.OPTIONAL:
                return True
            type_ = self._step(type_, segment)
        return nullable(self._meaning(type_))[1]

    def _step(self, type_: Type, segment: Segment) -> Type:
        """The type one segment further."""
        inner = self._bare(type_)
        match segment:
            case Name() | Key() if isinstance(inner, Record):
                return self._member(inner, text_of(segment)).type
            case Name() | Key() if isinstance(inner, Map):
                return inner.values
            case Index() if isinstance(inner, Array):
                return inner.items
            case UnionBranch():
                return self._branch(type_, segment.name)[1]
            case Name() | Key() | Index() if isinstance(inner, Any) and self._named:
                return inner
            case _:
                raise NoSuchPath(f"{describe(inner)} has no {format_path((segment,))}{_branch_hint(inner)}")

    def _branch(self, type_: Type, name: str) -> tuple[int, Type]:
        """Which branch is called `name`, and its type."""
        union = self._meaning(type_)
        branches = union.branches if isinstance(union, Union) else (union,)
        names = branch_names(branches)
        for known in (names, [_said(branch) for branch in branches]):
            if name in known:
                return known.index(name), branches[known.index(name)]
        listed = ", ".join(each for each in names if each != "null")
        raise NoSuchPath(f"{describe(union)} has no branch {name!r}; it has {listed}")

    # --- the type to read ---

    def _wrapped(self, type_: Type, tail: tuple[Segment, ...], wanted: Type) -> tuple[Type, list[Hop]]:
        """The type to read so that hops lead to a `wanted`: the same containers, with what is wanted inside."""
        if not tail:
            return wanted, []
        further, hops = self._wrapped(self._step(type_, tail[0]), tail[1:], wanted)
        match tail[0]:
            case Index(n=n):
                return _held(Array(or_null(further)), Hop("item", or_null(further), number=n), further, hops)
            case UnionBranch(name=name):
                return self._as_branch(type_, name, further, hops)
            case segment if self._has_members(type_):
                name = self._member_name(type_, segment)
                record = self._marks.record(f"view.{name}", [self._marks.leaf(name, further)])
                return record, [Hop("member", record), *hops]
            case segment:
                entry = Hop("entry", or_null(further), text_of(segment))
                return _held(Map(String(), or_null(further)), entry, further, hops)

    def _as_branch(self, type_: Type, name: str, further: Type, hops: list[Hop]) -> tuple[Type, list[Hop]]:
        """The source's union with the wanted branch in its place; of records that nobody wants nothing is read."""
        union = self._meaning(type_)
        if not is_choice(union):
            return further, hops
        assert isinstance(union, Union)
        index = self._branch(type_, name)[0]
        branches = [self._marks.record("view") if isinstance(self._bare(b), Record) else b for b in union.branches]
        branches[index] = further
        twin = Union(tuple(branches))
        self._marks.twins.add(twin)
        return twin, [Hop("branch", twin, name, index), *hops]


def _held(container: Type, hop: Hop, inner: Type, hops: list[Hop]) -> tuple[Type, list[Hop]]:
    """What a container holds is an option, unless it is a choice by itself."""
    unbox = [] if isinstance(inner, Union) else [Hop("unbox", hop.type)]
    return container, [hop, *unbox, *hops]


def or_null(type_: Type) -> Type:
    """What stands in a container may be null, and is then absent."""
    return type_ if isinstance(type_, Union) else Union((Null(), type_))


def _branch_hint(type_: Type) -> str:
    return f"; name a branch first, as :{branch_names(type_.branches)[-1]}" if isinstance(type_, Union) else ""


def branch_names(branches: Sequence[Type]) -> list[str]:
    """How a mapping calls each branch of a union: where Avro has one name for several, as messages have it (`int64`,
    `timestamp`), and with a number where that is the same too."""
    avro = [_branch_name(branch) for branch in branches]
    names: list[str] = []
    for name, branch in zip(avro, branches, strict=True):
        own = name if avro.count(name) == 1 else _said(branch)
        numbered = (f"{own}_{n}" for n in itertools.count(2))
        names.append(own if own not in names else next(each for each in numbered if each not in names))
    return names


def _said(type_: Type) -> str:
    return describe(type_).rpartition(" ")[2]


def _branch_name(type_: Type) -> str:
    """How a mapping calls a union's branch: Avro's name of the type, unqualified."""
    try:
        return last_name(avro_name(type_))
    except SchemaError:
        return _said(type_)
