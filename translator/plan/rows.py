"""The rows of an image's tables, as native/include/hal9_image.h lays them out: one named tuple for each struct.

A row is a value: it never changes, equal rows are equal, and `row._replace(…)` is another. Members are called as in
the header, so that `native.binding.pack` finds them; one that a row leaves out is what the header calls "none". The
members a, b, c, lo and hi of a step or node mean something else for each of its kinds: only `steps.py` and `nodes.py`
fill these in, and their parameters say what they are.

The core trusts nothing in an image and checks all of it when it is loaded. But a row that is wrong and fits is a plan
that does something else, so the type checker is to see every member.
"""

from __future__ import annotations

from enum import IntFlag
from typing import Final, NamedTuple

from native.binding import C

NONE: Final = int(C.H9_NONE)
"""No such table entry."""
NO_SLOT: Final = int(C.H9_NO_SLOT)
"""The value has no place in the frame: it is passed over."""


class NodeFlag(IntFlag):
    """h9_node_flag: how a node differs from others of its op. Some mean two things, by the op that has them."""

    UNCHECKED = C.H9_N_UNCHECKED
    NUMBER = C.H9_N_NUMBER
    LOCAL = C.H9_N_LOCAL
    LAST_WINS = C.H9_N_LAST_WINS
    QUOTED = C.H9_N_QUOTED
    LAX = C.H9_N_LAX
    CODEPOINTS = C.H9_N_CODEPOINTS
    PACKED = C.H9_N_PACKED
    NAMED = C.H9_N_NAMED
    GROUP = C.H9_N_GROUP
    NULL_ZERO = C.H9_N_NULL_ZERO
    POINT = C.H9_N_POINT
    CLOSED = C.H9_N_CLOSED
    NULL_NOT_FINITE = C.H9_N_NULL_NOT_FINITE
    EXTENSION = C.H9_N_EXTENSION
    MASK = C.H9_N_MASK
    SKIP = C.H9_N_SKIP
    EACH = C.H9_N_EACH


class FieldFlag(IntFlag):
    """h9_field_flag: what a field may be besides a value."""

    NULLABLE = C.H9_F_NULLABLE
    SKIP_ZERO = C.H9_F_SKIP_ZERO
    ALWAYS = C.H9_F_ALWAYS
    ONEOF_STRICT = C.H9_F_ONEOF_STRICT


class Fits(IntFlag):
    """h9_fits: what a target's untyped values can't be."""

    FINITE = C.H9_FITS_FINITE
    DOUBLE = C.H9_FITS_DOUBLE
    WORD = C.H9_FITS_64
    TEXT = C.H9_FITS_TEXT
    MAP = C.H9_FITS_MAP
    LIST = C.H9_FITS_LIST
    TIMES = C.H9_FITS_TIMES
    SIMPLE = C.H9_FITS_SIMPLE
    DIGITS = C.H9_FITS_DIGITS
    ROUNDED = C.H9_FITS_ROUNDED


class NodeRow(NamedTuple):
    """h9_node: how one value stands on the wire, and its kind in the frame. Made by `nodes.py`."""

    op: int
    width: int = 0
    bits: int = 0
    wire: int = 0
    flags: int = 0
    conv: int = 0
    a: int = 0
    b: int = 0
    c: int = 0
    lo: int = 0
    hi: int = 0


class StepRow(NamedTuple):
    """h9_step: one conversion of a value in the frame. Made by `steps.py`; `next` is the image's."""

    code: int
    next: int = 0
    a: int = 0
    b: int = 0
    c: int = 0
    lo: int = 0
    hi: int = 0


class FieldRow(NamedTuple):
    """h9_field: a member of a record, and its slot. `also`: the next row that reads the same member again."""

    node: int
    slot: int = NO_SLOT
    flags: int = 0
    also: int = 0
    key: int = 0
    key_size: int = 0
    tag: int = 0
    group: int = NONE
    name: int = 0
    loose: int = 0


class RecordRow(NamedTuple):
    """h9_record: what a record reads or writes in its frame. `keys` and `key_mask`: `Image.key_table`, empty by
    default; `need`: a mask of the slots that are filled where the message leaves them empty."""

    first: int = 0
    count: int = 0  # type: ignore[assignment]  # a tuple's method, which nobody asks a row for
    slots: int = 0
    words: int = 0
    need: int = NONE
    first_fill: int = 0
    fills: int = 0
    keys: int = 0
    key_mask: int = 0
    numbers: int = 0
    numbers_size: int = 0
    sparse: int = 0
    sparse_size: int = 0
    unknown: int = 0
    unknown_slot: int = NO_SLOT
    flags: int = 0
    must: int = 0
    found: int = NONE


class KeyRow(NamedTuple):
    """h9_key: a spelling of a name, and whose it is."""

    text: int
    size: int
    index: int  # type: ignore[assignment]
    hash: int


class FillRow(NamedTuple):
    """h9_fill: what stands in a slot that the message leaves empty. `kind`: h9_fill_kind; `counts`: 1 where it is a
    schema's default, which is told (S36)."""

    slot: int
    kind: int
    node: int = 0
    value: int = 0
    size: int = 0
    name: int = 0
    counts: int = 0


class EnumRow(NamedTuple):
    """h9_enum: its symbols, how they are found by name and number, and what becomes of one that it doesn't have."""

    first: int
    count: int  # type: ignore[assignment]
    keys: int
    key_mask: int
    unknown: int
    open: int
    by_number: int


class SymbolRow(NamedTuple):
    """h9_symbol: a name, its number in this schema, and in the target's where it is `mapped`."""

    key: int
    key_size: int
    number: int
    target: int
    mapped: int


class Header(NamedTuple):
    """h9_header: the formats, where reading and writing begin, and how long each table is."""

    reader: int
    writer: int
    read_root: int
    write_root: int
    skip_root: int
    registers: int
    many: int
    tags: int
    nodes: int
    fields: int
    records: int
    keys: int
    fills: int
    enums: int
    symbols: int
    steps: int
    insns: int
    words64: int
    words32: int
    pool: int
    names: int
    found: int = 0
    found_insns: int = NONE
    magic: int = int(C.H9_IMAGE_MAGIC)
    version: int = int(C.H9_IMAGE_VERSION)


def signed64(value: int) -> int:
    """An unsigned bound as the image's signed member holds it."""
    return value - (1 << 64) if value >= 1 << 63 else value
