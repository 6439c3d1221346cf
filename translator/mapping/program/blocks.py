"""The program of a mapping: one message, or, where its blocks say so, any number of them.

    when; for each item of the loops: where; the alternatives' own blocks, or ITEM; the target's frame; EMIT

What is refused from an ITEM on refuses that message alone, and the program goes on with the next item of the innermost
loop; so one stands before each condition as well. Where no EMIT follows, there was no message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from native.binding import C
from translator.mapping.document.errors import child
from translator.mapping.program.emit import Emitter
from translator.mapping.program.target import Branch
from translator.mapping.terms.scopes import Loop
from translator.mapping.terms.terms import Term

Make = Callable[["Prepared"], int]
"""Emits the target of a block; its register."""


@dataclass
class Prepared:
    """A block with the terms of its conditions. `branch`: what its messages are made of, None where it has
    alternatives."""

    key: str
    when: Term | None = None
    loops: list[Loop] = field(default_factory=list)
    where: Term | None = None
    branch: Branch | None = None
    alternatives: list[Prepared] = field(default_factory=list)
    skip: bool = False


class Program:
    """Emits blocks."""

    def __init__(self, emitter: Emitter, make: Make) -> None:
        self._emitter = emitter
        self._make = make

    def one(self, block: Prepared) -> None:
        """The whole program, which makes one message."""
        self._emitter.add(C.H9_I_END, a=self._make(block))

    def many(self, block: Prepared) -> None:
        """The whole program, which makes any number of messages."""
        emitter = self._emitter
        emitter.stale = True
        done: list[int] = []
        begun = block.when is not None
        if block.when is not None:
            self._unless(block.when, done, begun=False)
        self._inside(block, done, begun=begun)
        for jump in done:
            emitter.here(jump)
        emitter.add(C.H9_I_DONE)

    # `after`: what jumps to the next item of the innermost loop. `begun`: an ITEM is under way that goes on there.

    def _unless(self, condition: Term, after: list[int], *, begun: bool) -> None:
        """Goes on behind where a condition doesn't hold, or is refused."""
        self._item(after, begun=begun)
        after.append(self._emitter.add(C.H9_I_IF_FALSE, a=self._emitter.term(condition)))

    def _item(self, after: list[int], *, begun: bool) -> None:
        if not begun:
            after.append(self._emitter.add(C.H9_I_ITEM))

    def _inside(self, block: Prepared, after: list[int], *, begun: bool) -> None:
        """A block whose `when` holds."""
        emitter = self._emitter
        opened = [emitter.looping.open(loop, emitter.looping.lists(loop)) for loop in block.loops]
        inner, begun = (opened[-1].again, opened[-1].begun) if opened else (after, begun)
        if block.where is not None:
            self._unless(block.where, inner, begun=begun)
            begun = True
        if block.branch is not None:
            self._message(block, inner, begun=begun)
        else:
            self._alternatives(block, inner, begun=begun)
        for each in reversed(opened):
            emitter.looping.close(each)

    def _message(self, block: Prepared, after: list[int], *, begun: bool) -> None:
        """Registers are free again behind it."""
        emitter = self._emitter
        before = emitter.registers
        self._item(after, begun=begun)
        emitter.add(C.H9_I_EMIT, a=self._make(block))
        emitter.registers = before

    def _alternatives(self, block: Prepared, after: list[int], *, begun: bool) -> None:
        emitter = self._emitter
        for each in block.alternatives:
            before = emitter.registers
            if each.when is None:
                self._inside(each, after, begun=begun)
                return
            self._item(after, begun=begun)
            begun = True
            missed = emitter.add(C.H9_I_IF_FALSE, a=emitter.term(each.when))
            self._inside(each, after, begun=begun)
            after.append(emitter.add(C.H9_I_JUMP))
            emitter.here(missed)
            emitter.registers = before
        if not block.skip:
            self._item(after, begun=begun)
            nothing = emitter.blank()
            emitter.add(C.H9_I_REQUIRE, child(block.key, "alternatives"), a=nothing)
