"""Reading the source into views: as any other plan reads, but for what the source doesn't type, for whole values that
become text or untyped ones, and for frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from schemas.model import Any, Array, Field, Map, Null, Presence, Record, Type, Union, nullable
from translator.formats import json, msgpack
from translator.formats.base import Format
from translator.mapping.terms.wants import Marks
from translator.plan import nodes
from translator.plan.compilation import Compilation
from translator.plan.fields import RecordTables
from translator.plan.frames import Frame, Frames, Member, Placed
from translator.plan.matching import Matcher
from translator.plan.reading import Reading
from translator.plan.shapes import describe

ANYTHING = Any()
"""A value of any kind, which is on its way to be text, or asked no more of than whether it is there."""
HELD = (Record, Array, Map, Union)
"""Types that hold others."""
_VIEW_SLOTS = 30_000


class MappedFrames(Frames):
    """The frames of the views and of the target in one, since a whole record is read as it is written: parts of a view
    stand in its one frame as far as they can, what is read as a whole has a frame of its own."""

    def __init__(self, marks: Marks, *, mergeable: bool, named: bool, resolve: Callable[[Type], Type]) -> None:
        super().__init__(keep_unknown=False, mergeable=mergeable, resolve=resolve)
        self._named = named
        self._marks = marks
        self._whole: set[Field] = set()

    def whole(self, each: Field) -> None:
        """A field of the target whose record is made elsewhere; said before anything is placed."""
        self._whole.add(each)

    def _place(self, record: Record, frame: Frame) -> Placed:
        """What is wanted of a source that may have no schema has room for its refusal."""
        placed = super()._place(record, frame)
        for member in placed.members:
            if self._named and member.field in self._marks.leaves:
                member.refusal = frame.take()
        return placed

    def _inlines(self, each: Field, inner: Record, null: bool, frame: Frame) -> bool:
        if inner in self._marks.nested:
            taken_back = self._mergeable and (null or each.presence is Presence.OPTIONAL)
            return not taken_back and self._marks.size <= _VIEW_SLOTS
        if inner in self._marks.records or each in self._marks.leaves or each in self._whole:
            return False
        return super()._inlines(each, inner, null, frame)


class ViewTables(RecordTables):
    """The record tables of the views."""

    def __init__(self, context: Compilation, match: Matcher, marks: Marks) -> None:
        super().__init__(context, match)
        self._marks = marks

    def seeks(self, source: Field, members: list[Member]) -> bool:
        """It is told of what rules name (S36), not of what stands around it."""
        named = any(each.field in self._marks.leaves or each.field in self._marks.asked for each in members)
        return named and super().seeks(source, members)


class ViewReading(Reading):
    """Reads the source into views."""

    whole = False  # of a view's fields

    def __init__(self, context: Compilation, source: Format, tables: RecordTables, marks: Marks) -> None:
        super().__init__(context, source, tables)
        self._tables = tables
        self._marks = marks
        self._mirrors: dict[tuple[Type, Type], Record] = {}
        self._foreign: dict[str, ViewReading] = {}

    def solid(self, s: Type, t: Type, path: str) -> int:
        """What is on its way to another format than the target's is held to what that one can say."""
        format_ = self._marks.written.get(t)
        if format_ is None or format_ is self.context.target:
            return super().solid(s, t, path)
        if format_.name not in self._foreign:
            context = replace(self.context, target=format_)
            self._foreign[format_.name] = ViewReading(context, self.format, self._tables, self._marks)
        return self._foreign[format_.name].solid(s, t, path)

    def _list(self, s: Array, t: Array, path: str) -> int:
        node = super()._list(s, t, path)
        if t in self._marks.each:
            skip = self._tables.skipping.node(s.items) if self.format.positional else 0
            self.image.nodes[node] = nodes.each(self.image.nodes[node], skip)
        return node

    def known(self, s: Type, t: Type) -> Type:
        """A part of the view finds its members in any object: an untyped one, or a map."""
        if t not in self._marks.records:
            return super().known(s, t)
        inner = self.context.meaning(s)
        if s is t or (self.format.self_describing and isinstance(inner, Any)):
            return self._mirror(t, ANYTHING)
        if self.format.self_describing and isinstance(inner, Map):
            return self._mirror(t, inner.values)
        return s

    def member(self, s: Type, t: Type) -> Type:
        """As `known`; null is absent also where the source doesn't type it."""
        inner, null = nullable(self.context.meaning(s))
        found = self.known(inner, t) if t in self._marks.records else self.known(s, t)
        untyped = self.format.self_describing and isinstance(self.context.meaning(s), Any)
        if (untyped and not nullable(t)[1]) or (null and not nullable(found)[1]):
            return Union((Null(), found))
        return found

    def _mirror(self, t: Type, values: Type) -> Record:
        """A record with the members of `t`, each once. As a union's branch it is named as the map that it reads."""
        assert isinstance(t, Record)
        memo = (t, values)
        if memo not in self._mirrors:
            names = dict.fromkeys(each.name for each in t.fields)
            self._mirrors[memo] = Record("map", [Field(name, values, Presence.OPTIONAL) for name in names])
            self._tables.mirrors.add(self._mirrors[memo])
        return self._mirrors[memo]

    def _into_choice(self, s: Type, t: Type, path: str) -> int:
        """A union of the view stands for the source's own, branch by branch."""
        if t not in self._marks.twins:
            return super()._into_choice(s, t, path)
        if not isinstance(s, Union) or not isinstance(t, Union):
            return self.context.problem(path, f"{describe(s)} is not a union")
        return self.union(s, [self.branch(b, t.branches, path, twin=i) for i, b in enumerate(s.branches)], path)

    def any_fits(self, s: Type, t: Any) -> int:
        return 0 if t is ANYTHING else super().any_fits(s, t)


class Twins:
    """Whole values of the source that are to be JSON text, or untyped values of the target. They are read as the source
    has them, but held to what that form can say (no NaN in JSON): which takes types of their own, like the source's."""

    def __init__(self, target: Format, marks: Marks) -> None:
        self._marks = marks
        self._made: dict[tuple[Type, str], Type] = {}
        self.untyped = msgpack.FORMAT if target.self_describing and target.has_bytes else msgpack.PYTHON
        """How typed values become untyped ones; only what has bytes keeps what isn't JSON's."""

    def as_json(self, type_: Type) -> Type:
        return self._twin(type_, json.FORMAT)

    def as_untyped(self, type_: Type) -> Type:
        return self._twin(type_, self.untyped)

    def is_json(self, type_: Type) -> bool:
        """Whether values of `type_` were read to be JSON text."""
        return self._marks.written.get(type_) is json.FORMAT

    def _twin(self, type_: Type, format_: Format) -> Type:
        """A type like `type_`, read as what `format_` can say."""
        memo = (type_, format_.name)
        if memo not in self._made:
            twin = self._made[memo] = self._copied(type_, format_)
            self._marks.written[twin] = format_
        return self._made[memo]

    def _copied(self, type_: Type, format_: Format) -> Type:
        if isinstance(type_, Union):
            return Union(tuple(self._twin(each, format_) for each in type_.branches))
        copy = _copy(type_, {})
        return replace(copy) if copy is type_ else copy  # type: ignore[type-var]


def _copy(type_: Type, made: dict[Type, Type]) -> Type:
    """The containers of a type, made again; what isn't a container is the same."""
    if type_ in made:
        return made[type_]
    match type_:
        case Record():
            record = made[type_] = replace(type_, fields=[])
            record.fields = [replace(each, type=_copy(each.type, made)) for each in type_.fields]
            return record
        case Array():
            return replace(type_, items=_copy(type_.items, made))
        case Map():
            return replace(type_, values=_copy(type_.values, made))
        case Union():
            return Union(tuple(_copy(each, made) for each in type_.branches))
        case _:
            return type_
