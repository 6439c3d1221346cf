"""Every conversion that the core knows, by name: what H9_STEP_* of native/include/hal9_image.h stand for.

A step takes the value in a slot to another kind, exactly or not at all: where it can't, the message is refused at the
byte where the value stands, and the docstring says with which code. Steps of a node run in their order as soon as the
value is read, so that writers never refuse. `.i`, `.u`, `.f`, `.d`, `.s`, `.t` are what a slot holds (h9_slot in the
core): an int64, a uint64, a float, a double, a span of text or bytes, seconds with nanoseconds.

Each function is called as its constant, in lower case, and there is one for each: a test walks the header. A new step
is a constant there, a case in the core's `src/steps/`, and a function here.
"""

from __future__ import annotations

import struct
from typing import Literal

from native.binding import C
from translator.plan.rows import StepRow, signed64

Fraction = Literal["refuse", "truncate", "nearest"]
"""What becomes of a number that isn't integral: INEXACT, cut toward zero, or to the nearest (even on a tie)."""

_FRACTIONS: dict[Fraction, int] = {"refuse": 0, "truncate": 1, "nearest": 2}

# --- integers and floats ---


def range_i(lo: int, hi: int) -> StepRow:
    """.i within lo..hi, else RANGE."""
    return StepRow(C.H9_STEP_RANGE_I, lo=lo, hi=hi)


def range_u(hi: int) -> StepRow:
    """.u at most hi, else RANGE."""
    return StepRow(C.H9_STEP_RANGE_U, hi=signed64(hi))


def i_to_u(hi: int) -> StepRow:
    """.i to .u: 0 or more and at most hi, else RANGE."""
    return StepRow(C.H9_STEP_I_TO_U, hi=signed64(hi))


def u_to_i(hi: int) -> StepRow:
    """.u to .i: at most hi, else RANGE."""
    return StepRow(C.H9_STEP_U_TO_I, hi=hi)


def i_to_f32(*, rounds: bool = False) -> StepRow:
    """.i to .f; what a float doesn't hold is INEXACT, or rounded (S6)."""
    return StepRow(C.H9_STEP_I_TO_F32, a=int(rounds))


def i_to_f64(*, rounds: bool = False) -> StepRow:
    """.i to .d; what a double doesn't hold is INEXACT, or rounded (S6)."""
    return StepRow(C.H9_STEP_I_TO_F64, a=int(rounds))


def u_to_f32(*, rounds: bool = False) -> StepRow:
    """.u to .f; what a float doesn't hold is INEXACT, or rounded (S6)."""
    return StepRow(C.H9_STEP_U_TO_F32, a=int(rounds))


def u_to_f64(*, rounds: bool = False) -> StepRow:
    """.u to .d; what a double doesn't hold is INEXACT, or rounded (S6)."""
    return StepRow(C.H9_STEP_U_TO_F64, a=int(rounds))


def f32_to_f64() -> StepRow:
    """.f to .d, exactly."""
    return StepRow(C.H9_STEP_F32_TO_F64)


def f64_to_f32(*, rounds: bool = False) -> StepRow:
    """.d to .f; what a float doesn't hold is INEXACT, or rounded (S6); over its range it is RANGE either way (S3)."""
    return StepRow(C.H9_STEP_F64_TO_F32, a=int(rounds))


def f64_to_i(lo: int, hi: int, fraction: Fraction = "refuse") -> StepRow:
    """.d to .i (S2); outside of lo..hi, NaN and infinity too, it is RANGE."""
    return StepRow(C.H9_STEP_F64_TO_I, a=_FRACTIONS[fraction], lo=lo, hi=hi)


def f64_to_u(hi: int, fraction: Fraction = "refuse") -> StepRow:
    """.d to .u (S2); below 0 or over hi, NaN and infinity too, it is RANGE."""
    return StepRow(C.H9_STEP_F64_TO_U, a=_FRACTIONS[fraction], hi=signed64(hi))


def bool_to_i() -> StepRow:
    """.b to .i: 0 or 1."""
    return StepRow(C.H9_STEP_BOOL_TO_I)


def finite_f32() -> StepRow:
    """.f is neither NaN nor infinity, else NOT_FINITE (S4)."""
    return StepRow(C.H9_STEP_FINITE_F32)


def finite_f64() -> StepRow:
    """.d is neither NaN nor infinity, else NOT_FINITE (S4)."""
    return StepRow(C.H9_STEP_FINITE_F64)


def scale(factor: float, offset: float) -> StepRow:
    """.d times factor plus offset, as doubles are multiplied and added. lo and hi hold the doubles' bits."""
    lo, hi = struct.unpack("<qq", struct.pack("<dd", factor, offset))
    return StepRow(C.H9_STEP_SCALE, lo=lo, hi=hi)


# --- text and bytes ---


def utf8() -> StepRow:
    """.s is text, else UTF8."""
    return StepRow(C.H9_STEP_UTF8)


def size(count: int) -> StepRow:
    """.s has exactly `count` bytes, else SIZE."""
    return StepRow(C.H9_STEP_SIZE, a=count)


def lower() -> StepRow:
    """The ASCII letters of the text in .s in lower case."""
    return StepRow(C.H9_STEP_LOWER)


def upper() -> StepRow:
    """The ASCII letters of the text in .s in upper case."""
    return StepRow(C.H9_STEP_UPPER)


def base64_to_bytes() -> StepRow:
    """Base64 text to its bytes, else BYTES."""
    return StepRow(C.H9_STEP_BASE64_TO_BYTES)


def bytes_to_base64() -> StepRow:
    """Bytes to base64 text, padded."""
    return StepRow(C.H9_STEP_BYTES_TO_BASE64)


def hex_to_bytes() -> StepRow:
    """Hex text, in either case, to its bytes, else BYTES."""
    return StepRow(C.H9_STEP_HEX_TO_BYTES)


def bytes_to_hex() -> StepRow:
    """Bytes to hex text in lower case."""
    return StepRow(C.H9_STEP_BYTES_TO_HEX)


def string_to_uuid() -> StepRow:
    """Text to .id, else UUID."""
    return StepRow(C.H9_STEP_STRING_TO_UUID)


def uuid_to_string() -> StepRow:
    """.id to its canonical text."""
    return StepRow(C.H9_STEP_UUID_TO_STRING)


def bytes_to_uuid() -> StepRow:
    """Sixteen bytes to .id, else UUID."""
    return StepRow(C.H9_STEP_BYTES_TO_UUID)


def uuid_to_bytes() -> StepRow:
    """.id to its sixteen bytes."""
    return StepRow(C.H9_STEP_UUID_TO_BYTES)


def mask_path() -> StepRow:
    """.s is a path that ProtoJSON's FieldMask can say: in snake_case, the same from camelCase and back."""
    return StepRow(C.H9_STEP_MASK_PATH)


# --- times ---


def string_to_timestamp(*, local: bool = False) -> StepRow:
    """RFC 3339 text, or a local date and time, to .t, else TIME (S23, S24)."""
    return StepRow(C.H9_STEP_STRING_TO_TIMESTAMP, a=int(local))


def timestamp_to_string(*, local: bool = False) -> StepRow:
    """.t to RFC 3339 text, or a local date and time; beyond the years 1 to 9999 it is TIME."""
    return StepRow(C.H9_STEP_TIMESTAMP_TO_STRING, a=int(local))


def timestamp_unit(nanoseconds: int, *, truncate: bool, first: int, last: int, counted: bool = False) -> StepRow:
    """.t is a multiple of a unit of `nanoseconds`, else INEXACT, or cut toward the past (S23); and its seconds are
    within first..last, and where it is `counted` an int64 holds its units, else TIME."""
    return StepRow(C.H9_STEP_TIMESTAMP_UNIT, a=nanoseconds, b=truncate + 2 * counted, lo=first, hi=last)


def timestamp_to_i(nanoseconds: int, *, truncate: bool) -> StepRow:
    """.t to .i, a count of units of `nanoseconds`: a finer one is INEXACT, or cut; over int64 it is RANGE."""
    return StepRow(C.H9_STEP_TIMESTAMP_TO_I, a=nanoseconds, b=int(truncate))


def i_to_timestamp(nanoseconds: int) -> StepRow:
    """.i, a count of units of `nanoseconds` since 1970, to .t."""
    return StepRow(C.H9_STEP_I_TO_TIMESTAMP, a=nanoseconds)


def time_unit(nanoseconds: int, *, truncate: bool) -> StepRow:
    """.i, nanoseconds of the day, is a multiple of a unit of `nanoseconds`, else INEXACT, or cut."""
    return StepRow(C.H9_STEP_TIME_UNIT, a=nanoseconds, b=int(truncate))


def date_to_timestamp() -> StepRow:
    """.i, days, to .t, their midnight in UTC; over its range it is TIME."""
    return StepRow(C.H9_STEP_DATE_TO_TIMESTAMP)


def string_to_date() -> StepRow:
    """YYYY-MM-DD to .i, days, else TIME."""
    return StepRow(C.H9_STEP_STRING_TO_DATE)


def date_to_string() -> StepRow:
    """.i, days, to YYYY-MM-DD; beyond the years 1 to 9999 it is TIME."""
    return StepRow(C.H9_STEP_DATE_TO_STRING)


def string_to_time() -> StepRow:
    """hh:mm:ss with a fraction to .i, nanoseconds of the day, else TIME."""
    return StepRow(C.H9_STEP_STRING_TO_TIME)


def time_to_string() -> StepRow:
    """.i, nanoseconds of the day, to hh:mm:ss with the fraction that it has."""
    return StepRow(C.H9_STEP_TIME_TO_STRING)


def period_to_duration() -> StepRow:
    """Avro's duration to .t: one with months or days is INEXACT (S25)."""
    return StepRow(C.H9_STEP_PERIOD_TO_DURATION)


def string_to_duration() -> StepRow:
    """Text such as 1.5s to .t, else TIME."""
    return StepRow(C.H9_STEP_STRING_TO_DURATION)


def duration_to_string() -> StepRow:
    """.t to text such as 1.5s."""
    return StepRow(C.H9_STEP_DURATION_TO_STRING)


# --- decimals: .s is an unscaled integer in two's complement, big-endian ---


def string_to_decimal(scale: int, precision: int) -> StepRow:
    """Decimal text to `scale`: digits beyond it are INEXACT, over `precision` digits it is DECIMAL."""
    return StepRow(C.H9_STEP_STRING_TO_DECIMAL, a=scale, b=precision)


def decimal_to_string(scale: int, precision: int) -> StepRow:
    """A decimal of `scale` to its text; over `precision` digits it is DECIMAL."""
    return StepRow(C.H9_STEP_DECIMAL_TO_STRING, a=scale, b=precision)


def decimal_rescale(before: int, after: int, precision: int) -> StepRow:
    """From the scale `before` to `after`: digits that would be lost are INEXACT, over `precision` it is DECIMAL."""
    return StepRow(C.H9_STEP_DECIMAL_RESCALE, a=precision, lo=before, hi=after)


def i_to_decimal(scale: int, precision: int) -> StepRow:
    """.i to a decimal of `scale`; over `precision` digits it is DECIMAL (not checked at scale 0)."""
    return StepRow(C.H9_STEP_I_TO_DECIMAL, a=precision, b=scale)


def u_to_decimal(scale: int, precision: int) -> StepRow:
    """.u to a decimal of `scale`; over `precision` digits it is DECIMAL (not checked at scale 0)."""
    return StepRow(C.H9_STEP_U_TO_DECIMAL, a=precision, b=scale)


def decimal_to_i(lo: int, hi: int) -> StepRow:
    """A decimal of scale 0 to .i; outside of lo..hi it is RANGE."""
    return StepRow(C.H9_STEP_DECIMAL_TO_I, lo=lo, hi=hi)


def decimal_to_u(hi: int) -> StepRow:
    """A decimal of scale 0 to .u; below 0 or over hi it is RANGE."""
    return StepRow(C.H9_STEP_DECIMAL_TO_U, hi=signed64(hi))


def pad_decimal(count: int) -> StepRow:
    """Widened, or narrowed without loss, to a fixed of `count` bytes, else DECIMAL."""
    return StepRow(C.H9_STEP_PAD_DECIMAL, a=count)


def big_to_decimal(scale: int, precision: int) -> StepRow:
    """A big-decimal to `scale`: digits that would be lost are INEXACT, over `precision` it is DECIMAL."""
    return StepRow(C.H9_STEP_BIG_TO_DECIMAL, a=precision, lo=scale)


def decimal_to_big(scale: int) -> StepRow:
    """A decimal of `scale` to one that carries it."""
    return StepRow(C.H9_STEP_DECIMAL_TO_BIG, lo=scale)


def big_to_f32(*, rounds: bool = False) -> StepRow:
    """A big-decimal to .f: one whose digits aren't those of .f's shortest text is INEXACT, or rounded (S6)."""
    return StepRow(C.H9_STEP_BIG_TO_F32, a=int(rounds))


def big_to_f64(*, rounds: bool = False) -> StepRow:
    """A big-decimal to .d: one whose digits aren't those of .d's shortest text is INEXACT, or rounded (S6)."""
    return StepRow(C.H9_STEP_BIG_TO_F64, a=int(rounds))


# --- numbers and their text ---


def number_to_string_i() -> StepRow:
    """.i to its text."""
    return StepRow(C.H9_STEP_NUMBER_TO_STRING_I)


def number_to_string_u() -> StepRow:
    """.u to its text."""
    return StepRow(C.H9_STEP_NUMBER_TO_STRING_U)


def number_to_string_f32() -> StepRow:
    """.f to the shortest text that is read as it again; NaN, Infinity, -Infinity."""
    return StepRow(C.H9_STEP_NUMBER_TO_STRING_F32)


def number_to_string_f64() -> StepRow:
    """.d to the shortest text that is read as it again; NaN, Infinity, -Infinity."""
    return StepRow(C.H9_STEP_NUMBER_TO_STRING_F64)


def bool_to_string() -> StepRow:
    """.b to true or false (keys of maps, S22; casts)."""
    return StepRow(C.H9_STEP_BOOL_TO_STRING)


def string_to_i(lo: int, hi: int, fraction: Fraction = "refuse") -> StepRow:
    """A number's text to .i, else NUMBER; outside of lo..hi it is RANGE. What isn't integral goes by its digits."""
    return StepRow(C.H9_STEP_STRING_TO_I, a=_FRACTIONS[fraction], lo=lo, hi=hi)


def string_to_u(hi: int, fraction: Fraction = "refuse") -> StepRow:
    """A number's text to .u, else NUMBER; below 0 or over hi it is RANGE. What isn't integral goes by its digits."""
    return StepRow(C.H9_STEP_STRING_TO_U, a=_FRACTIONS[fraction], hi=signed64(hi))


def string_to_f32(*, rounds: bool = False) -> StepRow:
    """A number's text to .f, else NUMBER; an integer that it doesn't hold is INEXACT (S6); out of range, RANGE."""
    return StepRow(C.H9_STEP_STRING_TO_F32, a=int(rounds))


def string_to_f64(*, rounds: bool = False) -> StepRow:
    """A number's text to .d, else NUMBER; an integer that it doesn't hold is INEXACT (S6); out of range, RANGE."""
    return StepRow(C.H9_STEP_STRING_TO_F64, a=int(rounds))


def string_to_bool() -> StepRow:
    """The texts true and false to .b, else BOOLEAN."""
    return StepRow(C.H9_STEP_STRING_TO_BOOL)


# --- enums: tables of `Enums` ---


def string_to_enum(table: int) -> StepRow:
    """A symbol's name to .i, its target's number; one that the table doesn't have is its `unknown`, or SYMBOL."""
    return StepRow(C.H9_STEP_STRING_TO_ENUM, a=table)


def enum_to_string(table: int) -> StepRow:
    """.i to the name of its symbol, else SYMBOL."""
    return StepRow(C.H9_STEP_ENUM_TO_STRING, a=table)


def symbol_table(table: int) -> StepRow:
    """.i, a number of the table's, to its target; one that it doesn't have is its `unknown`, passes, or is SYMBOL."""
    return StepRow(C.H9_STEP_SYMBOL_TABLE, a=table)


# --- unions, untyped values, wrappers ---


def box(branch: int) -> StepRow:
    """Any value to .choice: a copy of it in the arena, as the target's `branch`."""
    return StepRow(C.H9_STEP_BOX, a=branch)


def null_box(branch: int = 0) -> StepRow:
    """Nothing to .choice: null, the target's `branch`. The same code as `box`."""
    return StepRow(C.H9_STEP_BOX, a=branch, b=1)


AnyText = Literal["quoted", "kept", "refused"]
"""What becomes of an untyped value that is text: JSON's text of it, with quotes; itself; or TYPE."""

_ANY_TEXT: dict[AnyText, int] = {"quoted": 0, "kept": 1, "refused": 2}


def any_to_string(text: AnyText = "quoted", *, flags: int = 0, form: int = C.H9_BYTES_BASE64) -> StepRow:
    """A tape to its JSON text. `flags`, `form`: of the node that writes it."""
    return StepRow(C.H9_STEP_ANY_TO_STRING, a=_ANY_TEXT[text], b=flags, c=form)


def any_to_f32(*, rounds: bool = False, text: bool = False) -> StepRow:
    """A number on a tape to .f, as an integer, a float64 or digits would be (S6). What isn't one is TYPE; with `text`
    a number's text is one."""
    return StepRow(C.H9_STEP_ANY_TO_F32, a=int(rounds), b=int(text))


def any_to_f64(*, rounds: bool = False, text: bool = False) -> StepRow:
    """A number on a tape to .d, as an integer, a float64 or digits would be (S6). What isn't one is TYPE; with `text`
    a number's text is one."""
    return StepRow(C.H9_STEP_ANY_TO_F64, a=int(rounds), b=int(text))


def any_fits(refused: int) -> StepRow:
    """Every value on the tape is one that the target has. `refused`: what it doesn't have (Fits)."""
    return StepRow(C.H9_STEP_ANY_FITS, a=refused)


def unwrap(record: int, *, empty: int = 0, null: int = 0) -> StepRow:
    """.rec of the table `record`, a generated wrapper (S33), to the one of its slots that is present. Where none is:
    `empty` 0: zero, an empty list; 1: a .choice of null, branch `null`; else it is refused with the code `empty`. The
    first step of its record's node, and of no other: the core finds the table again by the node."""
    return StepRow(C.H9_STEP_UNWRAP, a=record, b=empty, c=null)


def unpack(types: int, record: int, url: int, value: int) -> StepRow:
    """.rec of the table `record`, a google.protobuf.Any, to the .choice of `nodes.typed`. `types`: record table of the
    messages as Protobuf has them; `url`, `value`: the slots of its two fields."""
    return StepRow(C.H9_STEP_UNPACK, a=types, b=record, lo=url, hi=value)


def pack(types: int, record: int, url: int, value: int) -> StepRow:
    """The reverse of `unpack`."""
    return StepRow(C.H9_STEP_PACK, a=types, b=record, lo=url, hi=value)


def untype(writing: int, reading: int, form: int) -> StepRow:
    """Any kind to .any: written in the format `form` (h9_format) by the node `writing`, read again by `reading`."""
    return StepRow(C.H9_STEP_UNTYPE, a=writing, b=reading, c=form)


def fail(code: int) -> StepRow:
    """Refuses with `code` (H9_E_*)."""
    return StepRow(C.H9_STEP_FAIL, a=code)


# --- of steps ---

_FRACTIONAL = (C.H9_STEP_F64_TO_I, C.H9_STEP_F64_TO_U, C.H9_STEP_STRING_TO_I, C.H9_STEP_STRING_TO_U)


def truncating(step: StepRow) -> StepRow:
    """The same step with "truncate" for what isn't integral, where it has that choice."""
    return step._replace(a=_FRACTIONS["truncate"]) if step.code in _FRACTIONAL else step
