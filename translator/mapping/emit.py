"""Makes the core's instructions of a mapping's terms. Each term's value ends in a register of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from native.binding import C
from schemas.model import Any, Record, String, Type, Uuid, nullable
from translator.mapping.terms import (
    Build,
    Collect,
    Compare,
    Const,
    Empty,
    Entries,
    Every,
    First,
    Generate,
    Join,
    Json,
    LoopKey,
    Merge,
    Not,
    Present,
    Read,
    Require,
    Selected,
    Shared,
    Steps,
    Term,
    Untyped,
    Uuid5,
    When,
    optional,
)
from translator.mapping.wants import Hop, Marks, View, Want
from translator.mapping.wholes import Wholes
from translator.plan import steps
from translator.plan.fields import RecordTables
from translator.plan.fills import plain, slot
from translator.plan.frames import Member, Placed
from translator.plan.reading import Compilation, is_choice
from translator.plan.rows import RecordRow

_PLAIN = re.compile(rb"[ !#-\[\]-~]*")
"""What H9_SPAN_PLAIN says: JSON text as it stands."""


@dataclass
class Emitter:
    """The instructions of one mapping, in order. `root`: the view of the message. `build`: makes a record of the
    target."""

    context: Compilation
    tables: RecordTables
    root: View
    marks: Marks
    wholes: Wholes
    build: Callable[[Emitter, Build], int]
    insns: list[dict[str, int]] = field(default_factory=list)
    registers: int = 0
    most: int = 0
    """Registers that were in use at one time."""
    stale: bool = False
    """Whether registers may hold what was left there: in a loop, and where they are used again."""

    def __post_init__(self) -> None:
        from translator.mapping.looping import Looping

        self.items: dict[tuple[int, int], int] = {}
        """The registers of the items that loops are at, by view and by the type that they were read as."""
        self.keys: dict[int, int] = {}
        """The registers of keys, by loop."""
        self.looping = Looping(self)
        self._tables_of: dict[int, int] = {}
        self._members: dict[int, dict[int | str, Member]] = {}
        self._once: dict[int, int] = {}
        self.parts: dict[int, list[int]] = {}
        """The registers of the parts of a text or UUID made of several, by the term."""

    def register(self, count: int = 1) -> int:
        """The first of `count` registers in a row."""
        self.registers += count
        self.most = max(self.most, self.registers)
        return self.registers - count

    def blank(self) -> int:
        """A register that is absent."""
        dst = self.register()
        if self.stale:
            self.add(C.H9_I_CLEAR, dst=dst)
        return dst

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
        if not want.names:
            register = self.items[id(want.view), id(want.type)]
        else:
            register = self._member(want, self._base(term), key)
        for hop in want.hops:
            register = self._hop(register, hop, key)
        return register

    def _base(self, term: Read) -> int:
        """The register of the record that a path begins in; -1: the message itself."""
        if term.base is not None:
            return self.term(term.base)
        view = term.want.view
        return -1 if view is self.root else self.items[id(view), id(view.top)]

    def _member(self, want: Want, register: int, key: str) -> int:
        """A member of the record in a register, or of one in it."""
        placed = self.context.frames.of(want.view.top)
        for name in want.names[:-1]:
            member = self._members_of(placed)[name]
            if member.inner is not None:
                placed = member.inner
                continue
            register = self._slot(register, placed, member, key)
            assert isinstance(member.field.type, Record)
            placed = self.context.frames.of(member.field.type)
        return self._slot(register, placed, self._members_of(placed)[id(want.view_field)], key, ".".join(want.names))

    def _members_of(self, placed: Placed) -> dict[int | str, Member]:
        """A view's members by their fields, and those that are records of it by their names."""
        known = self._members.get(id(placed))
        if known is None:
            known = {id(each.field): each for each in placed.members}
            known |= {each.field.name: each for each in placed.members if id(each.field.type) in self.marks.nested}
            self._members[id(placed)] = known
        return known

    def _slot(self, register: int, placed: Placed, member: Member, key: str, path: str = "") -> int:
        """A slot of the frame that was read, or of a record in a register; `path`: for the refusal of its value."""
        dst = self.register()
        refusal = 0 if member.refusal is None else member.refusal + 1
        name = self.context.image.name(path) if refusal else 0
        if register < 0:
            self.add(C.H9_I_LOAD, key, dst=dst, a=member.slot, b=refusal, spare=name)
        else:
            table = self.frame_table(placed)
            self.add(C.H9_I_FIELD, key, dst=dst, a=register, b=member.slot, c=table, d=refusal, spare=name)
        return dst

    def _hop(self, register: int, hop: Hop, key: str) -> int:
        """One step into the value in a register."""
        if hop.kind == "member":
            assert isinstance(hop.type, Record)
            placed = self.context.frames.of(hop.type)
            return self._slot(register, placed, placed.members[0], key, placed.members[0].field.name)
        dst = self.register()
        match hop.kind:
            case "entry":
                text = hop.text.encode()
                self.add(C.H9_I_ENTRY, key, dst=dst, a=register, c=self.context.image.text(text), d=len(text))
            case "item":
                self.add(C.H9_I_INDEX, key, dst=dst, a=register, b=16, c=hop.number, d=C.H9_OP_UNION)
            case "branch":
                self.add(C.H9_I_BRANCH, key, dst=dst, a=register, c=hop.number)
            case "unbox":
                self.add(C.H9_I_UNBOX, key, dst=dst, a=register)
            case "choice":
                return self._not_null(register, dst, key)
        return dst

    def _not_null(self, register: int, dst: int, key: str) -> int:
        """A choice, absent where it is null."""
        inner = self.register()
        self.add(C.H9_I_UNBOX, key, dst=inner, a=register)
        if self.stale:
            self.add(C.H9_I_CLEAR, dst=dst)
        jump = self.add(C.H9_I_IF_ABSENT, a=inner)
        self.add(C.H9_I_COPY, key, dst=dst, a=register)
        self.here(jump)
        return dst

    def _const(self, term: Const) -> int:
        """Text and what fills a slot by itself stand in the plan as they are; the rest is read there each time."""
        type_, dst, image = term.type, self.register(), self.context.image
        bare = self.context.meaning(nullable(type_)[0])
        if isinstance(bare, String):
            text = str(term.value).encode()
            flags = 1 if _PLAIN.fullmatch(text) else 0
            self.add(C.H9_I_TEXT, term.key, dst=dst, a=flags, c=image.text(text), d=len(text))
            return dst
        packed = UUID(str(term.value)).bytes if isinstance(bare, Uuid) else slot(bare, term.value)
        if packed is not None:
            self.add(C.H9_I_SLOT, term.key, dst=dst, c=image.text(packed))
            return dst
        data = msgspec.msgpack.encode(plain(bare, term.value))
        node = self.tables.fills.constant(type_)
        at = image.text(data)
        self.add(C.H9_I_CONST, term.key, dst=dst, a=node & 0xFFFF, b=node >> 16, c=at, d=len(data))
        return dst

    def _steps(self, term: Steps) -> int:
        of: Term = term.of
        steps = term.steps
        while isinstance(of, Steps) and of.key == term.key:
            steps = [*of.steps, *steps]
            of = of.of
        register = self.term(of)
        dst = self.register()
        self.add(C.H9_I_STEP, term.key, dst=dst, a=register, c=self.context.image.chain(steps))
        return dst

    def _first(self, term: First) -> int:
        if len(term.options) == 1 or not optional(term.options[0]):
            return self.term(term.options[0])
        dst = self.register()
        done: list[int] = []
        for i, option in enumerate(term.options):
            self.add(C.H9_I_COPY, term.key, dst=dst, a=self.term(option))
            if i + 1 < len(term.options):
                done.append(self.add(C.H9_I_IF_PRESENT, term.key, a=dst))
        for jump in done:
            self.here(jump)
        return dst

    # --- what is selected, and whole values ---

    def _selected(self, term: Selected) -> int:
        if id(term) in self._once:
            return self._once[id(term)]
        list_ = self.term(term.list)
        placed = self.context.frames.of(term.member.view.top)
        slot = self._members_of(placed)[id(term.member.view_field)].slot
        dst, text, table = self.register(), term.text.encode(), self.frame_table(placed)
        self.add(
            C.H9_I_FIND, term.key, dst=dst, a=list_, b=slot | C.H9_FIND_BOXED, c=self.context.image.text(text),
            d=len(text), spare=table,
        )  # fmt: skip
        return dst

    def _shared(self, term: Shared) -> int:
        self._once[id(term.once)] = self.term(term.once)
        register = self.term(term.of)
        del self._once[id(term.once)]
        return register

    def _loopkey(self, term: LoopKey) -> int:
        return self.keys[id(term.loop)]

    def _json(self, term: Json) -> int:
        register, dst = self.term(term.of), self.register()
        self.add(C.H9_I_JSON, term.key, dst=dst, a=register, c=self.wholes.json_node(term.of.type))
        return dst

    def _untyped(self, term: Untyped) -> int:
        register, dst = self.term(term.of), self.register()
        target = self.context.meaning(nullable(term.type)[0])
        assert isinstance(target, Any)
        writer, reader = self.wholes.untyped_nodes(term.of.type, target)
        self.add(C.H9_I_ANY, term.key, dst=dst, a=register, c=writer, d=reader)
        return dst

    def _empty(self, term: Empty) -> int:
        dst = self.register()
        self.add(C.H9_I_LIST_NEW, dst=dst)
        return dst

    def _build(self, term: Build) -> int:
        return self.build(self, term)

    def _collect(self, term: Collect) -> int:
        return self.looping.collect(term)

    def _merge(self, term: Merge) -> int:
        return self.looping.merge(term)

    def _entries(self, term: Entries) -> int:
        return self.looping.entries(term)

    def boxed(self, register: int, key: str) -> int:
        """The register's value as an option."""
        dst = self.register()
        box = self.context.image.chain([steps.box(1)])
        self.add(C.H9_I_STEP, key, dst=dst, a=register, c=box)
        return dst

    # --- values of values ---

    def _parts(self, term: Join | Uuid5) -> tuple[int, int]:
        registers = self.parts[id(term)] = [self.term(part) for part in term.parts]
        return self.context.image.many32(registers), len(registers)

    def _join(self, term: Join) -> int:
        first, count = self._parts(term)
        dst = self.register()
        self.add(C.H9_I_JOIN, term.key, dst=dst, c=first, d=count)
        return dst

    def _uuid5(self, term: Uuid5) -> int:
        first, count = self._parts(term)
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
        dst = self.blank()
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


def is_option(type_: Type) -> bool:
    """Whether what stands in a list or map is an option: null, or a value in a box."""
    return nullable(type_)[1] and not is_choice(type_)


def bare_table(context: Compilation, placed: Placed) -> RecordRow:
    """A record table without fields, for a frame's size."""
    keys, mask = context.image.key_table([])
    return RecordRow(slots=placed.frame.slots, words=placed.frame.words, keys=keys, key_mask=mask)
