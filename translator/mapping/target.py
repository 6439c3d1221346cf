"""Builds the target's frame of a mapping's terms: records, maps, and which of them are there.

A record that must be there always is. Any other is there if one of the values that rules put into it is; so its
members are set first, and what must be there in it is filled in or refused only once it is known to be there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from native.binding import C
from schemas.model import MISSING, Field, Map, Presence, Record, nullable
from translator.mapping import model
from translator.mapping.emit import Emitter, bare_table, is_option
from translator.mapping.terms import Build, Const, Join, Steps, Term, Uuid5, optional
from translator.plan import steps
from translator.plan.fields import filled
from translator.plan.fills import Fills
from translator.plan.frames import Member, Placed
from translator.plan.reading import Compilation, is_choice
from translator.plan.rows import NONE, FillRow


@dataclass
class Branch:
    """A part of the target that rules write: a value, or members by name."""

    rule: model.Rule | None = None
    members: dict[str, Branch] = field(default_factory=dict)
    term: Term | None = None

    @property
    def key(self) -> str:
        return self.rule.key if self.rule else ""

    def rules(self) -> list[model.Rule]:
        """All rules at or below it."""
        own = [self.rule] if self.rule else []
        return own + [rule for child in self.members.values() for rule in child.rules()]

    def terms(self) -> list[tuple[str, Term]]:
        """The terms at or below it, by their rules' keys."""
        own = [(self.rule.key, self.term)] if self.rule and self.term else []
        return own + [each for child in self.members.values() for each in child.terms()]

    def of(self, member: Field) -> Branch | None:
        """What rules write into a record's field."""
        return self.members.get(member.name) or (self.members.get(member.json_name) if member.json_name else None)


@dataclass
class Part:
    """Something under construction. `there`: registers of the values in it. `finish`: what is done once it is there."""

    there: list[int] = field(default_factory=list)
    finish: list[Callable[[], None]] = field(default_factory=list)

    def add(self, other: Part) -> None:
        self.there += other.there
        self.finish += other.finish


def needed(member: Field) -> bool:
    """Whether the field must have a value that isn't null."""
    return member.presence is Presence.REQUIRED and not nullable(member.type)[1]


class Target:
    """Builds the target of one mapping. `context`: the target's."""

    def __init__(self, context: Compilation, emitter: Emitter, fills: Fills) -> None:
        self._context = context
        self._emitter = emitter
        self._fills = fills
        self._always: set[int] = set()
        """Registers that have a value whatever the message says."""

    def root(self, record: Record, branch: Branch) -> int:
        """The whole message; its register."""
        dst, part = self._frame(record, branch, "")
        self._run(part)
        return dst

    def build(self, term: Build) -> int:
        """A record by itself, where something in it is there; its register."""
        record = self._context.meaning(nullable(term.type)[0])
        assert isinstance(record, Record)
        register, part = self._frame(record, term.branch, term.path)
        return self._if_any(part, register)

    # --- records ---

    def _frame(self, record: Record, branch: Branch, path: str) -> tuple[int, Part]:
        """A record with a frame of its own."""
        emitter = self._emitter
        placed = self._context.frames.of(record)
        dst, table = emitter.register(), self._reserve()
        emitter.add(C.H9_I_RECORD_NEW, dst=dst, c=table)
        part = self._members(placed, branch, dst, table, path)
        self._complete(table, placed, branch, path)
        part.finish.append(lambda: self._finish(dst, table))
        return dst, part

    def _finish(self, dst: int, table: int) -> None:
        if self._context.image.records[table].need != NONE:
            self._emitter.add(C.H9_I_FINISH, dst=dst, c=table)

    @staticmethod
    def _run(part: Part) -> None:
        for step in part.finish:
            step()

    def _reserve(self) -> int:
        return self._context.image.reserve()

    def _complete(self, table: int, placed: Placed, branch: Branch, path: str) -> None:
        """The record table that says what must be there."""
        fills = [row for m in placed.members if (row := self._fill(m, branch, path)) is not None]
        self._context.image.records[table] = filled(self._context.image, bare_table(self._context, placed), fills)

    def _fill(self, member: Member, branch: Branch, path: str) -> FillRow | None:
        place, child = _within(path, member.field), branch.of(member.field)
        if child is None:
            return self._fills.unmapped(member, place)
        always = needed(member.field) if child.rule is None else not optional(_term(child))
        return None if always or _must(member, child) else self._fills.mapped(member, place)

    def _demand(self, register: int, child: Branch) -> None:
        """Refuses where a rule gave no value to what must have one, by the rule's key; or by the key of the part that
        a text or UUID lacks."""
        emitter = self._emitter
        there = emitter.add(C.H9_I_IF_PRESENT, a=register)
        term = _term(child)
        while isinstance(term, Steps):
            term = term.of
        if isinstance(term, Join | Uuid5):
            for part, each in zip(term.parts, emitter.parts[id(term)], strict=True):
                if optional(part):
                    self._missing(each, part.key)
        self._missing(register, child.key)
        emitter.here(there)

    def _missing(self, register: int, key: str) -> None:
        """Refuses where the register is absent."""
        emitter = self._emitter
        there = emitter.add(C.H9_I_IF_PRESENT, a=register)
        nothing, refusal = emitter.register(), steps.fail(C.H9_E_MISSING)
        emitter.add(C.H9_I_TEXT, dst=nothing, c=self._context.image.text(b""))
        emitter.add(C.H9_I_STEP, key, dst=nothing, a=nothing, c=self._context.image.chain([refusal]))
        emitter.here(there)

    def _members(self, placed: Placed, branch: Branch, dst: int, table: int, path: str) -> Part:
        """Sets the members that rules write."""
        part = Part()
        oneofs: dict[str, list[tuple[int, str]]] = {}
        for member in placed.members:
            child = branch.of(member.field)
            if child is None:
                continue
            made = self._member(member, child, dst, table, _within(path, member.field))
            part.add(made)
            if _must(member, child):
                part.finish.append(partial(self._demand, made.there[0], child))
            if member.field.oneof:
                key = child.key or child.rules()[0].key
                oneofs.setdefault(member.field.oneof, []).extend((register, key) for register in made.there)
        for members in oneofs.values():
            self._only_one(members)
        return part

    def _only_one(self, members: list[tuple[int, str]]) -> None:
        """S20: a second member of a oneof is refused, by its rule's key."""
        emitter, image = self._emitter, self._context.image
        if len(members) < 2:
            return
        seen = emitter.blank()
        refusal = image.chain([steps.fail(C.H9_E_DUPLICATE)])
        for register, key in members:
            absent = emitter.add(C.H9_I_IF_ABSENT, a=register)
            first = emitter.add(C.H9_I_IF_ABSENT, a=seen)
            emitter.add(C.H9_I_STEP, key, dst=seen, a=seen, c=refusal)
            emitter.here(first)
            emitter.add(C.H9_I_COPY, dst=seen, a=register)
            emitter.here(absent)

    def _member(self, member: Member, child: Branch, dst: int, table: int, path: str) -> Part:
        if member.inner is not None:
            return self._inline(member, member.inner, child, dst, table, path)
        if child.rule is not None:
            register = self._value(child)
            return self._set(member, child, register, dst, table)
        inner = self._context.meaning(nullable(member.field.type)[0])
        if isinstance(inner, Map):
            return self._map_member(member, inner, child, dst, table)
        assert isinstance(inner, Record)
        return self._own_record(member, inner, child, dst, table, path)

    def _value(self, child: Branch) -> int:
        """A rule's value."""
        register = self._emitter.term(_term(child))
        if not optional(_term(child)):
            self._always.add(register)
        return register

    def _set(self, member: Member, child: Branch, register: int, dst: int, table: int) -> Part:
        """The slot takes the register's value; the part is there if the value is."""
        boxed = member.boxed and not is_choice(member.field.type)
        value = self._emitter.boxed(register, child.key) if boxed else register
        self._emitter.add(C.H9_I_SET, child.key, dst=dst, a=value, b=member.slot, c=table)
        return Part([register])

    def _inline(self, member: Member, inner: Placed, child: Branch, dst: int, table: int, path: str) -> Part:
        """A record in the frame around it."""
        emitter = self._emitter
        part = self._members(inner, child, dst, table, path)
        own = self._reserve()
        self._complete(own, inner, child, path)

        def finish() -> None:
            emitter.add(C.H9_I_MARK, dst=dst, a=dst, b=member.slot, c=table)
            self._run(part)
            self._finish(dst, own)

        if needed(member.field):
            return Part(part.there, [finish])
        there = self._any(part.there)
        jump = emitter.add(C.H9_I_IF_ABSENT, a=there)
        finish()
        emitter.here(jump)
        return Part([there])

    def _own_record(self, member: Member, record: Record, child: Branch, dst: int, table: int, path: str) -> Part:
        """A record in a frame of its own."""
        inner, part = self._frame(record, child, path)
        if needed(member.field):
            part.finish.append(lambda: self._keep(member, child, inner, dst, table))
            return part
        return self._set(member, child, self._if_any(part, inner), dst, table)

    def _keep(self, member: Member, child: Branch, register: int, dst: int, table: int) -> None:
        self._set(member, child, register, dst, table)

    def _if_any(self, part: Part, register: int) -> int:
        """The register's value where something in it is there, finished."""
        emitter = self._emitter
        there = self._any(part.there)
        if there in self._always:
            self._run(part)
            self._always.add(register)
            return register
        whole = emitter.blank()
        jump = emitter.add(C.H9_I_IF_ABSENT, a=there)
        self._run(part)
        emitter.add(C.H9_I_COPY, dst=whole, a=register)
        emitter.here(jump)
        return whole

    def _any(self, registers: list[int]) -> int:
        """A register that is there where any of `registers` is."""
        for register in registers:
            if len(registers) == 1 or register in self._always:
                return register
        emitter, dst = self._emitter, self._emitter.register()
        jumps = []
        for register in registers:
            emitter.add(C.H9_I_COPY, dst=dst, a=register)
            jumps.append(emitter.add(C.H9_I_IF_PRESENT, a=dst))
        for jump in jumps:
            emitter.here(jump)
        return dst

    # --- maps ---

    def _map_member(self, member: Member, map_: Map, child: Branch, dst: int, table: int) -> Part:
        register, part = self._map(map_, child)
        if not needed(member.field):
            return self._set(member, child, self._if_any(part, register), dst, table)
        self._set(member, child, register, dst, table)
        return part

    def _map(self, map_: Map, child: Branch) -> tuple[int, Part]:
        """A map with the entries that rules write and that have a value."""
        emitter, dst = self._emitter, self._emitter.register()
        emitter.add(C.H9_I_LIST_NEW, dst=dst)
        part = Part()
        for text, entry in child.members.items():
            register = self._entry(map_, entry)
            key = emitter.term(Const(map_.keys, entry.key, text))
            value = self._emitter.boxed(register, entry.key) if is_option(map_.values) else register
            emitter.add(C.H9_I_PUT, entry.key, dst=dst, a=key, b=value)
            part.there.append(register)
        return dst, part

    def _entry(self, map_: Map, entry: Branch) -> int:
        if entry.rule is not None:
            return self._value(entry)
        inner = self._context.meaning(nullable(map_.values)[0])
        if isinstance(inner, Map):
            register, part = self._map(inner, entry)
        else:
            assert isinstance(inner, Record)
            register, part = self._frame(inner, entry, entry.rules()[0].key)
        return self._if_any(part, register)


def _must(member: Member, child: Branch) -> bool:
    """Whether a field's rule may give no value though it must have one."""
    return (
        child.rule is not None and optional(_term(child)) and needed(member.field) and member.field.default is MISSING
    )


def _within(path: str, member: Field) -> str:
    return f"{path}.{member.name}" if path else member.name


def _term(branch: Branch) -> Term:
    assert branch.term is not None
    return branch.term
