"""Every step and op of the C core has its constructor, and what that makes stands in the image where the core looks."""

from __future__ import annotations

import ast
import struct
from pathlib import Path
from typing import Any

import pytest

from native.binding import C, _layout, pack
from translator.plan import nodes, rows, steps
from translator.plan.rows import NONE, Fits, NodeFlag, NodeRow, StepRow

LOW, HIGH, MOST = -(1 << 63), (1 << 63) - 1, (1 << 64) - 1

STEPS: dict[StepRow, dict[str, int]] = {
    steps.range_i(-5, 5): {"lo": -5, "hi": 5},
    steps.range_u(MOST): {"hi": -1},
    steps.i_to_u(255): {"hi": 255},
    steps.u_to_i(HIGH): {"hi": HIGH},
    steps.i_to_f32(rounds=True): {"a": 1},
    steps.i_to_f64(): {},
    steps.u_to_f32(): {},
    steps.u_to_f64(rounds=True): {"a": 1},
    steps.f32_to_f64(): {},
    steps.f64_to_f32(rounds=True): {"a": 1},
    steps.f64_to_i(LOW, HIGH, "truncate"): {"a": 1, "lo": LOW, "hi": HIGH},
    steps.f64_to_u(MOST, "nearest"): {"a": 2, "hi": -1},
    steps.bool_to_i(): {},
    steps.finite_f32(): {},
    steps.finite_f64(): {},
    steps.scale(0.5, -1.0): dict(zip(("lo", "hi"), struct.unpack("<qq", struct.pack("<dd", 0.5, -1.0)), strict=True)),
    steps.utf8(): {},
    steps.size(16): {"a": 16},
    steps.lower(): {},
    steps.upper(): {},
    steps.base64_to_bytes(): {},
    steps.bytes_to_base64(): {},
    steps.hex_to_bytes(): {},
    steps.bytes_to_hex(): {},
    steps.string_to_uuid(): {},
    steps.uuid_to_string(): {},
    steps.bytes_to_uuid(): {},
    steps.uuid_to_bytes(): {},
    steps.mask_path(): {},
    steps.string_to_timestamp(local=True): {"a": 1},
    steps.timestamp_to_string(): {},
    steps.timestamp_unit(1000, truncate=True, first=-1, last=9): {"a": 1000, "b": 1, "lo": -1, "hi": 9},
    steps.timestamp_to_i(1000, truncate=True): {"a": 1000, "b": 1},
    steps.i_to_timestamp(1000): {"a": 1000},
    steps.time_unit(1000, truncate=False): {"a": 1000},
    steps.date_to_timestamp(): {},
    steps.string_to_date(): {},
    steps.date_to_string(): {},
    steps.string_to_time(): {},
    steps.time_to_string(): {},
    steps.period_to_duration(): {},
    steps.string_to_duration(): {},
    steps.duration_to_string(): {},
    steps.string_to_decimal(2, 9): {"a": 2, "b": 9},
    steps.decimal_to_string(2, 9): {"a": 2, "b": 9},
    steps.decimal_rescale(2, 4, 9): {"lo": 2, "hi": 4, "a": 9},
    steps.i_to_decimal(2, 9): {"a": 9, "b": 2},
    steps.u_to_decimal(2, 9): {"a": 9, "b": 2},
    steps.decimal_to_i(-5, 5): {"lo": -5, "hi": 5},
    steps.decimal_to_u(MOST): {"hi": -1},
    steps.pad_decimal(12): {"a": 12},
    steps.big_to_decimal(2, 9): {"lo": 2, "a": 9},
    steps.decimal_to_big(2): {"lo": 2},
    steps.number_to_string_i(): {},
    steps.number_to_string_u(): {},
    steps.number_to_string_f32(): {},
    steps.number_to_string_f64(): {},
    steps.bool_to_string(): {},
    steps.string_to_i(-5, 5, "nearest"): {"a": 2, "lo": -5, "hi": 5},
    steps.string_to_u(255, "truncate"): {"a": 1, "hi": 255},
    steps.string_to_f32(): {},
    steps.string_to_f64(): {},
    steps.string_to_bool(): {},
    steps.string_to_enum(7): {"a": 7},
    steps.enum_to_string(7): {"a": 7},
    steps.symbol_table(7): {"a": 7},
    steps.box(3): {"a": 3},
    steps.any_to_string("kept"): {"a": 1},
    steps.any_to_f32(rounds=True): {"a": 1},
    steps.any_to_f64(text=True): {"b": 1},
    steps.big_to_f32(): {},
    steps.big_to_f64(rounds=True): {"a": 1},
    steps.any_fits(Fits.FINITE | Fits.TIMES): {"a": C.H9_FITS_FINITE | C.H9_FITS_TIMES},
    steps.unwrap(4, empty=1, null=2): {"a": 4, "b": 1, "c": 2},
    steps.unpack(4, 5, 0, 1): {"a": 4, "b": 5, "lo": 0, "hi": 1},
    steps.pack(4, 5, 2, 3): {"a": 4, "b": 5, "lo": 2, "hi": 3},
    steps.untype(3, 2, 1): {"a": 3, "b": 2, "c": 1},
    steps.fail(C.H9_E_TYPE): {"a": C.H9_E_TYPE},
}
NODES: dict[NodeRow, dict[str, int]] = {
    nodes.null(): {},
    nodes.bool_(): {},
    nodes.int_(32, -5, 5, C.H9_WIRE_ZIGZAG, NodeFlag.LAX): {
        "bits": 32,
        "lo": -5,
        "hi": 5,
        "wire": C.H9_WIRE_ZIGZAG,
        "flags": C.H9_N_LAX,
    },
    nodes.uint(64, MOST): {"bits": 64, "hi": -1},
    nodes.f32(exact=True): {"a": 1},
    nodes.f64(flags=NodeFlag.POINT): {"flags": C.H9_N_POINT},
    nodes.string(): {},
    nodes.bytes_("hex"): {"a": C.H9_BYTES_HEX},
    nodes.fixed(4, "base64url"): {"a": 4, "b": C.H9_BYTES_BASE64URL},
    nodes.enum(7): {"a": 7},
    nodes.decimal(2, 9, 12): {"lo": 2, "hi": 9, "a": 12},
    nodes.bigdecimal(): {},
    nodes.uuid(16): {"a": 16},
    nodes.date(): {"lo": -(1 << 31), "hi": (1 << 31) - 1},
    nodes.time(1000): {"a": 1000},
    nodes.timestamp(1000, NodeFlag.LOCAL): {"a": 1000, "flags": C.H9_N_LOCAL},
    nodes.duration(): {},
    nodes.period("codepoints"): {"b": C.H9_BYTES_CODEPOINTS},
    nodes.option(8, 1): {"a": 8, "lo": 1},
    nodes.list_(8, 16, least=2, flags=NodeFlag.PACKED): {"a": 8, "width": 16, "b": 2, "flags": C.H9_N_PACKED},
    nodes.map_(8, 9, C.H9_OP_STRING, least=2): {"a": 8, "b": 9, "bits": C.H9_OP_STRING, "c": 2, "width": 32},
    nodes.record(4): {"a": 4},
    nodes.inline(4, NodeFlag.MASK): {"a": 4, "flags": C.H9_N_MASK},
    nodes.union(4, 2): {"a": 4, "b": 2, "c": NONE, "lo": -1},
    nodes.any_(1): {"a": 1},
    nodes.wrapped(8): {"a": 8},
    nodes.typed(7): {"a": 7},
    nodes.fail(C.H9_E_NULL): {"a": C.H9_E_NULL},
}
MORE: dict[Any, dict[str, int]] = {
    steps.null_box(3): {"code": C.H9_STEP_BOX, "a": 3, "b": 1},
    nodes.named_union(4, 2, null_index=1, keys=5, key_mask=7): {
        "op": C.H9_OP_UNION, "a": 4, "b": 2, "c": 5, "lo": 1, "hi": 7, "flags": C.H9_N_NAMED,
    },
    nodes.generated_wrapper(8, 4): {"op": C.H9_OP_WRAPPED, "a": 8, "b": 5},
    nodes.named(8, 20, 3): {"op": C.H9_OP_WRAPPED, "a": 8, "b": 20, "c": 3},
    nodes.each(nodes.list_(8, 16), 9): {"op": C.H9_OP_LIST, "a": 8, "width": 16, "c": 9, "flags": C.H9_N_EACH},
}  # fmt: skip
"""A second meaning of an op or step."""
NOT_MADE = {
    "H9_STEP_NONE": "the end of a chain, which the image itself begins with",
}


def named(prefix: str) -> dict[str, int]:
    """The header's constants of one enum."""
    return {name: getattr(C, name) for name in dir(C) if name.startswith(prefix) and name not in NOT_MADE}


def unpacked(row: Any, struct_: str) -> dict[str, int]:
    """A row as the C core reads it, without zeros."""
    layout, members = _layout(struct_)
    values = dict(zip(members, layout.unpack(pack(struct_, [row])), strict=True))
    return {name: value for name, value in values.items() if value}


@pytest.mark.parametrize(("prefix", "made", "module"), [("H9_STEP_", STEPS, steps), ("H9_OP_", NODES, nodes)])
def test_each_constant_has_one_constructor_called_as_it_is(prefix: str, made: dict[Any, Any], module: Any) -> None:
    """A constant that nothing makes is dead, or is listed with its reason."""
    codes = named(prefix)
    assert [row[0] for row in made] == list(dict.fromkeys(row[0] for row in made))
    assert {row[0] for row in made} == set(codes.values())
    for name in codes:
        plain = name.removeprefix(prefix).lower()
        assert sum(hasattr(module, each) for each in (plain, f"{plain}_")) == 1, name


@pytest.mark.parametrize(("made", "struct_"), [(STEPS, "h9_step"), (NODES, "h9_node")])
def test_what_is_made_stands_where_the_core_looks(made: dict[Any, dict[str, int]], struct_: str) -> None:
    """Each parameter is in the member that the header says, and all others are zero."""
    for row, members in made.items():
        code = {row._fields[0]: row[0]} if row[0] else {}
        assert unpacked(row, struct_) == {name: value for name, value in {**code, **members}.items() if value}


def test_a_second_meaning_stands_there_too() -> None:
    """Of what one constant says in two ways."""
    for row, members in MORE.items():
        assert unpacked(row, "h9_step" if isinstance(row, StepRow) else "h9_node") == members


@pytest.mark.parametrize(
    ("row", "struct_"),
    [
        (rows.NodeRow, "h9_node"), (rows.StepRow, "h9_step"), (rows.FieldRow, "h9_field"),
        (rows.RecordRow, "h9_record"), (rows.KeyRow, "h9_key"), (rows.FillRow, "h9_fill"),
        (rows.EnumRow, "h9_enum"), (rows.SymbolRow, "h9_symbol"), (rows.Header, "h9_header"),
    ],
)  # fmt: skip
def test_rows_have_the_members_of_their_structs(row: Any, struct_: str) -> None:
    """So that nothing which the core reads is left at zero unnoticed."""
    assert set(_layout(struct_)[1]) - set(row._fields) <= {"spare"}
    assert set(row._fields) <= set(_layout(struct_)[1])


def test_nobody_else_fills_in_what_means_something_else_each_time() -> None:
    """Steps' codes stand in steps.py alone, and rows of nodes and steps are made there and in nodes.py alone."""
    home = Path(rows.__file__).parent
    makers = {home / "steps.py", home / "nodes.py", home / "image.py"}
    for path in home.parent.rglob("*.py"):
        for each in ast.walk(ast.parse(path.read_text())):
            called = isinstance(each, ast.Call) and getattr(each.func, "id", "") in ("NodeRow", "StepRow")
            code = isinstance(each, ast.Attribute) and each.attr.startswith("H9_STEP_")
            assert path in makers or not (called or code), f"{path}:{getattr(each, 'lineno', 0)}"


def test_what_a_member_can_t_hold_is_refused() -> None:
    """Rather than cut off, so that a plan that is too large doesn't compile."""
    with pytest.raises(OverflowError):
        pack("h9_step", [StepRow(1 << 16)])
    with pytest.raises(TypeError, match="hash"):
        pack("h9_step", [rows.KeyRow(1, 2, 3, 4)])
