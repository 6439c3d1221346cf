"""The instructions of terms. Each term's value ends in a register of its own, which `Emitter.term` gives."""

from __future__ import annotations

import re
from functools import partial
from typing import assert_never
from uuid import UUID

import msgspec

from schemas.model import Any, String, Uuid, nullable
from translator.mapping.document.errors import child
from translator.mapping.program.assembler import Assembler
from translator.mapping.program.collecting import Collecting
from translator.mapping.program.loads import Loads
from translator.mapping.program.loops import Loops
from translator.mapping.program.target import TargetBuilder
from translator.mapping.program.wholes import WholeWriters
from translator.mapping.terms.terms import (
    Build,
    Collect,
    Compare,
    Const,
    Empty,
    Entries,
    Every,
    First,
    Generate,
    IsPresent,
    Join,
    Json,
    LoopKey,
    Merge,
    Negation,
    Read,
    Require,
    Selected,
    Shared,
    Steps,
    TargetTree,
    Term,
    Untyped,
    Uuid5,
    When,
    optional,
)
from translator.mapping.terms.typed import TypedMapping, in_block
from translator.plan import instructions as insn
from translator.plan.fills import plain, slot

_PLAIN = re.compile(rb"[ !#-\[\]-~]*")
"""JSON text as it stands."""


class Emitter:
    """Makes the code of one mapping's terms."""

    def __init__(self, mapping: TypedMapping) -> None:
        self.asm = Assembler(mapping.goal)
        self.wholes = WholeWriters(mapping)
        self._mapping = mapping
        self._context = mapping.goal
        self._loads = Loads(self.asm, mapping.views.root, mapping.views.marks)
        self.loops = Loops(self.asm, self._loads)
        self._collecting = Collecting(self.asm, self.loops, self.term)
        self._parts: dict[Join | Uuid5, list[int]] = {}
        """The registers of the parts of a text or UUID made of several."""

    def message(self, key: str, tree: TargetTree) -> int:
        """The register of the whole target; `key`: of the block that makes it."""
        with self._mapping.blaming(partial(in_block, key)):
            return self._builder().root(self._mapping.root, tree)

    def _builder(self) -> TargetBuilder:
        return TargetBuilder(self.asm, self._mapping.goal_tables.fills, self.term, self._parts)

    def term(self, term: Term) -> int:
        """The register that holds the term's value from here on."""
        match term:
            case Read():
                return self._loads.read(term)
            case Selected():
                return self._loads.selected(term)
            case LoopKey():
                return self._loads.key(term)
            case Shared():
                with self._loads.once(term.once):
                    return self.term(term.of)
            case Collect():
                return self._collecting.collect(term)
            case Merge():
                return self._collecting.merge(term)
            case Entries():
                return self._collecting.entries(term)
            case Empty():
                dst = self.asm.register()
                self.asm.add(insn.list_new(dst))
                return dst
            case Build():
                return self._build(term)
            case Json() | Untyped():
                return self._whole(term)
            case Const():
                return self._const(term)
            case Steps():
                return self._steps(term)
            case First():
                return self._first(term)
            case Join():
                return self._join(term)
            case Uuid5():
                return self._uuid5(term)
            case Generate():
                dst = self.asm.register()
                self.asm.add(insn.uuid4(dst) if term.what == "uuid4" else insn.now(dst), term.key)
                return dst
            case When():
                return self._when(term)
            case Require():
                register = self.term(term.of)
                self.asm.add(insn.require(register), term.key)
                return register
            case Compare():
                return self._compare(term)
            case IsPresent() | Negation():
                return self._test(term)
            case Every():
                return self._every(term)
            case _:
                assert_never(term)

    # --- whole values ---

    def _whole(self, term: Json | Untyped) -> int:
        register, dst = self.term(term.of), self.asm.register()
        if isinstance(term, Json):
            self.asm.add(insn.json(dst, register, self.wholes.json_node(term.of.type)), term.key)
            return dst
        target = self._context.meaning(nullable(term.type)[0])
        assert isinstance(target, Any)
        writer, reader = self.wholes.untyped_nodes(term.of.type, target)
        self.asm.add(insn.any_(dst, register, writer, reader), term.key)
        return dst

    def _build(self, term: Build) -> int:
        """A record of the target that stands in a list, a map or a field."""
        with self._mapping.blaming(partial(_in_record, term)):
            return self._builder().build(term)

    # --- values by themselves, and values of values ---

    def _const(self, term: Const) -> int:
        """Text and what fills a slot by itself stand in the plan as they are; the rest is read there each time."""
        type_, dst, image = term.type, self.asm.register(), self.asm.image
        bare = self._context.meaning(nullable(type_)[0])
        if isinstance(bare, String):
            text = str(term.value).encode()
            made = insn.text(dst, image.text(text), len(text), plain=bool(_PLAIN.fullmatch(text)))
            self.asm.add(made, term.key)
            return dst
        packed = UUID(str(term.value)).bytes if isinstance(bare, Uuid) else slot(bare, term.value)
        if packed is not None:
            self.asm.add(insn.slot(dst, image.text(packed)), term.key)
            return dst
        data = msgspec.msgpack.encode(plain(bare, term.value))
        node = self._mapping.goal_tables.fills.constant(type_)
        self.asm.add(insn.const(dst, node, image.text(data), len(data)), term.key)
        return dst

    def _steps(self, term: Steps) -> int:
        """Steps after steps of the same value are one chain."""
        of, steps = term.of, term.steps
        while isinstance(of, Steps) and of.key == term.key:
            steps = [*of.steps, *steps]
            of = of.of
        register = self.term(of)
        dst = self.asm.register()
        self.asm.add(insn.step(dst, register, self.asm.image.chain(steps)), term.key)
        return dst

    def _first(self, term: First) -> int:
        if len(term.options) == 1 or not optional(term.options[0]):
            return self.term(term.options[0])
        dst = self.asm.register()
        done: list[int] = []
        for i, option in enumerate(term.options):
            self.asm.add(insn.copy(dst, self.term(option)), term.key)
            if i + 1 < len(term.options):
                done.append(self.asm.add(insn.if_present(dst), term.key))
        self.asm.here(*done)
        return dst

    def _texts(self, term: Join | Uuid5) -> tuple[int, int]:
        registers = self._parts[term] = [self.term(part) for part in term.parts]
        return self.asm.image.many32(registers), len(registers)

    def _join(self, term: Join) -> int:
        first, count = self._texts(term)
        dst = self.asm.register()
        self.asm.add(insn.join(dst, first, count), term.key)
        return dst

    def _uuid5(self, term: Uuid5) -> int:
        first, count = self._texts(term)
        dst = self.asm.register()
        self.asm.add(insn.uuid5(dst, self.asm.image.text(term.namespace), first, count), term.key)
        return dst

    def _when(self, term: When) -> int:
        """The value's code is passed over where the condition doesn't hold: registers start absent."""
        dst = self.asm.blank()
        missed = self.asm.add(insn.if_false(self.term(term.condition)), term.key)
        self.asm.add(insn.copy(dst, self.term(term.of)), term.key)
        self.asm.here(missed)
        return dst

    # --- booleans ---

    def _compare(self, term: Compare) -> int:
        left, right = self.term(term.left), self.term(term.right)
        dst = self.asm.register()
        self.asm.add(insn.compare(dst, left, right, term.comparison, term.kind), term.key)
        return dst

    def _test(self, term: IsPresent | Negation) -> int:
        register = self.term(term.of)
        dst = self.asm.register()
        made = insn.present(dst, register) if isinstance(term, IsPresent) else insn.not_(dst, register)
        self.asm.add(made, term.key)
        return dst

    def _every(self, term: Every) -> int:
        """`all` stops at the first that is false, `any` at the first that is true."""
        dst = self.asm.register()
        done: list[int] = []
        for part in term.parts:
            register = self.term(part)
            once, twice = self.asm.register(), self.asm.register()
            self.asm.add(insn.not_(once, register), term.key)
            self.asm.add(insn.not_(twice, once), term.key)
            self.asm.add(insn.copy(dst, twice), term.key)
            done.append(self.asm.add(insn.if_false(twice if term.whole else once), term.key))
        self.asm.here(*done)
        return dst


def _in_record(term: Build, path: str) -> str:
    """The key of a target's path in a record that a value makes."""
    inner = path.removeprefix(f"{term.path}.")
    return child(term.key, inner) if inner != path else term.key
