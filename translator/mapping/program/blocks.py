"""The program of a mapping: one message, or, where its blocks say so, any number of them.

    when; for each item of the loops: where; the alternatives' own blocks, or ITEM; the target's frame; EMIT

What is refused from an ITEM on refuses that message alone, and the program goes on with the next item of the innermost
loop; so one stands before each condition as well. Where no EMIT follows, there was no message.
"""

from __future__ import annotations

from translator.mapping.document.errors import child
from translator.mapping.program.emit import Emitter
from translator.mapping.terms.terms import Term, TypedBlock
from translator.plan import instructions as insn


class Blocks:
    """Emits the program of a mapping's blocks."""

    def __init__(self, emitter: Emitter) -> None:
        self._emitter = emitter
        self._asm = emitter.asm

    def one(self, block: TypedBlock) -> None:
        """The whole program, which makes one message."""
        self._asm.add(insn.end(self._made(block)))

    def many(self, block: TypedBlock) -> None:
        """The whole program, which makes any number of messages."""
        self._asm.stale = True
        done: list[int] = []
        if block.when is not None:
            self._unless(block.when, done, begun=False)
        self._inside(block, done, begun=block.when is not None)
        self._asm.here(*done)
        self._asm.add(insn.done())

    def _made(self, block: TypedBlock) -> int:
        assert block.tree is not None
        return self._emitter.message(block.key, block.tree)

    # `after`: what jumps to the next item of the innermost loop. `begun`: an ITEM is under way that goes on there.

    def _unless(self, condition: Term, after: list[int], *, begun: bool) -> None:
        """Goes on with the next item where a condition doesn't hold, or is refused."""
        self._item(after, begun=begun)
        after.append(self._asm.add(insn.if_false(self._emitter.term(condition))))

    def _item(self, after: list[int], *, begun: bool) -> None:
        if not begun:
            after.append(self._asm.add(insn.item()))

    def _inside(self, block: TypedBlock, after: list[int], *, begun: bool) -> None:
        """A block whose `when` holds."""
        loops = self._emitter.loops
        opened = [loops.open(loop, loops.lists(loop)) for loop in block.loops]
        inner, begun = (opened[-1].again, opened[-1].begun) if opened else (after, begun)
        if block.where is not None:
            self._unless(block.where, inner, begun=begun)
            begun = True
        if block.tree is not None:
            self._message(block, inner, begun=begun)
        else:
            self._alternatives(block, inner, begun=begun)
        for each in reversed(opened):
            loops.close(each)

    def _message(self, block: TypedBlock, after: list[int], *, begun: bool) -> None:
        """Registers are free again after it."""
        before = self._asm.registers
        self._item(after, begun=begun)
        self._asm.add(insn.emit(self._made(block)))
        self._asm.registers = before

    def _alternatives(self, block: TypedBlock, after: list[int], *, begun: bool) -> None:
        for each in block.alternatives:
            before = self._asm.registers
            if each.when is None:
                self._inside(each, after, begun=begun)
                return
            self._item(after, begun=begun)
            begun = True
            missed = self._asm.add(insn.if_false(self._emitter.term(each.when)))
            self._inside(each, after, begun=begun)
            after.append(self._asm.add(insn.jump()))
            self._asm.here(missed)
            self._asm.registers = before
        if block.otherwise == "refuse":
            self._item(after, begun=begun)
            self._asm.add(insn.require(self._asm.blank()), child(block.key, "alternatives"))
