"""Where paths begin: at the message, at what a loop's name stands for, at what a selector finds.

Each of these has a view of its own (wants.py). A list that loops go over, or that is selected from, is read as a list
of such views. Where an item is wanted both as itself and by its members, or in several types, its list is read once for
each (a `ListReading`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from schemas.model import Any, Array, Map, Null, Record, Type, Union, nullable
from translator.mapping.document import model
from translator.mapping.document.path import Find, Key, Name, Segment, format_path, text_of
from translator.mapping.terms.constants import TEXT
from translator.mapping.terms.terms import ListReading, PathStart, Read, Selected, TypedLoop, Wrong
from translator.mapping.terms.viewing import ANYTHING
from translator.mapping.terms.wants import Marks, NoSuchPath, SourceView, Want, or_null
from translator.plan.shapes import describe


@dataclass(eq=False)
class _Selection:
    """A list that is selected from."""

    view: SourceView
    type: Type
    want: Want
    members: dict[str, Want]
    """What tells the items apart: each member, as text."""


LoopTypes = dict[str, TypedLoop | None]
"""What first names of paths stand for: a loop's item, or (None) a member of the message."""


class SourceViews:
    """Makes the views of one mapping. `named`: as SourceView has it."""

    def __init__(self, source: Type, meaning: Callable[[Type], Type], *, named: bool) -> None:
        self.marks = Marks()
        self.meaning = meaning
        self._named = named
        self.made: list[SourceView] = []
        self.root = self.make(source)

    def make(self, source: Type, prefix: str = "", *, alike: bool = False) -> SourceView:
        """A view of values of `source`."""
        self.made.append(SourceView(source, self.meaning, self.marks, named=self._named, alike=alike, prefix=prefix))
        return self.made[-1]

    @property
    def wants(self) -> list[Want]:
        """All that is wanted."""
        return [want for view in self.made for want in (*view.wants, *view.wholes)]

    def apart(self, list_: Type) -> None:
        """The items of a list are refused one by one."""
        self.marks.each.add(list_)


class Scopes:
    """The names in scope, and what paths lead to."""

    def __init__(self, views: SourceViews) -> None:
        self.views = views
        self._loops: list[TypedLoop] = []
        self._names: dict[str, TypedLoop] = {}
        self._later: set[str] = set()
        self._seen: LoopTypes = {}
        self._selections: dict[tuple[SourceView, tuple[Segment, ...]], _Selection] = {}

    # --- paths ---

    def place(self, path: tuple[Segment, ...], key: str) -> PathStart:
        """Where a path leads. NoSuchPath."""
        found = self._start(path)
        rest: list[Segment] = []
        for segment in found.path:
            if isinstance(segment, Find):
                found = self._select(found, tuple(rest), segment, key)
                rest = []
            else:
                rest.append(segment)
        found.path = tuple(rest)
        return found

    def _start(self, path: tuple[Segment, ...]) -> PathStart:
        name = path[0].name if isinstance(path[0], Name) else ""
        if name in self._later:
            raise NoSuchPath(f"{name!r} is a name of the loop that `when` stands before; `where` tests its items")
        loop = self._seen[name] = self._names.get(name)
        if loop is None:
            return PathStart(self.views.root, path)
        if loop.keys is None or name == loop.names[1]:
            return PathStart(loop.view, path[1:], loop=loop)
        if len(path) > 1:
            raise NoSuchPath(f"{name!r} is a key, which has no {format_path(path[1:2])}")
        return PathStart(loop.view, (), loop=loop, key=True)

    def _select(self, place: PathStart, path: tuple[Segment, ...], find: Find, key: str) -> PathStart:
        """A selected item. All selectors of a list share one reading of it."""
        if place.key:
            raise NoSuchPath("a key is not a list")
        memo = (place.view, path)
        if memo not in self._selections:
            self._selections[memo] = self._selection(place, path, key)
        chosen = self._selections[memo]
        if find.name not in chosen.members:
            chosen.members[find.name] = chosen.view.want((Key(find.name),), TEXT, key)
        from_ = Read(chosen.type, key, chosen.want, place.base)
        found = Selected(chosen.view.top, key, from_, chosen.members[find.name], find.text)
        return PathStart(chosen.view, (), found, place.loop)

    def _selection(self, place: PathStart, path: tuple[Segment, ...], key: str) -> _Selection:
        view = self.views.make(_items(place.view, path), _within(place.view, path, "[]"), alike=True)
        list_ = Array(or_null(view.top))
        return _Selection(view, list_, place.view.want(path, list_, key), {})

    @contextmanager
    def watched(self) -> Iterator[LoopTypes]:
        """Notes what the names mean that paths begin with inside, but for those that are only known there."""
        kept, self._seen = self._seen, {}
        found: LoopTypes = {}
        try:
            yield found
        finally:
            found |= {name: loop for name, loop in self._seen.items() if self._names.get(name) is loop}
            self._seen = kept

    def same(self, names: LoopTypes) -> bool:
        """Whether names mean what they did then."""
        return all(self._names.get(name) is loop for name, loop in names.items())

    # --- loops ---

    @contextmanager
    def over(self, loops: Sequence[model.ForEach], *, apart: bool) -> Iterator[list[TypedLoop]]:
        """The loops' names are in scope inside. Wrong: there is no such list."""
        before = dict(self._names)
        try:
            yield [self._loop(each, apart) for each in loops]
        finally:
            self._names = before

    @contextmanager
    def before(self, loops: Sequence[model.ForEach]) -> Iterator[None]:
        """The loops' names aren't in scope yet inside, and stand for nothing else."""
        kept, self._later = self._later, self._later | {name for each in loops for name in each.names}
        try:
            yield
        finally:
            self._later = kept

    def _loop(self, given: model.ForEach, apart: bool) -> TypedLoop:
        try:
            loop = self._made(given, self.place(given.path.path, given.key), apart)
        except NoSuchPath as error:
            raise Wrong(given.key, str(error)) from None
        for name in given.names:
            if self._hides(name):
                raise Wrong(given.key, f"{name!r} is a member of the message too: choose another name")
            self._names[name] = loop
        self._loops.append(loop)
        return loop

    def _hides(self, name: str) -> bool:
        """Whether a loop's name is one that a path may begin with anyway."""
        root = self.views.root
        if not isinstance(self.views.meaning(root.source), Record):
            return False
        try:
            root.natural((Name(name),))
        except NoSuchPath:
            return False
        return True

    def _made(self, given: model.ForEach, place: PathStart, apart: bool) -> TypedLoop:
        if place.key:
            raise NoSuchPath("a key is not a list")
        found = place.view.natural(place.path)
        pairs = len(given.names) == 2
        if pairs and not (found is None or isinstance(found, Map)):
            raise NoSuchPath(f'{describe(found)} has no keys: write "{given.names[1]} in {given.path.text}"')
        if isinstance(found, Map) and not pairs:
            raise NoSuchPath(f'a map has keys and values: write "key, {given.names[0]} in {given.path.text}"')
        if not pairs:
            view = self.views.make(_items(place.view, place.path), _within(place.view, place.path, "[]"))
            return TypedLoop(given.key, given.names, place, view, apart, None)
        keys, values = (found.keys, found.values) if isinstance(found, Map) else (TEXT, Any())
        view = self.views.make(values, _within(place.view, place.path, "{}"))
        return TypedLoop(given.key, given.names, place, view, apart, keys)

    # --- when all is wanted ---

    def finish(self) -> None:
        """Settles how each loop's list is read, and fills the views."""
        for loop in reversed(self._loops):  # the lists of inner loops are wanted of the items of outer ones
            self._settle(loop)
        for view in self.views.made:
            view.fill()

    def _settle(self, loop: TypedLoop) -> None:
        types: list[Type] = list(dict.fromkeys(each.type for each in loop.view.wholes))
        if loop.view.wants:
            types = [loop.view.top, *(each for each in types if each is not loop.view.top)]
        loop.readings = [self._reading(loop, each) for each in types or [self._unread(loop.view)]]
        for each in loop.readings:
            if loop.apart and loop.keys is None and isinstance(self.views.meaning(each.type), Record):
                self.views.apart(each.list.type)

    def _unread(self, view: SourceView) -> Type:
        """How an item is read that nothing is wanted of."""
        natural = view.natural(())
        if isinstance(natural, Record):
            return self.views.marks.record("view")
        return ANYTHING if natural is None or isinstance(natural, Any) else natural

    def _reading(self, loop: TypedLoop, type_: Type) -> ListReading:
        untyped = isinstance(self.views.meaning(nullable(loop.view.source)[0]), Any)
        boxed = not isinstance(type_, Union) and (untyped or nullable(self.views.meaning(loop.view.source))[1])
        inner = Union((Null(), type_)) if boxed else type_
        whole = Array(inner) if loop.keys is None else Map(loop.keys, inner)
        want = loop.place.view.want(loop.place.path, whole, loop.key)
        return ListReading(type_, Read(whole, loop.key, want, loop.place.base), boxed)


def _items(view: SourceView, path: tuple[Segment, ...]) -> Type:
    """The type of a list's items. NoSuchPath: it is not a list."""
    found = view.natural(path)
    if found is None:
        return Any()
    if not isinstance(found, Array):
        raise NoSuchPath(f"{describe(found)} is not a list")
    return found.items


def _within(view: SourceView, path: tuple[Segment, ...], items: str) -> str:
    """What the reading side's report calls the items at `path`."""
    names = [text_of(segment) for segment in path if isinstance(segment, Name | Key)]
    return ".".join(part for part in (view.prefix, *names) if part) + items
