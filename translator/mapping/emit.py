"""Makes the core's instructions of a mapping's terms. Each term's value ends in a register of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from native.binding import C
from schemas.model import Array, Record, Type, Union, nullable
from translator.formats.base import Row
from translator.mapping.path import Branch, Index, Segment
from translator.mapping.terms import (
    Compare,
    Const,
    Every,
    First,
    Generate,
    Join,
    Not,
    Present,
    Read,
    Require,
    Steps,
    Term,
    Uuid5,
    When,
)
from translator.mapping.wants import branch_index, text_of
from translator.plan.fields import RecordTables
from translator.plan.fills import plain
from translator.plan.frames import Placed
from translator.plan.reading import Context, width_of


@dataclass
class Emitter:
    """The instructions of one mapping, in order. `view`: the placed record that was read."""

    context: Context
    tables: RecordTables
    view: Placed
    insns: list[Row] = field(default_factory=list)
    registers: int = 0
    _tables_of: dict[int, int] = field(default_factory=dict)

    def register(self) -> int:
        self.registers += 1
        return self.registers - 1

    def add(self, op: int, key: str = "", **values: int) -> int:
        """Appends an instruction; its number."""
        self.insns.append({"op": op, "name": self.context.image.name(key), **values})
        return len(self.insns) - 1

    def here(self, jump: int) -> None:
        """Makes an earlier jump come here."""
        self.insns[jump]["c"] = len(self.insns)

    def frame_table(self, placed: Placed) -> int:
        """A record table that says no more than how large the frame is."""
        frame = placed.frame
        if id(frame) not in self._tables_of:
            self.context.image.records.append(bare_table(self.context, placed))
            self._tables_of[id(frame)] = len(self.context.image.records) - 1
        return self._tables_of[id(frame)]

    # --- terms ---

    def term(self, term: Term) -> int:
        """The register that holds the term's value from here on."""
        emit: Callable[..., int] = getattr(self, f"_{type(term).__name__.lower()}")
        return emit(term)

    def _read(self, term: Read) -> int:
        want, key = term.want, term.key
        placed, register = self.view, -1
        for name in want.names[:-1]:
            member = next(m for m in placed.members if m.field.name == name and isinstance(m.field.type, Record))
            if member.inner is not None:
                placed = member.inner
                continue
            register = self._slot(register, placed, member.slot, key)
            assert isinstance(member.field.type, Record)
            placed = self.context.frames.of(member.field.type)
        member = next(m for m in placed.members if m.field is want.view_field)
        register = self._slot(register, placed, member.slot, key)
        return self._tail(register, want.type, want.tail, key)

    def _slot(self, register: int, placed: Placed, slot: int, key: str) -> int:
        """A slot of the frame that was read, or of a record in a register."""
        dst = self.register()
        if register < 0:
            self.add(C.H9_I_LOAD, key, dst=dst, a=slot)
        else:
            self.add(C.H9_I_FIELD, key, dst=dst, a=register, b=slot, c=self.frame_table(placed))
        return dst

    def _tail(self, register: int, type_: Type, tail: tuple[Segment, ...], key: str) -> int:
        """Entries, items, branches and members of what isn't inline."""
        for segment in tail:
            register, type_ = self._segment(register, type_, segment, key)
        return register

    def _segment(self, register: int, type_: Type, segment: Segment, key: str) -> tuple[int, Type]:
        inner = nullable(type_)[0]
        if isinstance(inner, Record):
            placed = self.context.frames.of(inner)
            member = next(m for m in placed.members if m.field.name == text_of(segment))
            return self._slot(register, placed, member.slot, key), member.field.type
        dst = self.register()
        if isinstance(segment, Branch):
            union = inner if isinstance(inner, Union) else type_
            assert isinstance(type_, Union)
            index = branch_index(type_ if isinstance(inner, Union) else union, segment.name) if isinstance(union, Union) else 0
            if isinstance(inner, Union):
                self.add(C.H9_I_BRANCH, key, dst=dst, a=register, c=index)
            else:
                self.add(C.H9_I_COPY, key, dst=dst, a=register)
            return dst, type_.branches[index] if isinstance(inner, Union) else inner
        if isinstance(segment, Index):
            assert isinstance(inner, Array)
            item = inner.items
            width = 16 if isinstance(item, Union) else width_of(item)
            self.add(C.H9_I_INDEX, key, dst=dst, a=register, b=width, c=segment.n, d=C.H9_OP_UNION)
            return self._unboxed(dst, item, key)
        text = text_of(segment).encode()
        at = self.context.image.text(text)
        self.add(C.H9_I_ENTRY, key, dst=dst, a=register, c=at, d=len(text))
        return self._unboxed(dst, getattr(inner, "values"), key)  # noqa: B009 - a Map, or the view would not have it

    def _unboxed(self, register: int, type_: Type, key: str) -> tuple[int, Type]:
        """What a container holds is an option; null is absent."""
        inner, null = nullable(type_)
        if not null or isinstance(inner, Union):
            return register, type_
        dst = self.register()
        self.add(C.H9_I_UNBOX, key, dst=dst, a=register)
        return dst, inner

    def _const(self, term: Const) -> int:
        meaning = self.context.meaning
        type_ = term.type
        bare = meaning(nullable(type_)[0])
        data = msgspec.msgpack.encode(plain(bare, term.value))
        node = self.tables.fills.constant(type_)
        dst = self.register()
        at = self.context.image.text(data)
        self.add(C.H9_I_CONST, term.key, dst=dst, a=node & 0xFFFF, b=node >> 16, c=at, d=len(data))
        return dst

    def _steps(self, term: Steps) -> int:
        register = self.term(term.of)
        dst = self.register()
        self.add(C.H9_I_STEP, term.key, dst=dst, a=register, c=self.context.image.chain(term.steps))
        return dst

    def _first(self, term: First) -> int:
        dst = self.register()
        done: list[int] = []
        for i, option in enumerate(term.options):
            self.add(C.H9_I_COPY, term.key, dst=dst, a=self.term(option))
            if i + 1 < len(term.options):
                done.append(self.add(C.H9_I_IF_PRESENT, term.key, a=dst))
        for jump in done:
            self.here(jump)
        return dst

    def _parts(self, parts: list[Term]) -> tuple[int, int]:
        registers = [self.term(part) for part in parts]
        return self.context.image.many32(registers), len(registers)

    def _join(self, term: Join) -> int:
        first, count = self._parts(term.parts)
        dst = self.register()
        self.add(C.H9_I_JOIN, term.key, dst=dst, c=first, d=count)
        return dst

    def _uuid5(self, term: Uuid5) -> int:
        first, count = self._parts(term.parts)
        dst = self.register()
        namespace = self.context.image.text(term.namespace)
        self.add(C.H9_I_UUID5, term.key, dst=dst, a=first & 0xFFFF, b=first >> 16, c=namespace, d=count)
        return dst

    def _generate(self, term: Generate) -> int:
        dst = self.register()
        self.add(C.H9_I_UUID4 if term.what == "uuid4" else C.H9_I_NOW, term.key, dst=dst)
        return dst

    def _when(self, term: When) -> int:
        """The value's code is passed over where the condition doesn't hold: registers start absent."""
        dst = self.register()
        jump = self.add(C.H9_I_IF_FALSE, term.key, a=self.term(term.condition))
        self.add(C.H9_I_COPY, term.key, dst=dst, a=self.term(term.of))
        self.here(jump)
        return dst

    def _require(self, term: Require) -> int:
        register = self.term(term.of)
        self.add(C.H9_I_REQUIRE, term.key, a=register)
        return register

    def _compare(self, term: Compare) -> int:
        left, right = self.term(term.left), self.term(term.right)
        dst = self.register()
        self.add(C.H9_I_COMPARE, term.key, dst=dst, a=left, b=right, c=term.operation, d=term.kind)
        return dst

    def _present(self, term: Present) -> int:
        register = self.term(term.of)
        dst = self.register()
        self.add(C.H9_I_PRESENT, term.key, dst=dst, a=register)
        return dst

    def _not(self, term: Not) -> int:
        register = self.term(term.of)
        dst = self.register()
        self.add(C.H9_I_NOT, term.key, dst=dst, a=register)
        return dst

    def _every(self, term: Every) -> int:
        """`all` stops at the first that is false, `any` at the first that is true."""
        dst = self.register()
        done: list[int] = []
        for part in term.parts:
            register = self.term(part)
            once, twice = self.register(), self.register()
            self.add(C.H9_I_NOT, term.key, dst=once, a=register)
            self.add(C.H9_I_NOT, term.key, dst=twice, a=once)
            self.add(C.H9_I_COPY, term.key, dst=dst, a=twice)
            stop = twice if term.whole else once
            done.append(self.add(C.H9_I_IF_FALSE, term.key, a=stop))
        for jump in done:
            self.here(jump)
        return dst


def bare_table(context: Context, placed: Placed) -> Row:
    """A record table without fields, for a frame's size."""
    keys, mask = context.image.key_table([])
    return {
        "slots": placed.frame.slots, "words": placed.frame.words, "need": C.H9_NONE, "keys": keys, "key_mask": mask,
        "unknown_slot": C.H9_NO_SLOT,
    }  # fmt: skip
