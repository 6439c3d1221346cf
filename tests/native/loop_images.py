"""The programs of the C tests that have loops: many messages of one, or a list of another; what they may cost; and one
that reads Avro's bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from native.binding import C
from tests.native.program_images import (
    ANY,
    DIGIT,
    INT,
    OP_RECORD,
    OP_STRING,
    OP_UNION,
    OUTER,
    PAIR,
    READ_ROOT,
    SOURCE,
    STRING,
    TAIL,
    TEXT,
    Program,
    series,
    show,
)
from translator.plan import instructions as insn
from translator.plan import nodes, steps
from translator.plan.compiler import Compiled
from translator.plan.instructions import Insn
from translator.plan.rows import FieldRow, NodeFlag, NodeRow

# --- a message of each item ---


def per_item(body: Callable[[Program], None], *after: Insn, item: bool = True) -> Program:
    """Slot 0's list, and a message of each of its items: `body` makes it of register 1."""
    p = Program(many=True)
    p.load(0)
    each = p.each(1, 0)
    begun = p.add(insn.item() if item else insn.clear(9))
    body(p)
    if item:
        p.here(begun)
    p.again(each)
    p.add(*after)
    return p.done()


def emit_name(p: Program) -> None:
    """The item's first member, which must be there."""
    p.add(insn.field(4, 1, 0, PAIR), insn.require(4))
    p.emit_text(4)


def names(**loop: int) -> Program:
    """`loop`: what its EACH has otherwise."""
    p = per_item(emit_name)
    p.change(2, **loop)
    return p


def loops_in_loops() -> Program:
    """The second member of each item is a list: a message of each of its items, and one more of the outer item."""
    p = Program(many=True)
    p.load(0)
    outer = p.each(1, 0)
    p.add(insn.field(4, 1, 1, PAIR))
    inner, item = p.each(5, 4, around=outer), p.add(insn.item())
    p.add(insn.field(8, 5, 0, PAIR), insn.require(8))
    p.emit_text(8)
    p.here(item)
    p.again(inner)
    item = p.add(insn.item())
    p.add(insn.require(4), insn.field(8, 1, 0, PAIR))
    p.emit_text(8)
    p.here(item)
    p.again(outer)
    return p.done()


def own_registers(p: Program) -> None:
    """Register 4 is set for items with a name only, and wanted of all."""
    p.add(insn.field(5, 1, 0, PAIR))
    absent = p.add(insn.if_absent(5))
    p.add(insn.copy(4, 5))
    p.here(absent)
    p.add(insn.require(4))
    p.emit_text(4)


def passing_over(condition: int) -> Callable[[Program], None]:
    """Items whose name is y are passed over by register 7, all of them by another."""

    def body(p: Program) -> None:
        p.add(insn.field(4, 1, 0, PAIR))
        p.text(6, b"y")
        p.add(insn.compare(7, 4, 6, int(C.H9_CMP_NE), OP_STRING))
        skip = p.add(insn.if_false(condition))
        p.emit_text(4)
        p.here(skip)

    return body


def copied(width: int, kind: str) -> Program:
    """A list of the items of slot 0's list: the same again."""
    p = Program()
    p.load(0)
    p.add(insn.list_new(1))
    each = p.each(2, 0, width=width, kind=int(getattr(C, f"H9_OP_{kind}")), alone=False)
    p.add(insn.put(1, 2, 4) if width == 32 else insn.append(1, 2, width=width))
    p.again(each)
    p.show(2)
    return p


def corresponding() -> Program:
    """Each item's text is the one of slot 1's list that corresponds to it; before the loop there is none."""
    p = Program(many=True)
    take = insn.index(10, 9, width=16, kind=OP_STRING, counter=2)
    p.add(insn.load(0, 0), insn.load(9, 1), insn.index(11, 9, width=32, kind=OP_UNION), take, insn.present(12, 10))
    each, item = p.each(1, 0), p.add(insn.item())
    p.add(insn.load(9, 1), take._replace(dst=5), insn.require(5))
    p.emit_text(5)
    p.here(item)
    p.again(each)
    return p.done()


def find(p: Program, dst: int, list_: int, key: bytes, *, boxed: bool = False) -> Insn:
    made = insn.find(dst, list_, 0, p.image.text(key), len(key), table=PAIR)
    return made if boxed else made._replace(b=0)


def found(key: bytes, *, boxed: bool) -> Program:
    """The second member of the first record whose first is `key`."""
    p = Program(many=True)
    p.load(0)
    p.add(find(p, 1, 0, key, boxed=boxed), insn.field(4, 1, 1, PAIR))
    absent, item = p.add(insn.if_absent(4)), p.add(insn.item())
    p.emit_text(4)
    p.here(absent, item)
    return p.done()


def unique(*, last: bool) -> Program:
    return show(1, insn.unique(0, OP_STRING, last=last), insn.unique(1, OP_STRING, last=False), loads=(0,))


def in_another_form(reader: int) -> Program:
    """Text as JSON and untyped, and nothing as both."""
    made = (insn.json(1, 0, STRING), insn.any_(2, 0, STRING, reader), insn.json(3, 9, STRING))
    return show(5, *made, insn.any_(4, 9, STRING, ANY), loads=(0,))


def of_others(take: Callable[[Program], Insn]) -> Program:
    """Of each item the name of a record of slot 1's list, which `take` takes out of register 5 into 4."""

    def body(p: Program) -> None:
        p.add(insn.load(5, 1), take(p), insn.field(4, 4, 0, PAIR))
        p.emit_text(4)

    return per_item(body)


def each_of() -> Iterator[tuple[str, Program]]:
    yield "NAMES", names()
    yield "NAMES_OF_THE_MESSAGE", names(name=0)
    kinds = (C.H9_OP_RECORD, C.H9_OP_UNION, C.H9_OP_OPTION)
    yield from series("NAMES_NOT_ALONE", [names(d=int(kind)) for kind in kinds])
    yield "LOOPS_IN_LOOPS", loops_in_loops()
    yield "OWN_REGISTERS", per_item(own_registers)
    yield "PASS_OVER", per_item(passing_over(7))
    yield from series("PASS_OVER_AND_REFUSE", [per_item(passing_over(by), insn.require(9)) for by in (7, 8)])
    yield "EMIT_WITHOUT_ITEM", per_item(emit_name, item=False)
    widths = ((1, "BOOL"), (4, "INT"), (4, "UINT"), (8, "F64"), (16, "STRING"), (32, "UNION"))
    yield from series("COPIED", [copied(width, kind) for width, kind in widths])
    yield "INDEX", corresponding()
    keys = (b"a", b"b", b"", b"c")
    yield from series("FIND", [found(key, boxed=boxed) for boxed in (False, True) for key in keys])
    yield "UNIQUE_LAST", unique(last=True)
    yield "UNIQUE", unique(last=False)
    yield "JSON_AND_ANY", in_another_form(ANY)
    yield "ANY_OF_ANOTHER_TYPE", in_another_form(INT)
    yield "OTHERS_SECOND", of_others(lambda p: insn.index(4, 5, width=16, kind=OP_RECORD, number=1))
    yield "OTHERS_SAME", of_others(lambda p: insn.index(4, 5, width=16, kind=OP_RECORD, counter=2))
    yield "OTHERS_B", of_others(lambda p: find(p, 4, 5, b"b"))
    yield "OTHERS_A", of_others(lambda p: find(p, 4, 5, b"a"))


# --- what loops cost ---


def joining(other: bytes, repeat: int = 1) -> Callable[[Program], None]:
    """Writes the item's name, once a text was joined of it and of slot 1's; one that isn't `other` is passed over."""

    def body(p: Program) -> None:
        p.add(insn.field(4, 1, 0, PAIR), insn.load(10, 1))
        p.join(11, 4, *[10] * repeat)
        p.text(12, other)
        p.add(insn.compare(13, 4, 12, int(C.H9_CMP_EQ), OP_STRING))
        skip = p.add(insn.if_false(13))
        p.emit_text(4)
        p.here(skip)

    return body


def joining_alone(p: Program) -> None:
    p.add(insn.field(4, 1, 0, PAIR))
    p.join(5, 4)
    p.emit_text(5)


def untyped(p: Program) -> None:
    p.add(insn.field(4, 1, 0, PAIR), insn.any_(6, 4, STRING, ANY))
    p.emit_text(4)


def endless() -> list[Program]:
    """The loop's counter is set back, by a value or by none, also where the item is refused; its list grows."""

    def of(*made: Insn) -> Program:
        return per_item(lambda p: p.add(*made) and None)

    zero = per_item(lambda p: p.add(insn.slot(2, p.image.text(bytes(16)))) and None)
    cleared = insn.clear(2)
    return [zero, of(cleared), of(cleared, insn.require(9)), of(insn.append(0, 1, width=16))]


def costs() -> Iterator[tuple[str, Program]]:
    yield "JOINED", per_item(joining(b"x"))
    yield "JOINED_TWICE", per_item(joining(b"x", 2))
    yield "JOINED_Y", per_item(joining(b"y"))
    yield "JOINED_ALONE", per_item(joining_alone)
    yield "UNTYPED", per_item(untyped)
    yield from series("ENDLESS", endless())


# --- from Avro's bytes on ---


def from_bytes() -> Program:
    """Read are a list of records of two texts, the second of them a digit, and a text; the program writes the records'
    first, and after that refuses the message unless its own text is a digit."""
    p = per_item(emit_name, insn.load(20, 1), insn.step(20, 20, 1))
    image = p.image
    assert image.chain([steps.string_to_i(0, 9)]) == 1
    item = image.node(nodes.record(PAIR))
    digit = image.node(nodes.string(), image.steps_of(NodeRow(0, conv=1)))
    list_ = image.node(nodes.list_(item, nodes.SLOT, least=2, flags=NodeFlag.EACH)._replace(c=item))
    p.skip_root = image.node(image.nodes[READ_ROOT])
    first = image.add_fields([FieldRow(list_, 0, name=OUTER), FieldRow(STRING, 1, name=TAIL)])
    second = image.add_fields([FieldRow(STRING, 0, name=TEXT), FieldRow(digit, 1, name=DIGIT)])
    image.records[SOURCE] = image.records[SOURCE]._replace(first=first, count=2)
    image.records[PAIR] = image.records[PAIR]._replace(first=second, count=2)
    return p


def plans() -> dict[str, Compiled]:
    return {name: each.compiled() for name, each in (*each_of(), *costs(), ("FROM_BYTES", from_bytes()))}
