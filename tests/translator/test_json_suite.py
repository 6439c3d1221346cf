"""nst/JSONTestSuite, read without a schema and written again (B9, S15)."""

from __future__ import annotations

from pathlib import Path

import pytest

import translator
from native.errors import DataError

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "JSONTestSuite" / "test_parsing"
FILES = sorted(path.name for path in FOLDER.glob("*.json")) if FOLDER.exists() else []
TWICE = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
"""Keys that come twice: read under the policy only (S15)."""
ACCEPTED = {
    "i_number_double_huge_neg_exp.json", "i_number_huge_exp.json", "i_number_neg_int_huge_exp.json",
    "i_number_pos_double_huge_exp.json", "i_number_real_neg_overflow.json", "i_number_real_pos_overflow.json",
    "i_number_real_underflow.json", "i_number_too_big_neg_int.json", "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
}  # fmt: skip
"""What the suite leaves open and we accept: numbers of any size keep their digits (S34). Unpaired surrogates, bytes that
are no UTF-8, byte order marks, UTF-16 (S9, B10-B12) and 500 nested lists (over the default depth of 128) are refused."""

pytestmark = pytest.mark.skipif(not FILES, reason="no JSONTestSuite in ../shared/data")


@pytest.fixture(scope="module")
def plan() -> translator.Plan:
    return translator.compile("json", "json")


@pytest.mark.parametrize("name", [name for name in FILES if name[0] == "y" and name not in TWICE])
def test_b9_what_must_be_read_is_read_and_stays_the_same(plan, name):
    """What is written reads back to the same text."""
    once = plan.translate((FOLDER / name).read_bytes())
    assert plan.translate(once) == once


@pytest.mark.parametrize("name", [name for name in FILES if name[0] == "n"])
def test_b9_what_must_be_refused_is_refused(plan, name):
    """With a place inside of the text, or at its end."""
    data = (FOLDER / name).read_bytes()
    with pytest.raises(DataError) as caught:
        plan.translate(data)
    assert 0 <= caught.value.offset <= len(data)


@pytest.mark.parametrize("name", [name for name in FILES if name[0] == "i"])
def test_what_is_left_open_is_decided(plan, name):
    """Either way, but always the same one."""
    data = (FOLDER / name).read_bytes()
    if name in ACCEPTED:
        assert plan.translate(plan.translate(data)) == plan.translate(data)
    else:
        with pytest.raises(DataError):
            plan.translate(data)


@pytest.mark.parametrize("name", sorted(TWICE))
def test_s15_a_key_twice_needs_the_policy(plan, name):
    """Refused as it is; the last wins where that is said."""
    data = (FOLDER / name).read_bytes()
    with pytest.raises(DataError, match="DUPLICATE"):
        plan.translate(data)
    lenient = translator.compile("json", "json", policies={"duplicates": "last"})
    assert lenient.translate(data).count(b'"a"') == 1
