"""The programs of the mapping's C tests: each tries an instruction or two, with what no mapping would ever ask of them.
Those with loops are in loop_images.py.

All stand between the same two records of 70 slots, which a test fills by itself; slot i of what comes out is mostly
register i. Instructions have one key, loops one each, so that a test sees which of them an error names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import NAMESPACE_DNS

from native.binding import C
from translator.losses import Losses
from translator.plan import instructions as insn
from translator.plan import nodes, steps
from translator.plan.compiler import Compiled
from translator.plan.fields import filled
from translator.plan.image import Image
from translator.plan.instructions import Insn
from translator.plan.rows import FieldRow, FillRow, RecordRow

SOURCE, TARGET, NEEDY, PAIR = range(4)
STRING, INT, _F64, _BOOL, READ_ROOT, WRITE_ROOT, ANY, NODES = range(1, 9)
TAIL, TEXT, DIGIT, INNER, OUTER, KEY = 2, 3, 4, 5, 6, 7
"""Names, and so their numbers in errors: of fields, loops, and every other instruction."""
REGISTERS, SLOTS = 32, 70
SHOWN = REGISTERS - 1
"""The register of the record that `show` makes."""
OP_RECORD, OP_STRING, OP_UNION = int(C.H9_OP_RECORD), int(C.H9_OP_STRING), int(C.H9_OP_UNION)


def tables() -> Image:
    """Everything but a program. NEEDY has zero in its first slot and needs the second; PAIR are two slots."""
    image = Image(names=[f"name {i}" for i in range(8)])
    keys, mask = image.key_table([])
    image.nodes = [
        nodes.null(), nodes.string(), nodes.int_(64, -(1 << 63), (1 << 63) - 1), nodes.f64(), nodes.bool_(),
        nodes.record(SOURCE), nodes.record(TARGET), nodes.any_(),
    ]  # fmt: skip
    image.add_fields([FieldRow(STRING, 0)])
    for slots in (SLOTS, SLOTS, 2, 2):
        image.records.append(RecordRow(slots=slots, words=(slots + 63) // 64, keys=keys, key_mask=mask))
    image.records[TARGET] = image.records[TARGET]._replace(first=1, count=1)
    fills = [FillRow(0, int(C.H9_FILL_ZERO)), FillRow(1, int(C.H9_FILL_MISSING), name=TEXT)]
    image.records[NEEDY] = filled(image, image.records[NEEDY], fills, "")
    return image


class Program:
    """A program under construction."""

    def __init__(self, *, many: bool = False) -> None:
        self.image = tables()
        self.many = many
        self.skip_root = int(C.H9_NONE)

    def add(self, *made: Insn, name: int = KEY) -> int:
        """Appends instructions; the number of the last."""
        self.image.insns += [each._replace(name=name) for each in made]
        return len(self.image.insns) - 1

    def here(self, *jumps: int) -> None:
        """Makes earlier jumps come here."""
        for jump in jumps:
            self.change(jump, c=len(self.image.insns))

    def change(self, at: int, **members: int) -> None:
        self.image.insns[at] = self.image.insns[at]._replace(**members)

    def compiled(self) -> Compiled:
        image = self.image
        data = image.dump(
            reader=int(C.H9_FORMAT_AVRO), writer=int(C.H9_FORMAT_AVRO), read_root=READ_ROOT, write_root=WRITE_ROOT,
            skip_root=self.skip_root, registers=REGISTERS, many=int(self.many),
        )  # fmt: skip
        return Compiled(data, image.names, Losses())

    # --- what many have ---

    def load(self, *slots: int) -> None:
        """Registers from 0 on take slots of the source."""
        self.add(*(insn.load(i, slot) for i, slot in enumerate(slots)))

    def show(self, count: int) -> None:
        """The end: slot i of the target is register i, for all i < count."""
        self.add(insn.record_new(SHOWN, TARGET))
        self.add(*(insn.set_(SHOWN, i, i, TARGET) for i in range(count)))
        self.add(insn.end(SHOWN))

    def text(self, dst: int, data: bytes) -> None:
        self.add(insn.text(dst, self.image.text(data), len(data)))

    def const(self, dst: int, node: int, data: bytes) -> None:
        self.add(insn.const(dst, node, self.image.text(data), len(data)))

    def join(self, dst: int, *registers: int) -> None:
        self.add(insn.join(dst, self.image.many32(registers), len(registers)))

    def each(self, dst: int, list_: int, *, width: int = 16, kind: int = OP_RECORD, alone: bool = True,
             around: int | None = None) -> int:  # fmt: skip
        """A loop over the list in a register begins."""
        self.add(insn.clear(dst + 1))
        loop = insn.each(dst, list_, width=width, kind=kind, alone=alone, around=around)
        return self.add(loop, name=OUTER if around is None else INNER)

    def again(self, each: int) -> None:
        """The loop ends."""
        self.add(insn.again(each))
        self.here(each)

    def emit_text(self, register: int) -> None:
        """The text in a register is written, by way of the register after it."""
        self.add(insn.record_new(register + 1, TARGET), insn.set_(register + 1, register, 0, TARGET))
        self.add(insn.emit(register + 1))

    def done(self) -> Program:
        self.add(insn.done())
        return self


def show(count: int, *made: Insn, loads: tuple[int, ...] = ()) -> Program:
    """Instructions, and `count` registers shown."""
    p = Program()
    p.load(*loads)
    p.add(*made)
    p.show(count)
    return p


# --- values and records ---


def load_and_field() -> Program:
    """Of a record, of nothing, of the second presence word."""
    return show(
        10, insn.field(4, 3, 1, PAIR), insn.field(5, 3, 0, PAIR), insn.field(6, 1, 0, PAIR), insn.copy(7, 0),
        insn.clear(7), insn.copy(8, 1), insn.copy(9, 4), loads=(0, 1, 69, 2),
    )  # fmt: skip


def containers() -> Program:
    p = Program()
    p.load(0, 1, 2, 3)
    p.add(*(insn.entry(4 + i, 0, p.image.text(key), len(key)) for i, key in enumerate((b"k", b"", b"none"))))
    kinds = (int(C.H9_OP_INT), int(C.H9_OP_UINT), int(C.H9_OP_INT))
    p.add(*(insn.index(7 + i, 1, width=4, kind=kind, number=i) for i, kind in enumerate(kinds)))
    p.add(insn.branch(10, 2, 1), insn.branch(11, 2, 0), insn.branch(12, 3, 0), insn.unbox(13, 2), insn.unbox(14, 3))
    p.show(15)
    return p


def text_and_slot() -> Program:
    p = Program()
    p.add(insn.text(0, p.image.text(b"as it is"), 8, plain=True), insn.text(1, 0, 0))
    p.add(insn.slot(2, p.image.text(b"\x05".ljust(16, b"\0"))))
    p.show(3)
    return p


def const_and_step() -> Program:
    """Steps on a value, no steps, and steps on nothing."""
    p = Program()
    lower = p.image.chain([steps.lower()])
    p.const(0, STRING, b"\xa2Hi")
    p.add(insn.step(1, 0, lower), insn.step(2, 0, 0))
    p.const(3, INT, b"\xd0\xff")
    p.add(insn.step(4, 9, lower))
    p.show(5)
    return p


def parsed(data: bytes, node: int = STRING) -> Program:
    """A constant, read as text and then as a number of one digit; or as what it isn't."""
    p = Program()
    p.const(0, node, data)
    if node == STRING:
        p.add(insn.step(0, 0, p.image.chain([steps.string_to_i(0, 9)])))
    p.show(1)
    return p


def join(*, nothing: bool) -> Program:
    p = Program()
    p.load(0, 1)
    p.join(2, 0, 1)
    if nothing:
        p.join(3)
    p.show(3 + nothing)
    return p


def uuid5(count: int) -> Program:
    p = Program()
    p.load(0, 1)
    p.add(insn.uuid5(2, p.image.text(NAMESPACE_DNS.bytes), p.image.many32(range(count)), count))
    p.show(3)
    return p


def records() -> Program:
    """Register 1 stays absent, and 9 is no record."""
    return show(
        4, insn.record_new(2, PAIR), insn.set_(2, 0, 0, PAIR), insn.set_(2, 0, 1, PAIR), insn.set_(2, 1, 1, PAIR),
        insn.set_(9, 0, 1, PAIR), insn.record_new(3, PAIR), insn.mark(3, 0, 1, PAIR), insn.mark(3, 0, 0, PAIR),
        insn.mark(3, 1, 0, PAIR), loads=(0,),
    )  # fmt: skip


def finish_missing(name: int = KEY) -> Program:
    p = Program()
    p.add(insn.record_new(1, NEEDY))
    p.add(insn.finish(1, NEEDY), name=name)
    p.show(2)
    return p


def lists() -> Program:
    """A map, a list of texts, one of numbers; register 3 is absent, and 9 is no map."""
    return show(
        7, *map(insn.list_new, (4, 5, 6)), insn.put(4, 0, 1), insn.put(4, 0, 3), insn.put(4, 3, 0), insn.put(9, 0, 1),
        *(insn.append(5, item, width=16) for item in (0, 3, 1)), *[insn.append(6, 2, width=4)] * 6, loads=(0, 1, 2, 3),
    )  # fmt: skip


def just(*made: Insn) -> Program:
    p = Program()
    p.add(*made)
    return p


def values() -> Iterator[tuple[str, Program]]:
    yield "LOAD_AND_FIELD", load_and_field()
    yield "CONTAINERS", containers()
    yield "TEXT_AND_SLOT", text_and_slot()
    yield "CONST_AND_STEP", const_and_step()
    yield "STEP_IN_RANGE", parsed(b"\xa15")
    yield "STEP_OUT_OF_RANGE", parsed(b"\xa250")
    yield "CONST_OF_ANOTHER_TYPE", parsed(b"\xa15", INT)
    yield "JOIN", join(nothing=False)
    yield "JOIN_NOTHING", join(nothing=True)
    yield from series("UUID5", [uuid5(count) for count in range(3)])
    yield "UUID4", show(1, insn.uuid4(0))
    yield "NOW", show(1, insn.now(0))
    yield "RECORDS", records()
    yield "FINISH", show(2, insn.record_new(1, NEEDY), insn.set_(1, 0, 1, NEEDY), insn.finish(1, NEEDY),
                         insn.finish(2, NEEDY), loads=(0,))  # fmt: skip
    yield "FINISH_MISSING", finish_missing()
    yield "FINISH_WITHOUT_KEY", finish_missing(0)
    yield "LISTS", lists()
    yield "REQUIRE", show(1, insn.require(0), loads=(0,))
    yield "END_OF_NOTHING", just(insn.end(0))


# --- comparisons and jumps ---


def series(name: str, made: list[Program]) -> Iterator[tuple[str, Program]]:
    """Programs that differ in one number: the first has the name, the others a number too."""
    yield name, made[0]
    yield from ((f"{name}_{i}", each) for i, each in enumerate(made[1:], 1))


def compared(kind: int, *, text: bool) -> list[Program]:
    most = C.H9_CMP_CONTAINS if text else C.H9_CMP_GE
    return [show(3, insn.compare(2, 0, 1, comparison, kind), loads=(0, 1)) for comparison in range(most + 1)]


def jumping(jump: Callable[[int], Insn]) -> list[Program]:
    """By a register that is true, false, absent: register 3 is passed over where it jumps."""
    return [show(4, jump(i).aimed(4), insn.uuid4(3), loads=(0, 1)) for i in range(3)]


def conditions() -> Iterator[tuple[str, Program]]:
    for kind in ("BOOL", "INT", "UINT", "F64", "TIMESTAMP", "STRING"):
        yield from series(f"COMPARE_{kind}", compared(getattr(C, f"H9_OP_{kind}"), text=kind == "STRING"))
    made = [insn.not_(3 + i, i) for i in range(3)] + [insn.present(6 + i, i) for i in range(3)]
    made += [insn.compare(9 + i, *pair, int(C.H9_CMP_NE), int(C.H9_OP_BOOL)) for i, pair in enumerate(((2, 0), (0, 2)))]
    yield "CONDITIONS", show(11, *made, loads=(0, 1))
    yield from series("JUMP", jumping(lambda register: insn.jump()._replace(a=register)))
    yield from series("IF_ABSENT", jumping(insn.if_absent))
    yield from series("IF_PRESENT", jumping(insn.if_present))
    yield from series("IF_FALSE", jumping(insn.if_false))


# --- programs that are damaged, or run out of memory ---


def all_that_allocates() -> Program:
    p = Program()
    p.load(0, 1)
    p.join(2, 0, 1)
    p.add(insn.step(3, 2, p.image.chain([steps.lower()])), insn.record_new(4, PAIR), insn.list_new(5))
    p.add(insn.put(5, 0, 1), insn.list_new(6), insn.append(6, 0, width=16))
    p.show(7)
    return p


def round_sizes(p: Program) -> Program:
    """The pool has 256 bytes, there are 16 words, and word 7 is no register; so a test knows what is out of bounds."""
    image = p.image
    image.pool += bytes(256 - len(image.pool))
    image.many32(REGISTERS if at == 7 else 0 for at in range(len(image.words32), 16))
    while len(image.steps) < 8:
        image.steps.append(steps.lower())
    return p


def loop(*, many: bool) -> Program:
    """CLEAR, a loop, its end, CLEAR, the program's end."""
    p = Program(many=many)
    p.add(insn.clear(0), insn.each(5, 0, width=16, kind=0).aimed(3), insn.again(1), insn.clear(0))
    p.add(insn.done() if many else insn.end(0))
    return round_sizes(p)


def checked() -> Iterator[tuple[str, Program]]:
    yield "ALL_THAT_ALLOCATES", all_that_allocates()
    yield "THREE", round_sizes(just(insn.clear(0), insn.clear(0), insn.end(0)))
    yield "LOOP", loop(many=True)
    yield "LOOP_OF_ONE", loop(many=False)
    yield "NO_PROGRAM", Program()
    yield "ENDS_TWICE", just(insn.end(0), insn.end(0))


def plans() -> dict[str, Compiled]:
    return {name: each.compiled() for name, each in (*values(), *conditions(), *checked())}
