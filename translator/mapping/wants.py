"""What a mapping wants of the source: the record that is read instead of the whole message.

Every path of the mapping wants one value, in one type. Together they make a *view*: a record type that mirrors the
source with just the members wanted, each in the type wanted. Reading the source into the view is an ordinary plan, so
projection, conversion and skipping are the same as everywhere; a member wanted in two types is read twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from schemas.model import Any, Array, Field, Map, Null, Presence, Record, String, Type, Union, nullable
from translator.mapping.errors import did_you_mean
from translator.mapping.path import Branch, Index, Key, Name, Segment, format_path
from translator.plan.reading import describe, is_choice, last_name


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
    key: str = ""
    view_field: Field = field(default=None)  # type: ignore[assignment]

    @property
    def source_path(self) -> str:
        """As the reading side's report calls it."""
        return ".".join(self.names)


class View:
    """Collects wants, and makes the record type that holds them. `named`: the source's format names its members, so
    that maps and untyped values can be read member by member."""

    def __init__(self, source: Type, meaning: Callable[[Type], Type], *, named: bool) -> None:
        self._source = source
        self._meaning = meaning
        self._named = named
        self._kept: list[Type] = []
        self.wants: list[Want] = []
        self.size = 0
        """How many fields all of its nested records have together."""
        self.records: set[int] = set()
        """Ids of the records that the view is made of."""
        self.nested: set[int] = set()
        """Of these, those that may stand in the frame around them."""
        self.leaves: set[int] = set()
        """Ids of the view's fields that hold what is wanted."""
        self.twins: set[int] = set()
        """Ids of the unions whose branches are the source's, one by one."""

    def natural(self, path: tuple[Segment, ...]) -> Type | None:
        """The type of what stands at `path`, null aside; None where the source doesn't type it. NoSuchPath."""
        type_ = self._source
        for segment in path:
            type_ = self._step(type_, segment)
        found = self._bare(type_)
        return None if isinstance(found, Any) and self._named else found

    def within(self, path: tuple[Segment, ...]) -> bool:
        """Whether what stands at `path` is one of many that are read alike: an item, an entry, a branch."""
        return bool(self._split(path)[1])

    def want(self, path: tuple[Segment, ...], wanted: Type, key: str) -> Want:
        """Wants the value at `path` as `wanted`. NoSuchPath: there is no such path."""
        names, tail = self._split(path)
        at = self._source
        for name in names:
            at = self._step(at, Name(name))
        type_, hops = self._wrapped(at, tail, wanted)
        if is_choice(wanted) and nullable(wanted)[1]:
            hops = [*hops, Hop("choice", wanted)]
        found = Want(names, type_, hops, wanted, self._optional(path), key)
        self.wants.append(found)
        return found

    def root(self) -> Record:
        """The view's record type, made of all wants."""
        return self._record(self.wants, 0, "view")

    def empty(self) -> Record:
        """The view of a mapping that reads nothing."""
        return self._made(Record("view"))

    def _record(self, wants: list[Want], depth: int, name: str) -> Record:
        record = self._made(Record(name))
        groups: dict[str, list[Want]] = {}
        for want in wants:
            groups.setdefault(want.names[depth], []).append(want)
        for member, group in groups.items():
            inner = [want for want in group if len(want.names) > depth + 1]
            if inner:
                nested = self._record(inner, depth + 1, f"{name}.{member}")
                self.nested.add(id(nested))
                record.fields.append(Field(member, nested, Presence.OPTIONAL))
            self._leaves(record, member, [want for want in group if len(want.names) == depth + 1])
        self.size += len(record.fields)
        return record

    def _leaves(self, record: Record, member: str, wants: list[Want]) -> None:
        """One field for each type that the member is wanted in."""
        made: dict[int, Field] = {}
        for want in wants:
            if id(want.type) not in made:
                made[id(want.type)] = self._leaf(member, want.type)
                record.fields.append(made[id(want.type)])
            want.view_field = made[id(want.type)]

    def _leaf(self, name: str, type_: Type) -> Field:
        leaf = Field(name, type_, Presence.OPTIONAL)
        self.leaves.add(id(leaf))
        return leaf

    def _made(self, record: Record) -> Record:
        """Notes one of the view's own records; it is kept, since it is known by its id."""
        self._kept.append(record)
        self.records.add(id(record))
        return record

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
        type_ = self._source
        for i, segment in enumerate(path):
            if not self._has_members(type_) or not isinstance(segment, (Name, Key)):
                return tuple(names), path[i:]
            names.append(self._member_name(type_, segment))
            type_ = self._step(type_, segment)
        return tuple(names), ()

    def _member_name(self, type_: Type, segment: Segment) -> str:
        inner, name = self._bare(type_), text_of(segment)
        return _member(inner, name).name if isinstance(inner, Record) else name

    def _optional(self, path: tuple[Segment, ...]) -> bool:
        """Whether there may be nothing at `path`."""
        type_ = self._source
        for segment in path:
            inner = self._bare(type_)
            if not isinstance(inner, Record) or nullable(self._meaning(type_))[1]:
                return True
            if _member(inner, text_of(segment)).presence is Presence.OPTIONAL:
                return True
            type_ = self._step(type_, segment)
        return nullable(self._meaning(type_))[1]

    def _step(self, type_: Type, segment: Segment) -> Type:
        """The type one segment further."""
        inner = self._bare(type_)
        match segment:
            case Name() | Key() if isinstance(inner, Record):
                return _member(inner, text_of(segment)).type
            case Name() | Key() if isinstance(inner, Map):
                return inner.values
            case Index() if isinstance(inner, Array):
                return inner.items
            case Branch():
                return self._branch(type_, segment.name)[1]
            case Name() | Key() | Index() if isinstance(inner, Any) and self._named:
                return inner
            case _:
                raise NoSuchPath(f"{describe(inner)} has no {format_path((segment,))}{_branch_hint(inner)}")

    def _branch(self, type_: Type, name: str) -> tuple[int, Type]:
        """Which branch is called `name`, and its type."""
        union = self._meaning(type_)
        branches = union.branches if isinstance(union, Union) else (union,)
        names = [branch_name(branch) for branch in branches]
        if name not in names:
            known = ", ".join(each for each in names if each != "null")
            raise NoSuchPath(f"{describe(union)} has no branch {name!r}; it has {known}")
        return names.index(name), branches[names.index(name)]

    # --- the type to read ---

    def _wrapped(self, type_: Type, tail: tuple[Segment, ...], wanted: Type) -> tuple[Type, list[Hop]]:
        """The type to read so that hops lead to a `wanted`: the same containers, with what is wanted inside."""
        if not tail:
            return wanted, []
        further, hops = self._wrapped(self._step(type_, tail[0]), tail[1:], wanted)
        match tail[0]:
            case Index(n=n):
                return _held(Array(_or_null(further)), Hop("item", _or_null(further), number=n), further, hops)
            case Branch(name=name):
                return self._as_branch(type_, name, further, hops)
            case segment if self._has_members(type_):
                name = self._member_name(type_, segment)
                record = self._made(Record(f"view.{name}", [self._leaf(name, further)]))
                return record, [Hop("member", record), *hops]
            case segment:
                entry = Hop("entry", _or_null(further), text_of(segment))
                return _held(Map(String(), _or_null(further)), entry, further, hops)

    def _as_branch(self, type_: Type, name: str, further: Type, hops: list[Hop]) -> tuple[Type, list[Hop]]:
        """The source's union with the wanted branch in its place; of records that nobody wants nothing is read."""
        union = self._meaning(type_)
        if not is_choice(union):
            return further, hops
        assert isinstance(union, Union)
        index = self._branch(type_, name)[0]
        branches = [self._made(Record("view")) if isinstance(self._bare(b), Record) else b for b in union.branches]
        branches[index] = further
        twin = Union(tuple(branches))
        self._kept.append(twin)
        self.twins.add(id(twin))
        return twin, [Hop("branch", twin, number=index), *hops]


def _held(container: Type, hop: Hop, inner: Type, hops: list[Hop]) -> tuple[Type, list[Hop]]:
    """What a container holds is an option, unless it is a choice by itself."""
    unbox = [] if isinstance(inner, Union) else [Hop("unbox", hop.type)]
    return container, [hop, *unbox, *hops]


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
            raise NoSuchPath(f"{format_path((segment,))} is no name")


def _member(record: Record, name: str) -> Field:
    found = record.field(name) or next((f for f in record.fields if f.json_name == name or name in f.aliases), None)
    if found is None:
        raise NoSuchPath(
            f"{describe(record)} has no field {name!r}{did_you_mean(name, [f.name for f in record.fields])}"
        )
    return found


def _branch_hint(type_: Type) -> str:
    return f"; name a branch first, as :{branch_name(type_.branches[-1])}" if isinstance(type_, Union) else ""


def branch_name(type_: Type) -> str:
    """How a mapping calls a union's branch: Avro's name of the type, unqualified."""
    from native.errors import SchemaError
    from schemas.avro import branch_name as avro_name

    try:
        return last_name(avro_name(type_))
    except SchemaError:
        return describe(type_).rpartition(" ")[2]
