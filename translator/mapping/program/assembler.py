"""The program under construction: its instructions in their order, and which registers are taken."""

from __future__ import annotations

from translator.plan import instructions as insn
from translator.plan import steps
from translator.plan.compilation import Compilation
from translator.plan.frames import Frame, Placed
from translator.plan.instructions import Insn
from translator.plan.rows import RecordRow


class Assembler:
    """Appends instructions. `context`: the target's.

    Every value gets a register of its own, so none is ever overwritten before it was used; registers are free again
    only where a whole message or alternative is done (`registers` is set back). `stale` says that registers may then
    hold what was left there: what must start absent is cleared (`blank`).
    """

    def __init__(self, context: Compilation) -> None:
        self.context = context
        self.image = context.image
        self.registers = 0
        self.most = 0
        """Registers that were in use at one time."""
        self.stale = False
        self._insns = self.image.insns
        self._frame_tables: dict[Frame, int] = {}

    def register(self, count: int = 1) -> int:
        """The first of `count` registers in a row."""
        self.registers += count
        self.most = max(self.most, self.registers)
        return self.registers - count

    def blank(self) -> int:
        """A register that is absent."""
        dst = self.register()
        if self.stale:
            self.add(insn.clear(dst))
        return dst

    def add(self, made: Insn, key: str = "") -> int:
        """Appends an instruction; its number. `key`: the mapping's, for errors."""
        self._insns.append(made._replace(name=self.image.name(key)) if key else made)
        return len(self._insns) - 1

    def look(self, made: Insn, key: str, path: str) -> int:
        """Appends an instruction that looks for what stands at the source's `path`, which is told where it never does
        (S36)."""
        self.image.lookups.append((len(self._insns), path))
        return self.add(made, key)

    def here(self, *jumps: int) -> None:
        """Makes earlier jumps come here."""
        for jump in jumps:
            self._insns[jump] = self._insns[jump].aimed(len(self._insns))

    def boxed(self, register: int, key: str) -> int:
        """The register's value as an option."""
        dst = self.register()
        self.add(insn.step(dst, register, self.image.chain([steps.box(1)])), key)
        return dst

    def refuse(self, register: int, code: int, key: str) -> None:
        """Refuses the message with a code, by a key, where the register is present."""
        self.add(insn.step(register, register, self.image.chain([steps.fail(code)])), key)

    def frame_table(self, placed: Placed) -> int:
        """A record table that says no more than how large the frame is."""
        if placed.frame not in self._frame_tables:
            self.image.records.append(bare_table(self.context, placed))
            self._frame_tables[placed.frame] = len(self.image.records) - 1
        return self._frame_tables[placed.frame]


def bare_table(context: Compilation, placed: Placed) -> RecordRow:
    """A record table without fields, for a frame's size."""
    keys, mask = context.image.key_table([])
    return RecordRow(slots=placed.frame.slots, words=placed.frame.words, keys=keys, key_mask=mask)
