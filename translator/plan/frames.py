"""Lays out frames: which slot each of the target's fields has.

A record inside a record stands in the same frame (*inline*) where that is safe and small, which saves its allocation
and a pointer to follow. A record that may contain itself can't (its frame would have no end), nor can one in a list, a
map or a union, since there are any number of them, nor one that may be taken back (a oneof): its slots would have to be
cleared one by one. Which records may contain themselves is found without recursion (`Cycles`), so that a schema may
nest as deep as it likes; a frame that took in ever more records would be slow to clear for each message, hence a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from schemas.model import MISSING, Field, Presence, Record, Type, children, nullable
from translator.plan.resolve import packs
from translator.plan.rows import NO_SLOT
from translator.plan.shapes import last_name


class Cycles:
    """Answers for every type that can be reached from what was asked about; each is looked at once."""

    def __init__(self, resolve: Callable[[Type], Type]) -> None:
        """`resolve`: what a type stands for."""
        self._resolve = resolve
        self._order: dict[Type, int] = {}
        self._low: dict[Type, int] = {}
        self._cyclic: dict[Type, bool] = {}
        self._open: list[Type] = []

    def has(self, type_: Type) -> bool:
        """Whether `type_` may contain itself, directly or through others (also through lists, maps and unions)."""
        if type_ not in self._order:
            self._search(type_)
        return self._cyclic[type_]

    def _inside(self, type_: Type) -> Iterator[Type]:
        for child in children(type_):
            yield self._resolve(child)

    def _enter(self, type_: Type) -> tuple[Type, Iterator[Type]]:
        self._order[type_] = self._low[type_] = len(self._order)
        self._open.append(type_)
        return type_, self._inside(type_)

    def _search(self, root: Type) -> None:
        path = [self._enter(root)]
        while path:
            type_, inside = path[-1]
            child = next(inside, None)
            if child is None:
                path.pop()
                if path:
                    self._lower(path[-1][0], self._low[type_])
                if self._low[type_] == self._order[type_]:
                    self._close(type_)
            elif child not in self._order:
                path.append(self._enter(child))
            elif child not in self._cyclic:
                self._lower(type_, self._order[child])

    def _lower(self, type_: Type, low: int) -> None:
        self._low[type_] = min(self._low[type_], low)

    def _close(self, type_: Type) -> None:
        """All types above `type_` contain each other; one alone contains itself if it says so."""
        first = next(i for i in range(len(self._open) - 1, -1, -1) if self._open[i] is type_)
        together = self._open[first:]
        del self._open[first:]
        cyclic = len(together) > 1 or any(child is type_ for child in self._inside(type_))
        for each in together:
            self._cyclic[each] = cyclic


INLINE_SLOTS = 192
"""How many slots a frame may reach by taking records in."""


@dataclass(eq=False)
class Frame:
    """A run of slots. Complete once its outermost record has been placed."""

    slots: int = 0

    @property
    def words(self) -> int:
        return (self.slots + 63) // 64

    def take(self) -> int:
        if self.slots >= NO_SLOT - 1:
            raise OverflowError("a frame has too many slots")
        self.slots += 1
        return self.slots - 1


@dataclass(eq=False)
class Member:
    """A field of a placed record: its slot, and its own placed record if that stands inline."""

    field: Field
    slot: int
    inner: Placed | None = None
    boxed: bool = False
    """Absent and null are told apart: present and null is an OPTION in the slot."""
    refusal: int | None = None
    """A slot for the refusal of its value, which is told when the value is taken."""


@dataclass(eq=False)
class Placed:
    """A record with its place in a frame."""

    record: Record
    frame: Frame
    members: list[Member] = field(default_factory=list)
    unknown_slot: int | None = None

    def oneof(self, name: str) -> list[int]:
        """The slots of a oneof's members."""
        return [member.slot for member in self.members if member.field.oneof == name]


class Frames:
    """The frames of one target, by record."""

    def __init__(
        self,
        *,
        keep_unknown: bool,
        mergeable: bool,
        resolve: Callable[[Type], Type],
        inline_slots: int = INLINE_SLOTS,
        apart: frozenset[str] = frozenset(),
    ) -> None:
        """`keep_unknown`: records have a slot for unknown fields. `mergeable`: the source may set and take back an
        optional record (Protobuf's oneofs), so that only required ones stand inline. `resolve`: a type's meaning.
        `apart`: unqualified names of records that the source has in unions, where a reader knows no frame around."""
        self._keep_unknown = keep_unknown
        self._mergeable = mergeable
        self._resolve = resolve
        self._limit = inline_slots
        self._apart = apart
        self._of: dict[Record, Placed] = {}
        self._sizes: dict[Type, int] = {}
        self._cycles = Cycles(resolve)

    def of(self, record: Record) -> Placed:
        """The placed record with a frame of its own."""
        if record not in self._of:
            self._of[record] = self._place(record, Frame())
        return self._of[record]

    def _place(self, record: Record, frame: Frame) -> Placed:
        placed = Placed(record, frame)
        if self._keep_unknown:
            placed.unknown_slot = frame.take()
        for each in record.fields:
            inner, null = nullable(self._resolve(each.type))
            member = Member(each, frame.take(), boxed=null and each.presence is not Presence.REQUIRED)
            inner = self._resolve(inner)
            if isinstance(inner, Record) and not member.boxed and self._inlines(each, inner, null, frame):
                member.inner = self._place(inner, frame)
            placed.members.append(member)
        return placed

    def _inlines(self, each: Field, inner: Record, null: bool, frame: Frame) -> bool:
        if packs(inner) or each.oneof or each.default is not MISSING:
            return False
        if self._apart and not self._apart.isdisjoint(map(last_name, (inner.name, *inner.aliases))):
            return False
        if self._mergeable and (null or each.presence is Presence.OPTIONAL):
            return False
        return frame.slots + self._size(inner) <= self._limit

    def _size(self, record: Record) -> int:
        """The slots that `record` would take inline; over any limit if it may contain itself."""
        waiting = [record]
        while waiting:
            each = waiting[-1]
            inside = [] if self._cycles.has(each) else [r for r in self._records_in(each) if r not in self._sizes]
            waiting += inside
            if not inside:
                waiting.pop()
                self._sizes[each] = self._sum(each)
        return self._sizes[record]

    def _sum(self, record: Record) -> int:
        if self._cycles.has(record):
            return self._limit + 1
        inner = sum(self._sizes[each] for each in self._records_in(record))
        return min(1 + len(record.fields) + inner, self._limit + 1)

    def _records_in(self, record: Record) -> Iterator[Record]:
        """The records that are fields of `record`, null or not."""
        for each in record.fields:
            inner = self._resolve(nullable(self._resolve(each.type))[0])
            if isinstance(inner, Record):
                yield inner
