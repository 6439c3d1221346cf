"""Builds the target's frame of a mapping's terms: records, maps, and which of them are there.

A record that must be there always is. Any other is there if one of the values that rules put into it is; so its
members are set first, and what must be there in it is filled in or refused only once it is known to be there
(`Unfinished`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from native.binding import C
from schemas.model import MISSING, Field, Map, Record, nullable
from translator.mapping.program.assembler import Assembler, bare_table
from translator.mapping.program.collecting import is_option
from translator.mapping.terms.terms import Build, Const, Join, Steps, TargetTree, Term, Uuid5, needed, optional
from translator.plan import instructions as insn
from translator.plan.fields import filled
from translator.plan.fills import Fills
from translator.plan.frames import Member, Placed
from translator.plan.rows import NONE, FillRow
from translator.plan.shapes import is_choice


@dataclass
class Unfinished:
    """Something under construction. `there`: registers of the values in it. `finish`: what is done once it is there."""

    there: list[int] = field(default_factory=list)
    finish: list[Callable[[], None]] = field(default_factory=list)

    def add(self, other: Unfinished) -> None:
        self.there += other.there
        self.finish += other.finish

    def run(self) -> None:
        """Emits what is done once it is there."""
        for step in self.finish:
            step()


@dataclass(frozen=True)
class _Into:
    """The record whose slots are being set: its register and its record table."""

    register: int
    table: int


class TargetBuilder:
    """Builds one target. `term`: makes the code of a term; `parts`: the registers of texts made of several."""

    def __init__(
        self,
        assembler: Assembler,
        fills: Fills,
        term: Callable[[Term], int],
        parts: Mapping[Join | Uuid5, list[int]],
    ) -> None:
        self._asm = assembler
        self._image = assembler.image
        self._meaning = assembler.context.meaning
        self._fills = fills
        self._term = term
        self._parts = parts
        self._always: set[int] = set()
        """Registers that have a value whatever the message says."""

    def root(self, record: Record, tree: TargetTree) -> int:
        """The whole message; its register."""
        dst, part = self._frame(record, tree, "")
        part.run()
        return dst

    def build(self, term: Build) -> int:
        """A record by itself, where something in it is there; its register."""
        record = self._meaning(nullable(term.type)[0])
        assert isinstance(record, Record)
        register, part = self._frame(record, term.tree, term.path)
        return self._if_any(part, register)

    # --- records ---

    def _frame(self, record: Record, tree: TargetTree, path: str) -> tuple[int, Unfinished]:
        """A record with a frame of its own."""
        placed = self._asm.context.frames.of(record)
        into = _Into(self._asm.register(), self._image.reserve())
        self._asm.add(insn.record_new(into.register, into.table))
        part = self._members(placed, tree, into, path)
        self._complete(into.table, placed, tree, path)
        part.finish.append(partial(self._finish, into.register, into.table))
        return into.register, part

    def _finish(self, register: int, table: int) -> None:
        if self._image.records[table].need != NONE:
            self._asm.add(insn.finish(register, table))

    def _complete(self, table: int, placed: Placed, tree: TargetTree, path: str) -> None:
        """The record table that says what must be there."""
        fills = [row for m in placed.members if (row := self._fill(m, tree, path)) is not None]
        self._image.records[table] = filled(self._image, bare_table(self._asm.context, placed), fills, path)

    def _fill(self, member: Member, tree: TargetTree, path: str) -> FillRow | None:
        place, child = _within(path, member.field), tree.of(member.field)
        if child is None:
            return self._fills.unmapped(member, place)
        always = needed(member.field) if child.rule is None else not optional(_term_of(child))
        return None if always or _must(member, child) else self._fills.mapped(member, place)

    def _members(self, placed: Placed, tree: TargetTree, into: _Into, path: str) -> Unfinished:
        """Sets the members that rules write."""
        part = Unfinished()
        oneofs: dict[str, list[tuple[int, str]]] = {}
        for member in placed.members:
            child = tree.of(member.field)
            if child is None:
                continue
            made = self._member(member, child, into, _within(path, member.field))
            part.add(made)
            if _must(member, child):
                part.finish.append(partial(self._demand, made.there[0], child))
            if member.field.oneof:
                key = child.key or child.rules()[0].key
                oneofs.setdefault(member.field.oneof, []).extend((register, key) for register in made.there)
        for members in oneofs.values():
            self._only_one(members)
        return part

    def _member(self, member: Member, child: TargetTree, into: _Into, path: str) -> Unfinished:
        if member.inner is not None:
            return self._inline(member, member.inner, child, into, path)
        if child.rule is not None:
            return self._set(member, child, self._value(child), into)
        inner = self._meaning(nullable(member.field.type)[0])
        if isinstance(inner, Map):
            return self._map_member(member, inner, child, into)
        assert isinstance(inner, Record)
        return self._own_record(member, inner, child, into, path)

    def _value(self, child: TargetTree) -> int:
        """A rule's value."""
        register = self._term(_term_of(child))
        if not optional(_term_of(child)):
            self._always.add(register)
        return register

    def _set(self, member: Member, child: TargetTree, register: int, into: _Into) -> Unfinished:
        """The slot takes the register's value; the part is there if the value is."""
        boxed = member.boxed and not is_choice(member.field.type)
        value = self._asm.boxed(register, child.key) if boxed else register
        self._asm.add(insn.set_(into.register, value, member.slot, into.table), child.key)
        return Unfinished([register])

    def _inline(self, member: Member, inner: Placed, child: TargetTree, into: _Into, path: str) -> Unfinished:
        """A record in the frame around it."""
        part = self._members(inner, child, into, path)
        own = self._image.reserve()
        self._complete(own, inner, child, path)

        def finish() -> None:
            self._asm.add(insn.mark(into.register, into.register, member.slot, into.table))
            part.run()
            self._finish(into.register, own)

        if needed(member.field):
            return Unfinished(part.there, [finish])
        there = self._any(part.there)
        absent = self._asm.add(insn.if_absent(there))
        finish()
        self._asm.here(absent)
        return Unfinished([there])

    def _own_record(self, member: Member, record: Record, child: TargetTree, into: _Into, path: str) -> Unfinished:
        """A record in a frame of its own."""
        inner, part = self._frame(record, child, path)
        if not needed(member.field):
            return self._set(member, child, self._if_any(part, inner), into)
        part.finish.append(lambda: self._keep(member, child, inner, into))
        return part

    def _keep(self, member: Member, child: TargetTree, register: int, into: _Into) -> None:
        self._set(member, child, register, into)

    # --- maps ---

    def _map_member(self, member: Member, map_: Map, child: TargetTree, into: _Into) -> Unfinished:
        register, part = self._map(map_, child)
        if not needed(member.field):
            return self._set(member, child, self._if_any(part, register), into)
        self._set(member, child, register, into)
        return part

    def _map(self, map_: Map, child: TargetTree) -> tuple[int, Unfinished]:
        """A map with the entries that rules write and that have a value."""
        dst = self._asm.register()
        self._asm.add(insn.list_new(dst))
        part = Unfinished()
        for text, entry in child.members.items():
            register = self._entry(map_, entry)
            key = self._term(Const(map_.keys, entry.key, text))
            value = self._asm.boxed(register, entry.key) if is_option(map_.values) else register
            self._asm.add(insn.put(dst, key, value), entry.key)
            part.there.append(register)
        return dst, part

    def _entry(self, map_: Map, entry: TargetTree) -> int:
        if entry.rule is not None:
            return self._value(entry)
        inner = self._meaning(nullable(map_.values)[0])
        if isinstance(inner, Map):
            register, part = self._map(inner, entry)
        else:
            assert isinstance(inner, Record)
            register, part = self._frame(inner, entry, entry.rules()[0].key)
        return self._if_any(part, register)

    # --- what is there ---

    def _if_any(self, part: Unfinished, register: int) -> int:
        """The register's value where something in it is there, finished."""
        there = self._any(part.there)
        if there in self._always:
            part.run()
            self._always.add(register)
            return register
        whole = self._asm.blank()
        absent = self._asm.add(insn.if_absent(there))
        part.run()
        self._asm.add(insn.copy(whole, register))
        self._asm.here(absent)
        return whole

    def _any(self, registers: list[int]) -> int:
        """A register that is there where any of `registers` is."""
        for register in registers:
            if len(registers) == 1 or register in self._always:
                return register
        dst, jumps = self._asm.register(), []
        for register in registers:
            self._asm.add(insn.copy(dst, register))
            jumps.append(self._asm.add(insn.if_present(dst)))
        self._asm.here(*jumps)
        return dst

    def _only_one(self, members: list[tuple[int, str]]) -> None:
        """S20: a second member of a oneof is refused, by its rule's key."""
        if len(members) < 2:
            return
        seen = self._asm.blank()
        for register, key in members:
            absent = self._asm.add(insn.if_absent(register))
            first = self._asm.add(insn.if_absent(seen))
            self._asm.refuse(seen, C.H9_E_DUPLICATE, key)
            self._asm.here(first)
            self._asm.add(insn.copy(seen, register))
            self._asm.here(absent)

    def _demand(self, register: int, child: TargetTree) -> None:
        """Refuses where a rule gave no value to what must have one, by the rule's key; or by the key of the part that
        a text or UUID lacks."""
        there = self._asm.add(insn.if_present(register))
        term = _term_of(child)
        while isinstance(term, Steps):
            term = term.of
        if isinstance(term, Join | Uuid5):
            for part, each in zip(term.parts, self._parts[term], strict=True):
                if optional(part):
                    self._missing(each, part.key)
        self._missing(register, child.key)
        self._asm.here(there)

    def _missing(self, register: int, key: str) -> None:
        """Refuses where the register is absent."""
        there = self._asm.add(insn.if_present(register))
        nothing = self._asm.register()
        self._asm.add(insn.text(nothing, self._image.text(b""), 0))
        self._asm.refuse(nothing, C.H9_E_MISSING, key)
        self._asm.here(there)


def _must(member: Member, child: TargetTree) -> bool:
    """Whether a field's rule may give no value though it must have one."""
    if child.rule is None or not optional(_term_of(child)):
        return False
    return needed(member.field) and member.field.default is MISSING


def _within(path: str, member: Field) -> str:
    return f"{path}.{member.name}" if path else member.name


def _term_of(tree: TargetTree) -> Term:
    assert tree.term is not None
    return tree.term
