"""Reading the source into a view: as any other plan reads, but for what the source doesn't type, and for frames."""

from __future__ import annotations

from collections.abc import Callable

from schemas.model import Any, Field, Map, Null, Presence, Record, Type, Union, nullable
from translator.formats.base import Format
from translator.mapping.wants import View
from translator.plan.fields import RecordTables
from translator.plan.frames import Frame, Frames
from translator.plan.reading import Context, Reading, describe

ANYTHING = Any()
"""A value of any kind, which is on its way to be text, or asked no more of than whether it is there."""
_VIEW_SLOTS = 60_000


class MappedFrames(Frames):
    """The frames of the view and of the target in one, since a whole record is read as it is written: parts of the view
    stand in its one frame as far as they can, what is read as a whole has a frame of its own."""

    def __init__(self, view: View, *, mergeable: bool, resolve: Callable[[Type], Type]) -> None:
        super().__init__(keep_unknown=False, mergeable=mergeable, resolve=resolve)
        self._view = view
        self._whole: list[Field] = []

    def whole(self, each: Field) -> None:
        """A field of the target whose record is made elsewhere; said before anything is placed."""
        self._whole.append(each)

    def _inlines(self, each: Field, inner: Record, null: bool, frame: Frame) -> bool:
        if id(inner) in self._view.nested:
            taken_back = self._mergeable and (null or each.presence is Presence.OPTIONAL)
            return not taken_back and self._view.size <= _VIEW_SLOTS
        if (
            id(inner) in self._view.records
            or id(each) in self._view.leaves
            or any(each is other for other in self._whole)
        ):
            return False
        return super()._inlines(each, inner, null, frame)


class ViewReading(Reading):
    """Reads the source into a view."""

    def __init__(self, context: Context, source: Format, tables: RecordTables, view: View) -> None:
        super().__init__(context, source, tables)
        self._tables = tables
        self._view = view
        self._mirrors: dict[tuple[int, int], Record] = {}

    def known(self, s: Type, t: Type) -> Type:
        """A part of the view finds its members in any object: an untyped one, or a map."""
        if id(t) not in self._view.records:
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
        found = self.known(inner, t) if id(t) in self._view.records else self.known(s, t)
        untyped = self.format.self_describing and isinstance(self.context.meaning(s), Any)
        if (untyped and not nullable(t)[1]) or (null and not nullable(found)[1]):
            return Union((Null(), found))
        return found

    def _mirror(self, t: Type, values: Type) -> Record:
        """A record with the members of `t`, each once. As a union's branch it is named as the map that it reads."""
        assert isinstance(t, Record)
        memo = (id(t), id(values))
        if memo not in self._mirrors:
            names = dict.fromkeys(each.name for each in t.fields)
            self._mirrors[memo] = Record("map", [Field(name, values, Presence.OPTIONAL) for name in names])
            self._tables.mirrors.add(id(self._mirrors[memo]))
        return self._mirrors[memo]

    def _into_choice(self, s: Type, t: Type, path: str) -> int:
        """A union of the view stands for the source's own, branch by branch."""
        if id(t) not in self._view.twins:
            return super()._into_choice(s, t, path)
        if not isinstance(s, Union) or not isinstance(t, Union):
            return self.context.problem(path, f"{describe(s)} is no union")
        return self.union(s, [self.branch(b, t.branches, path, twin=i) for i, b in enumerate(s.branches)], path)

    def _any_fits(self, s: Type, t: Any) -> int:
        return 0 if t is ANYTHING else super()._any_fits(s, t)
