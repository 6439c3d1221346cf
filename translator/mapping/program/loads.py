"""The instructions of what the source holds: slots of the views, and steps from there to the value that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import assert_never

from native.binding import C
from schemas.model import Field, Record, Type
from translator.mapping.document.path import Find, Index, Key, Name, UnionBranch, format_path
from translator.mapping.program.assembler import Assembler
from translator.mapping.terms.terms import LoopKey, Read, Selected, TypedLoop
from translator.mapping.terms.wants import Hop, Marks, SourceView, Want
from translator.plan import instructions as insn
from translator.plan.frames import Member, Placed

_SLOT = 16
"""Bytes of an item that isn't a packed number."""


@dataclass
class _ViewSlots:
    """A view's members by their fields, and those that are records of it by their names."""

    fields: dict[Field, Member]
    nested: dict[str, Member]


class Loads:
    """Makes the code of one mapping's reads. Loops say what registers their items and keys are in (`items`, `keys`)."""

    def __init__(self, assembler: Assembler, root: SourceView, marks: Marks) -> None:
        self._asm = assembler
        self._root = root
        self._marks = marks
        self.items: dict[tuple[SourceView, Type], int] = {}
        """The registers of the items that loops are at, by view and by the type that they were read as."""
        self.keys: dict[TypedLoop, int] = {}
        """The registers of keys, by loop."""
        self._members: dict[Placed, _ViewSlots] = {}
        self._once: dict[Selected, int] = {}

    def key(self, term: LoopKey) -> int:
        """The register of a loop's key."""
        return self.keys[term.loop]

    def read(self, term: Read) -> int:
        """The register of a value of the source."""
        want, key = term.want, term.key
        item = None if want.names else self.items[want.view, want.type]
        register = self._member(want, self._base(term), key) if item is None else item
        path = want.source_path
        for hop in want.hops:
            path += _segment(hop)
            register = self._hop(register, hop, key, path)
        return register

    def selected(self, term: Selected) -> int:
        """The register of the record that a selector finds."""
        if term in self._once:
            return self._once[term]
        list_ = self.read(term.list)
        placed = self._asm.context.frames.of(term.member.view.top)
        slot = self._members_of(placed).fields[term.member.view_field].slot
        dst, text, table = self._asm.register(), term.text.encode(), self._asm.frame_table(placed)
        found = insn.find(dst, list_, slot, self._asm.image.text(text), len(text), table=table)
        path = term.list.want.source_path + format_path((Find(term.member.names[0], term.text),))
        self._asm.look(found, term.key, path)
        return dst

    @contextmanager
    def once(self, term: Selected) -> Iterator[None]:
        """Makes the term now, and not again inside."""
        self._once[term] = self.selected(term)
        yield
        del self._once[term]

    def _base(self, term: Read) -> int | None:
        """The register of the record that a path begins in; None: the message itself."""
        if term.base is not None:
            return self.selected(term.base)
        view = term.want.view
        return None if view is self._root else self.items[view, view.top]

    def _member(self, want: Want, register: int | None, key: str) -> int:
        """A member of the record in a register, or of one in it."""
        placed = self._asm.context.frames.of(want.view.top)
        for name in want.names[:-1]:
            member = self._members_of(placed).nested[name]
            if member.inner is not None:
                placed = member.inner
                continue
            register = self._slot(register, placed, member, key)
            assert isinstance(member.field.type, Record)
            placed = self._asm.context.frames.of(member.field.type)
        member = self._members_of(placed).fields[want.view_field]
        return self._slot(register, placed, member, key, ".".join(want.names))

    def _members_of(self, placed: Placed) -> _ViewSlots:
        known = self._members.get(placed)
        if known is None:
            nested = {each.field.name: each for each in placed.members if each.field.type in self._marks.nested}
            known = self._members[placed] = _ViewSlots({each.field: each for each in placed.members}, nested)
        return known

    def _slot(self, register: int | None, placed: Placed, member: Member, key: str, path: str = "") -> int:
        """A slot of the frame that was read, or of a record in a register; `path`: for the refusal of its value."""
        asm, dst = self._asm, self._asm.register()
        refusal = member.refusal
        name = 0 if refusal is None else asm.image.name(path)
        if register is None:
            asm.add(insn.load(dst, member.slot, refusal=refusal, path=name), key)
        else:
            table = asm.frame_table(placed)
            asm.add(insn.field(dst, register, member.slot, table, refusal=refusal, path=name), key)
        return dst

    # --- steps into a value ---

    def _hop(self, register: int, hop: Hop, key: str, path: str) -> int:
        """One step into the value in a register, to what stands at `path`."""
        asm = self._asm
        if hop.kind == "member":
            assert isinstance(hop.type, Record)
            placed = asm.context.frames.of(hop.type)
            return self._slot(register, placed, placed.members[0], key, placed.members[0].field.name)
        dst = asm.register()
        match hop.kind:
            case "entry":
                text = hop.text.encode()
                asm.look(insn.entry(dst, register, asm.image.text(text), len(text)), key, path)
            case "item":
                item = insn.index(dst, register, width=_SLOT, kind=C.H9_OP_UNION, number=hop.number)
                asm.look(item, key, path)
            case "branch":
                asm.look(insn.branch(dst, register, hop.number), key, path)
            case "unbox":
                asm.add(insn.unbox(dst, register), key)
            case "choice":
                self._not_null(register, dst, key)
            case _:
                assert_never(hop.kind)
        return dst

    def _not_null(self, register: int, dst: int, key: str) -> None:
        """A choice, absent where it is null."""
        asm, inner = self._asm, self._asm.register()
        asm.add(insn.unbox(inner, register), key)
        if asm.stale:
            asm.add(insn.clear(dst))
        null = asm.add(insn.if_absent(inner))
        asm.add(insn.copy(dst, register), key)
        asm.here(null)


def _segment(hop: Hop) -> str:
    """A step as paths have it."""
    match hop.kind:
        case "member":
            assert isinstance(hop.type, Record)
            return "." + format_path((Name(hop.type.fields[0].name),))
        case "entry":
            return format_path((Key(hop.text),))
        case "item":
            return format_path((Index(hop.number),))
        case "branch":
            return format_path((UnionBranch(hop.text),))
        case _:
            return ""
