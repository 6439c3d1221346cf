"""The instructions of values that are lists and maps: each is made empty, and gets what there is."""

from __future__ import annotations

from collections.abc import Callable

from native.binding import C
from schemas.model import Array, Map, Type, Union, nullable
from translator.mapping.program.assembler import Assembler
from translator.mapping.program.loops import ENTRY, Loops
from translator.mapping.terms.terms import Collect, Entries, Merge, Term, optional
from translator.plan import instructions as insn
from translator.plan import nodes
from translator.plan.shapes import is_choice, width_of


class Collecting:
    """Makes the code of one mapping's lists and maps. `term`: makes that of what is in them; the register."""

    def __init__(self, assembler: Assembler, loops: Loops, term: Callable[[Term], int]) -> None:
        self._asm = assembler
        self._loops = loops
        self._term = term

    def collect(self, term: Collect) -> int:
        """A list or map with an item for each item; absent where the first list is."""
        asm = self._asm
        lists = self._loops.lists(term.loops[0])
        dst = asm.blank()
        absent = asm.add(insn.if_absent(lists[0]))
        asm.add(insn.list_new(dst))
        opened = [self._loops.open(term.loops[0], lists)]
        opened += [self._loops.open(loop, self._loops.lists(loop)) for loop in term.loops[1:]]
        if term.where is not None:
            opened[-1].again.append(asm.add(insn.if_false(self._term(term.where))))
        self._add(term, dst)
        for each in reversed(opened):
            self._loops.close(each)
        if term.name is not None:
            self._unique(term, dst)
        asm.here(absent)
        return dst

    def _add(self, term: Collect, dst: int) -> None:
        """One item or entry."""
        asm, holder = self._asm, self._holder(term)
        if isinstance(holder, Map):
            assert term.name is not None
            name = self._term(term.name)
            value = self._boxed(self._term(term.value), holder.values, term.value.key)
            asm.add(insn.put(dst, name, value), term.key)
            return
        assert isinstance(holder, Array)
        item = self._boxed(self._term(term.value), holder.items, term.value.key)
        width = 16 if isinstance(holder.items, Union) else width_of(asm.context.meaning(holder.items))
        asm.add(insn.append(dst, item, width=width), term.key)

    def _boxed(self, register: int, type_: Type, key: str) -> int:
        return self._asm.boxed(register, key) if is_option(type_) else register

    def _unique(self, term: Collect | Merge, dst: int) -> None:
        """S15: a key twice is refused, or by policy the last one counts."""
        context, holder = self._asm.context, self._holder(term)
        assert isinstance(holder, Map)
        row = nodes.scalar(context.target, holder.keys, context.policies)
        kind = row.op if row else C.H9_OP_STRING
        self._asm.add(insn.unique(dst, kind, last=context.policies.duplicates == "last"), term.key)

    def _holder(self, term: Term) -> Type:
        return self._asm.context.meaning(nullable(term.type)[0])

    def merge(self, term: Merge) -> int:
        """The entries of several maps; absent where all of them are."""
        asm = self._asm
        all_ = asm.register()
        asm.add(insn.list_new(all_))
        maps = [self._term(part) for part in term.parts]
        for map_ in maps:
            key = asm.register(3)
            counter, value = key + 1, key + 2
            asm.add(insn.clear(counter))
            start = asm.add(insn.each(key, map_, width=ENTRY, kind=C.H9_OP_UNION))
            asm.add(insn.put(all_, key, value), term.key)
            asm.add(insn.again(start))
            asm.here(start)
        self._unique(term, all_)
        return self._where_any(all_, maps, always=not optional(term))

    def entries(self, term: Entries) -> int:
        """A map of named entries; absent where all of their values are."""
        asm, holder = self._asm, self._holder(term)
        assert isinstance(holder, Map)
        all_, values = asm.register(), []
        asm.add(insn.list_new(all_))
        for name, value in term.entries:
            values.append(self._term(value))
            key = self._term(name)
            asm.add(insn.put(all_, key, self._boxed(values[-1], holder.values, value.key)), term.key)
        return self._where_any(all_, values, always=not optional(term))

    def _where_any(self, register: int, there: list[int], *, always: bool) -> int:
        """The register's value where one of `there` is."""
        asm = self._asm
        if always:
            return register
        dst = asm.blank()
        found = [asm.add(insn.if_present(each)) for each in there]
        none = asm.add(insn.jump())
        asm.here(*found)
        asm.add(insn.copy(dst, register))
        asm.here(none)
        return dst


def is_option(type_: Type) -> bool:
    """Whether what stands in a list or map is an option: null, or a value in a box."""
    return nullable(type_)[1] and not is_choice(type_)
