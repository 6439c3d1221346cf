"""The instructions of loops: over the items of a message's lists, and for values that are lists and maps.

    list; CLEAR counter; EACH (to after AGAIN when none is left); UNBOX; ...; AGAIN

EACH takes what is in the registers above its own three for left there by the item before, and clears it: so what a loop
adds to stands in a register below. A list that is read in several ways (terms.ListReading) is looped over once, by the
first of them; the others are indexed by the same counter.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from native.binding import C
from schemas.model import Array, Bool, Float, Int, Record, String, Type, Union
from translator.mapping.program.assembler import Assembler
from translator.mapping.program.loads import Loads
from translator.mapping.terms.terms import ListReading, TypedLoop
from translator.plan import instructions as insn
from translator.plan.shapes import width_of

ENTRY = 32
"""Bytes of a map's entry: two slots."""


@dataclass
class OpenLoop:
    """A loop whose body is being made. `start`: its EACH."""

    start: int
    again: list[int] = field(default_factory=list)
    """What jumps to the next item."""
    begun: bool = False
    """Whether an ITEM is under way."""


class Loops:
    """Makes the loops of one mapping."""

    def __init__(self, assembler: Assembler, loads: Loads) -> None:
        self._asm = assembler
        self._loads = loads
        self._starts: dict[TypedLoop, int] = {}
        """The first instruction of each open loop."""

    def lists(self, loop: TypedLoop) -> list[int]:
        """The registers of the loop's list, one for each reading."""
        return [self._loads.read(reading.list) for reading in loop.readings]

    def open(self, loop: TypedLoop, lists: list[int]) -> OpenLoop:
        """Begins a loop; from here on its names have values, in registers above those of the loop."""
        asm = self._asm
        place = asm.register(3)
        counter, value = place + 1, place + 2
        asm.add(insn.clear(counter))
        opened = self._each(loop, lists[0], place)
        self._starts[loop] = opened.start
        self._loads.keys[loop] = place
        self._bind(loop, loop.readings[0], place if loop.keys is None else value)
        for reading, list_ in zip(loop.readings[1:], lists[1:], strict=True):
            if loop.apart and not opened.begun:  # so that what can't be read refuses this item alone
                opened.again.append(asm.add(insn.item()))
                opened.begun = True
            width, kind = self._item(loop, reading)
            other = asm.register()
            asm.add(insn.index(other, list_, width=width, kind=kind, counter=counter), loop.key)
            self._bind(loop, reading, other)
        return opened

    def _each(self, loop: TypedLoop, list_: int, place: int) -> OpenLoop:
        width, kind = self._item(loop, loop.readings[0])
        outer = loop.place.loop
        around = None if outer is None else self._starts[outer]
        made = insn.each(place, list_, width=width, kind=kind, alone=loop.apart, around=around)
        return OpenLoop(self._asm.add(made, loop.path))

    def _item(self, loop: TypedLoop, reading: ListReading) -> tuple[int, int]:
        """The bytes of an item, and what it is where they are few."""
        if loop.keys is None:
            return self._stands(reading.list.type)
        return ENTRY, int(C.H9_OP_STRING if isinstance(loop.keys, String) else C.H9_OP_UNION)

    def _stands(self, list_: Type) -> tuple[int, int]:
        """How a list's items stand in the arena: the bytes of each, and what numbers are."""
        assert isinstance(list_, Array)
        if isinstance(list_.items, Union):
            return 16, int(C.H9_OP_UNION)
        meant = self._asm.context.meaning(list_.items)
        match meant:
            case Bool():
                kind = C.H9_OP_BOOL
            case Int():
                kind = C.H9_OP_INT if meant.signed else C.H9_OP_UINT
            case Float():
                kind = C.H9_OP_F32 if meant.bits == 32 else C.H9_OP_F64
            case Record():
                kind = C.H9_OP_RECORD
            case _:
                kind = C.H9_OP_STRING
        return width_of(meant), int(kind)

    def _bind(self, loop: TypedLoop, reading: ListReading, value: int) -> None:
        if reading.boxed:
            boxed, value = value, self._asm.register()
            self._asm.add(insn.unbox(value, boxed))
        self._loads.items[loop.view, reading.type] = value

    def close(self, opened: OpenLoop) -> None:
        """Ends a loop."""
        self._asm.here(*opened.again)
        self._asm.add(insn.again(opened.start))
        self._asm.here(opened.start)
