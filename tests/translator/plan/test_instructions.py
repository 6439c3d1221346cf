"""The constructors of instructions: one for each that the core knows, and what they fill in."""

from __future__ import annotations

import inspect
import struct
from collections.abc import Callable

import pytest

from native import binding
from native.binding import C
from translator.plan import instructions
from translator.plan.instructions import Insn

CODES = {name.removeprefix("H9_I_").lower(): getattr(C, name) for name in dir(C) if name.startswith("H9_I_")}
MADE: dict[str, Callable[..., Insn]] = {
    name.removesuffix("_"): each
    for name, each in vars(instructions).items()
    if inspect.isfunction(each) and each.__module__ == instructions.__name__
}


def plainly(make: Callable[..., Insn]) -> Insn:
    """An instruction in which everything that must be named is 1."""
    needed = [each for each in inspect.signature(make).parameters.values() if each.default is each.empty]
    named = {each.name: 1 for each in needed if each.kind is each.KEYWORD_ONLY}
    return make(*(1 for each in needed if each.kind is not each.KEYWORD_ONLY), **named)


def test_each_has_one_constructor() -> None:
    """Every instruction of the header has a constructor of its name, and there are no others."""
    assert len(CODES) == C.H9_INSNS
    assert MADE.keys() == CODES.keys()


@pytest.mark.parametrize("name", CODES)
def test_it_makes_its_own(name: str) -> None:
    """A constructor makes the instruction that it is called as, and says what the machine does."""
    assert plainly(MADE[name]).op == CODES[name]
    assert MADE[name].__doc__


def test_members_are_the_struct_s() -> None:
    """A row has the members of h9_insn, in their order."""
    row = Insn(1, 2, 3, 4, 5, 6, 7, 8)
    assert binding.pack("h9_insn", [row]) == struct.pack("<HHHHIIII", *row)


def test_what_is_told_apart() -> None:
    """None and 0 are told apart; what is wider than a member stands in two; an aimed jump is another row."""
    assert [instructions.load(1, 2, refusal=each).b for each in (None, 0, 7)] == [0, 1, 8]
    assert [instructions.index(1, 2, width=8, kind=3, counter=each).spare for each in (None, 0)] == [0, 1]
    assert [instructions.each(1, 2, width=8, kind=3, around=each).spare for each in (None, 0)] == [0, 1]
    assert instructions.each(1, 2, width=8, kind=3, alone=True).d == 3 | C.H9_EACH_ALONE
    assert instructions.const(1, 0x12345, 2, 3)[2:5] == (0x2345, 1, 2)
    assert instructions.uuid5(1, 2, 0x12345, 3)[2:5] == (0x2345, 1, 2)
    jump = instructions.jump()
    assert (jump.aimed(9).c, jump.c) == (9, 0)
