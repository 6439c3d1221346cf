"""Every instruction that the core runs between reader and writer, by name: what H9_I_* of
native/include/hal9_image.h stand for.

A program works on registers, each a slot that is present or absent. All start absent, and what an instruction takes
from an absent register is absent, unless said otherwise. `dst` is the register that an instruction sets. Jumps go
forward, to an instruction that is mostly not made yet: so these don't say where to; `Insn.aimed` does once it is
known. Only `again` goes back, to the `each` of its loop.

A plan that makes one message ends with `end`. One that makes any number begins each with `item` and writes it with
`emit`; what is refused between these refuses this one message alone. Its program ends with `done`.

Each function is called as its constant, in lower case (`not_` where Python has the name itself), and there is one for
each: a test walks the header. Kinds (`h9_op`) and comparisons (`h9_compare`) are the header's numbers. A new
instruction is a constant there, a case in the core's machine, and a function here.
"""

from __future__ import annotations

from typing import NamedTuple

from native.binding import C


class Insn(NamedTuple):
    """h9_insn: one instruction. It never changes; `_replace` makes another. `name`: the mapping's key, for errors."""

    op: int
    dst: int = 0
    a: int = 0
    b: int = 0
    c: int = 0
    d: int = 0
    name: int = 0
    spare: int = 0

    def aimed(self, at: int) -> Insn:
        """The same jump, going to the instruction with number `at`."""
        return self._replace(c=at)


# --- what the message holds ---


def load(dst: int, slot: int, *, refusal: int | None = None, path: int = 0) -> Insn:
    """dst <- a slot of the frame that was read. `refusal`: the slot with the refusal of its value, which is told now;
    `path`: the value's, for that (a number of a name)."""
    return Insn(C.H9_I_LOAD, dst, slot, 0 if refusal is None else refusal + 1, spare=path)


def frame(dst: int) -> Insn:
    """dst <- the frame that was read, a record: a plan without a mapping changes it where it stands."""
    return Insn(C.H9_I_FRAME, dst)


def field(dst: int, record: int, slot: int, table: int, *, refusal: int | None = None, path: int = 0) -> Insn:
    """dst <- a slot of the record in a register, whose record table is `table`. `refusal`, `path`: as in `load`."""
    return Insn(C.H9_I_FIELD, dst, record, slot, table, 0 if refusal is None else refusal + 1, spare=path)


def entry(dst: int, map_: int, text: int, size: int) -> Insn:
    """dst <- the value of the map in a register under a key: `size` bytes of the pool at `text`."""
    return Insn(C.H9_I_ENTRY, dst, map_, 0, text, size)


def index(dst: int, list_: int, *, width: int, kind: int, number: int = 0, counter: int | None = None) -> Insn:
    """dst <- an item of the list in a register: by its number from 0, or the one that a loop is at, `counter` being the
    register that this counts in. `width`: bytes of an item (of a map's entry: 32, and its value is taken); `kind`: what
    items are. A bad item refuses as a value does."""
    return Insn(C.H9_I_INDEX, dst, list_, width, number, kind, spare=0 if counter is None else counter + 1)


def branch(dst: int, union: int, number: int) -> Insn:
    """dst <- the value of the union in a register where it holds that branch, else absent."""
    return Insn(C.H9_I_BRANCH, dst, union, 0, number)


def unbox(dst: int, option: int) -> Insn:
    """dst <- the value of the option in a register; null is absent."""
    return Insn(C.H9_I_UNBOX, dst, option)


def find(dst: int, list_: int, slot: int, text: int, size: int, *, table: int) -> Insn:
    """dst <- the first record of the list of options in a register whose slot is that text (`size` bytes of the pool
    at `text`). `table`: the items' record table."""
    return Insn(C.H9_I_FIND, dst, list_, slot | C.H9_FIND_BOXED, text, size, spare=table)


# --- values by themselves ---


def const(dst: int, node: int, data: int, size: int) -> Insn:
    """dst <- `size` bytes of the pool at `data`, read as MessagePack by a node."""
    return Insn(C.H9_I_CONST, dst, node & 0xFFFF, node >> 16, data, size)


def text(dst: int, data: int, size: int, *, plain: bool = False) -> Insn:
    """dst <- the text that `size` bytes of the pool at `data` are. `plain`: JSON writes it as it stands."""
    return Insn(C.H9_I_TEXT, dst, int(plain), 0, data, size)


def slot(dst: int, data: int) -> Insn:
    """dst <- the 16 bytes of the pool at `data`, as they are."""
    return Insn(C.H9_I_SLOT, dst, 0, 0, data)


def uuid4(dst: int) -> Insn:
    """dst <- a random UUID (version 4)."""
    return Insn(C.H9_I_UUID4, dst)


def now(dst: int) -> Insn:
    """dst <- the time, a TIMESTAMP."""
    return Insn(C.H9_I_NOW, dst)


# --- values of values ---


def step(dst: int, value: int, steps: int) -> Insn:
    """dst <- a register after the conversion steps of a chain (Image.chain)."""
    return Insn(C.H9_I_STEP, dst, value, 0, steps)


def copy(dst: int, value: int) -> Insn:
    """dst <- a register."""
    return Insn(C.H9_I_COPY, dst, value)


def clear(dst: int) -> Insn:
    """dst is absent."""
    return Insn(C.H9_I_CLEAR, dst)


def join(dst: int, first: int, count: int) -> Insn:
    """dst <- the texts of registers one after another, absent where one of them is. `first`: where the `count`
    registers stand in words32."""
    return Insn(C.H9_I_JOIN, dst, 0, 0, first, count)


def uuid5(dst: int, namespace: int, first: int, count: int) -> Insn:
    """dst <- uuid5 of the 16 bytes of the pool at `namespace` and of texts of registers (as in `join`), each with its
    length before it, so that no two lists of texts are one."""
    return Insn(C.H9_I_UUID5, dst, first & 0xFFFF, first >> 16, namespace, count)


def json(dst: int, value: int, writer: int) -> Insn:
    """dst <- a register as JSON text, by writing node `writer`."""
    return Insn(C.H9_I_JSON, dst, value, 0, writer)


def any_(dst: int, value: int, writer: int, reader: int) -> Insn:
    """dst <- a register as an untyped value: as MessagePack by writing node `writer`, read by node `reader`."""
    return Insn(C.H9_I_ANY, dst, value, 0, writer, reader)


# --- booleans ---


def compare(dst: int, left: int, right: int, comparison: int, kind: int) -> Insn:
    """dst <- how two registers of one kind compare (BOOL, INT, UINT, F64, STRING, TIMESTAMP)."""
    return Insn(C.H9_I_COMPARE, dst, left, right, comparison, kind)


def not_(dst: int, value: int) -> Insn:
    """dst <- whether a register is absent or false."""
    return Insn(C.H9_I_NOT, dst, value)


def present(dst: int, value: int) -> Insn:
    """dst <- whether a register is present; never absent itself."""
    return Insn(C.H9_I_PRESENT, dst, value)


# --- where to go on ---


def jump() -> Insn:
    """Goes on elsewhere."""
    return Insn(C.H9_I_JUMP)


def if_absent(value: int) -> Insn:
    """Goes on elsewhere where a register is absent."""
    return Insn(C.H9_I_IF_ABSENT, 0, value)


def if_present(value: int) -> Insn:
    """Goes on elsewhere where a register is present."""
    return Insn(C.H9_I_IF_PRESENT, 0, value)


def if_false(value: int) -> Insn:
    """Goes on elsewhere where a register is absent or false."""
    return Insn(C.H9_I_IF_FALSE, 0, value)


def require(value: int) -> Insn:
    """Refuses the message (CONDITION) where a register is absent."""
    return Insn(C.H9_I_REQUIRE, 0, value)


# --- records, lists and maps of the target ---


def record_new(dst: int, table: int) -> Insn:
    """dst <- a new frame for a record table."""
    return Insn(C.H9_I_RECORD_NEW, dst, 0, 0, table)


def set_(record: int, value: int, slot: int, table: int) -> Insn:
    """A slot of the record in a register takes another register, its presence too."""
    return Insn(C.H9_I_SET, record, value, slot, table)


def mark(record: int, value: int, slot: int, table: int) -> Insn:
    """A slot of the record in a register is present where another register is: an inline record."""
    return Insn(C.H9_I_MARK, record, value, slot, table)


def finish(record: int, table: int) -> Insn:
    """What the record table needs of the record in a register is filled in, or refused."""
    return Insn(C.H9_I_FINISH, record, 0, 0, table)


def list_new(dst: int) -> Insn:
    """dst <- an empty list or map."""
    return Insn(C.H9_I_LIST_NEW, dst)


def append(list_: int, item: int, *, width: int) -> Insn:
    """The list in a register gets another register as its last item, of `width` bytes."""
    return Insn(C.H9_I_APPEND, list_, item, width)


def put(map_: int, key: int, value: int) -> Insn:
    """The map in a register gets an entry of two other registers, unless the value is absent."""
    return Insn(C.H9_I_PUT, map_, key, value)


def unique(map_: int, kind: int, *, last: bool) -> Insn:
    """The map in a register has no key twice: that is refused, or the last one is kept. `kind`: what its keys are."""
    return Insn(C.H9_I_UNIQUE, map_, kind, int(last))


# --- loops and messages ---


def each(dst: int, list_: int, *, width: int, kind: int, alone: bool = False, around: int | None = None) -> Insn:
    """dst <- the next item of the list in a register; dst + 1 counts, and is cleared before the loop. Of a map (width
    32) dst <- the next key, dst + 2 <- its value. All registers above these three become absent with each item.

    Where none is left, or there is no list, it goes on elsewhere. `alone`: a bad item is one refused message, and the
    next one is taken; else it refuses as a value does. `around`: the number of the `each` of the loop around it.
    """
    outer = 0 if around is None else around + 1
    return Insn(C.H9_I_EACH, dst, list_, width, 0, kind | (C.H9_EACH_ALONE if alone else 0), spare=outer)


def again(start: int) -> Insn:
    """Back to the `each` with number `start`, which goes on after this."""
    return Insn(C.H9_I_AGAIN, c=start)


def item() -> Insn:
    """A message begins. Where it is refused, it goes on elsewhere."""
    return Insn(C.H9_I_ITEM)


def emit(record: int) -> Insn:
    """The record in a register is written: the message that `item` began."""
    return Insn(C.H9_I_EMIT, 0, record)


def end(record: int) -> Insn:
    """The program's end: the record in a register is written, the one message that there is."""
    return Insn(C.H9_I_END, 0, record)


def done() -> Insn:
    """The end of a program that makes any number of messages."""
    return Insn(C.H9_I_DONE)
