"""Decimals in a mapping: cut and rounded into integers by their digits, and compared."""

from __future__ import annotations

import decimal
import io
import json
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.translator.mapping.support import INTEGER, TEXT, mapped, objects, problems, record, refused

PRICE = record(("d", {"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 2}))
CUT, NEAREST = {"cast": "int64", "truncate": True}, {"cast": "int64", "rounding": "round"}
HOW = [({}, ""), (CUT, decimal.ROUND_DOWN), (NEAREST, decimal.ROUND_HALF_EVEN)]


def packed(value: str) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(PRICE), {"d": decimal.Decimal(value)})
    return out.getvalue()


def whole(value: str, rounding: str) -> int:
    return int(decimal.Decimal(value).to_integral_value(rounding))


@pytest.mark.parametrize("value", ["-1234.50", "7.00", "0.50", "1.50", "-0.51", "0.05", "9007199254740993.49"])
@pytest.mark.parametrize(("how", "rounding"), HOW, ids=["exact", "cut", "nearest"])
def test_into_integers(value: str, how: dict[str, Any], rounding: str) -> None:
    """S2, S26: a decimal with a fraction becomes an integer where that is asked for, to the last digit, and is refused
    else; `cast` may be left out."""
    for fields in ({"n": {"path": "d", **how}}, {"n": {k: v for k, v in {"path": "d", **how}.items() if k != "cast"}}):
        plan = mapped(PRICE, objects(n=INTEGER), fields)
        if not rounding and not value.endswith(".00"):
            assert refused(plan, packed(value))[0] == "INEXACT"
        else:
            assert json.loads(plan.translate(packed(value))) == {"n": whole(value, rounding or decimal.ROUND_DOWN)}


def test_out_of_range() -> None:
    """S3: what is cut is refused beyond the target's range all the same."""
    plan = mapped(PRICE, objects(n=INTEGER), {"n": {"path": "d", **CUT}})
    assert json.loads(plan.translate(packed("9223372036854775807.99"))) == {"n": 2**63 - 1}
    assert json.loads(plan.translate(packed("-9223372036854775808.99"))) == {"n": -(2**63)}
    assert refused(plan, packed("9223372036854775808.00"))[0] == "RANGE"


@given(st.decimals(-(2**63) + 1, 2**63 - 2, places=3, allow_nan=False), st.sampled_from(HOW[1:]))
def test_numbers_of_text(value: decimal.Decimal, how: tuple[dict[str, Any], str]) -> None:
    """S2: a text or untyped number is cut and rounded by its digits too, not by the float that is nearest to it."""
    plan = mapped("json", objects(n=INTEGER), {"n": {"path": "v", **how[0]}})
    for text in (f"{value:f}", f'"{value:f}"', f"{value:e}"):
        assert json.loads(plan.translate(f'{{"v":{text}}}'.encode())) == {"n": whole(str(value), how[1])}


TESTS: list[tuple[dict[str, Any], bool]] = [
    ({"less": 0}, True),
    ({"less": -1234.5}, False),
    ({"less_equal": -1234.5}, True),
    ({"greater": -1234.505}, True),
    ({"greater_equal": "-1e3"}, False),
    ({"equals": -1234.5}, True),
    ({"equals": "-123450e-2"}, True),
    ({"equals": -1234}, False),
    ({"not_equals": -1234}, True),
    ({"in": [1, -1234.50]}, True),
    ({"in": [1, 2]}, False),
]


@pytest.mark.parametrize(("test", "holds"), TESTS, ids=str)
def test_comparisons(test: dict[str, Any], holds: bool) -> None:
    """S26: a decimal is compared with a number, or with one in a text."""
    plan = mapped(PRICE, objects((), t=TEXT), {"t": {"const": "yes", "when": {"path": "d", **test}}})
    assert json.loads(plan.translate(packed("-1234.50"))) == ({"t": "yes"} if holds else {})


def test_the_same_to_the_last_digit() -> None:
    """S26: which is the same is decided by the digits; a float holds 17."""
    test = {"path": "d", "equals": "12345678901234567890.12"}
    plan = mapped(PRICE, objects((), t=TEXT), {"t": {"const": "yes", "when": test}})
    assert json.loads(plan.translate(packed("12345678901234567890.12"))) == {"t": "yes"}
    assert json.loads(plan.translate(packed("12345678901234567890.13"))) == {}
    zero = mapped(PRICE, objects((), t=TEXT), {"t": {"const": "yes", "when": {"path": "d", "equals": "-0.0"}}})
    assert json.loads(zero.translate(packed("0.00"))) == {"t": "yes"}


@pytest.mark.parametrize("constant", [0.125, "x", True, "nan"])
def test_what_is_no_such_decimal(constant: Any) -> None:
    """A constant that the decimal can't be is told at once."""
    test = {"const": "yes", "when": {"path": "d", "equals": constant}}
    [(key, why)] = problems(PRICE, objects((), t=TEXT), {"t": test})
    assert key == "fields.t.when"
    assert "is not a decimal" in why
