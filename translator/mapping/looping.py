"""The instructions of loops: over the items of a message's lists, and for values that are lists and maps.

    list; CLEAR counter; EACH (to behind AGAIN when none is left); UNBOX; ...; AGAIN

EACH takes what is in the registers above its own three for left there by the item before: what a loop adds to stands in
a register below.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from native.binding import C
from schemas.model import Array, Bool, Float, Int, Map, Record, String, Type, Union, nullable
from translator.mapping.emit import is_option
from translator.mapping.scopes import Loop, Reading
from translator.mapping.terms import Collect, Entries, Merge, Term, optional
from translator.plan import nodes
from translator.plan.shapes import width_of

if TYPE_CHECKING:
    from translator.mapping.emit import Emitter

_ENTRY = 32
"""Bytes of a map's entry: two slots."""


@dataclass
class Opened:
    """A loop whose body is being made. `start`: its EACH."""

    start: int
    again: list[int] = field(default_factory=list)
    """What jumps to the next item."""
    begun: bool = False
    """Whether an ITEM is under way."""


class Looping:
    """Makes the loops of one mapping."""

    def __init__(self, emitter: Emitter) -> None:
        self._emitter = emitter
        self._starts: dict[int, int] = {}
        """The first instruction of each open loop."""

    # --- loops ---

    def lists(self, loop: Loop) -> list[int]:
        """The registers of the loop's list, one for each reading."""
        return [self._emitter.term(reading.list) for reading in loop.readings]

    def open(self, loop: Loop, lists: list[int]) -> Opened:
        """Begins a loop; from here on its names have values, in registers above those of the loop."""
        emitter = self._emitter
        place = emitter.register(3)
        emitter.add(C.H9_I_CLEAR, dst=place + 1)
        opened = self._each(loop, lists[0], place)
        self._starts[id(loop)] = opened.start
        emitter.keys[id(loop)] = place
        self._bind(loop, loop.readings[0], place if loop.keys is None else place + 2)
        for reading, list_ in zip(loop.readings[1:], lists[1:], strict=True):
            if loop.apart and not opened.begun:  # so that what can't be read refuses this item alone
                opened.again.append(emitter.add(C.H9_I_ITEM))
                opened.begun = True
            width, op = self._item(loop, reading)
            value = emitter.register()
            emitter.add(C.H9_I_INDEX, loop.key, dst=value, a=list_, b=width, d=op, spare=place + 2)
            self._bind(loop, reading, value)
        return opened

    def _each(self, loop: Loop, list_: int, place: int) -> Opened:
        width, op = self._item(loop, loop.readings[0])
        outer = loop.place.loop
        alone = C.H9_EACH_ALONE if loop.apart else 0
        around = 0 if outer is None else self._starts[id(outer)] + 1
        return Opened(self._emitter.add(
            C.H9_I_EACH, loop.path, dst=place, a=list_, b=width, d=op | alone, spare=around
        ))  # fmt: skip

    def _item(self, loop: Loop, reading: Reading) -> tuple[int, int]:
        """The bytes of an item, and what it is where they are few."""
        if loop.keys is None:
            return _item(self._emitter, reading.list.type)
        return _ENTRY, int(C.H9_OP_STRING if isinstance(loop.keys, String) else C.H9_OP_UNION)

    def _bind(self, loop: Loop, reading: Reading, value: int) -> None:
        emitter = self._emitter
        if reading.boxed:
            boxed, value = value, emitter.register()
            emitter.add(C.H9_I_UNBOX, dst=value, a=boxed)
        emitter.items[id(loop.view), id(reading.type)] = value

    def close(self, opened: Opened) -> None:
        """Ends a loop."""
        emitter = self._emitter
        for jump in opened.again:
            emitter.here(jump)
        emitter.add(C.H9_I_AGAIN, c=opened.start)
        emitter.here(opened.start)

    # --- lists and maps ---

    def collect(self, term: Collect) -> int:
        """A list or map with an item for each item; absent where the first list is."""
        emitter = self._emitter
        lists = self.lists(term.loops[0])
        dst = emitter.blank()
        absent = emitter.add(C.H9_I_IF_ABSENT, a=lists[0])
        emitter.add(C.H9_I_LIST_NEW, dst=dst)
        opened = [self.open(term.loops[0], lists)]
        opened += [self.open(loop, self.lists(loop)) for loop in term.loops[1:]]
        if term.where is not None:
            opened[-1].again.append(emitter.add(C.H9_I_IF_FALSE, a=emitter.term(term.where)))
        self._add(term, dst)
        for each in reversed(opened):
            self.close(each)
        if term.name is not None:
            self._unique(term, dst)
        emitter.here(absent)
        return dst

    def _add(self, term: Collect, dst: int) -> None:
        emitter = self._emitter
        holder = self._holder(term)
        if isinstance(holder, Map):
            assert term.name is not None
            name = emitter.term(term.name)
            self._put(term, dst, name, self._boxed(emitter.term(term.value), holder.values, term.value.key))
            return
        assert isinstance(holder, Array)
        item = self._boxed(emitter.term(term.value), holder.items, term.value.key)
        width = 16 if isinstance(holder.items, Union) else width_of(emitter.context.meaning(holder.items))
        emitter.add(C.H9_I_APPEND, term.key, dst=dst, a=item, b=width)

    def _boxed(self, register: int, type_: Type, key: str) -> int:
        return self._emitter.boxed(register, key) if is_option(type_) else register

    def _put(self, term: Term, dst: int, name: int, value: int) -> None:
        self._emitter.add(C.H9_I_PUT, term.key, dst=dst, a=name, b=value)

    def _unique(self, term: Term, dst: int) -> None:
        """S15: a key twice is refused, or by policy the last one counts."""
        context, holder = self._emitter.context, self._holder(term)
        assert isinstance(holder, Map)
        row = nodes.scalar(context.target, holder.keys, context.policies)
        op = row.op if row else C.H9_OP_STRING
        self._emitter.add(C.H9_I_UNIQUE, term.key, dst=dst, a=op, b=int(context.policies.duplicates == "last"))

    def _holder(self, term: Term) -> Type:
        return self._emitter.context.meaning(nullable(term.type)[0])

    def merge(self, term: Merge) -> int:
        """The entries of several maps; absent where all of them are."""
        emitter = self._emitter
        all_ = emitter.register()
        emitter.add(C.H9_I_LIST_NEW, dst=all_)
        maps = [emitter.term(part) for part in term.parts]
        for map_ in maps:
            place = emitter.register(3)
            emitter.add(C.H9_I_CLEAR, dst=place + 1)
            start = emitter.add(C.H9_I_EACH, dst=place, a=map_, b=_ENTRY, d=C.H9_OP_UNION)
            self._put(term, all_, place, place + 2)
            emitter.add(C.H9_I_AGAIN, c=start)
            emitter.here(start)
        self._unique(term, all_)
        return self._where_any(all_, maps, always=not optional(term))

    def entries(self, term: Entries) -> int:
        """A map of named entries; absent where all of their values are."""
        emitter, holder = self._emitter, self._holder(term)
        assert isinstance(holder, Map)
        all_, values = emitter.register(), []
        emitter.add(C.H9_I_LIST_NEW, dst=all_)
        for name, value in term.entries:
            values.append(emitter.term(value))
            self._put(term, all_, emitter.term(name), self._boxed(values[-1], holder.values, value.key))
        return self._where_any(all_, values, always=not optional(term))

    def _where_any(self, register: int, there: list[int], *, always: bool) -> int:
        """The register's value where one of `there` is."""
        emitter = self._emitter
        if always:
            return register
        dst = emitter.blank()
        found = [emitter.add(C.H9_I_IF_PRESENT, a=each) for each in there]
        none = emitter.add(C.H9_I_JUMP)
        for jump in found:
            emitter.here(jump)
        emitter.add(C.H9_I_COPY, dst=dst, a=register)
        emitter.here(none)
        return dst


def _item(emitter: Emitter, list_: Type) -> tuple[int, int]:
    """How a list's items stand in the arena: the bytes of each, and what numbers are."""
    assert isinstance(list_, Array)
    if isinstance(list_.items, Union):
        return 16, int(C.H9_OP_UNION)
    meant = emitter.context.meaning(list_.items)
    match meant:
        case Bool():
            op = C.H9_OP_BOOL
        case Int():
            op = C.H9_OP_INT if meant.signed else C.H9_OP_UINT
        case Float():
            op = C.H9_OP_F32 if meant.bits == 32 else C.H9_OP_F64
        case Record():
            op = C.H9_OP_RECORD
        case _:
            op = C.H9_OP_STRING
    return width_of(meant), int(op)
