"""JSONTestSuite, all of its parsing cases, as untyped JSON to JSON: `y_` is read, `n_` refused (B9).

What the suite leaves open is decided here, by RFC 8259 and docs/rules/semantics.md: see OPEN.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from native.errors import DataError
from translator import formats
from translator.engine.plan import Plan
from translator.plan.compiler import Side
from translator.policies import Policies

FOLDER = Path(__file__).resolve().parents[2].parent / "shared/data/JSONTestSuite/test_parsing"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the suite isn't there")

READ, NOT_UTF8, ESCAPE, SYNTAX, DEPTH = "", "UTF8", "ESCAPE", "SYNTAX", "DEPTH"
OPEN = {
    "i_number_*": READ,  # numbers keep their digits, whatever a double could hold (S34)
    "i_object_key_lone_2nd_surrogate": ESCAPE,  # an unpaired surrogate is not text (S9, B10)
    "i_string_1st_surrogate_but_2nd_missing": ESCAPE,
    "i_string_1st_valid_surrogate_2nd_invalid": ESCAPE,
    "i_string_incomplete_surrogate_*": ESCAPE,
    "i_string_incomplete_surrogates_*": ESCAPE,
    "i_string_inverted_surrogates_*": ESCAPE,
    "i_string_invalid_lonely_surrogate": ESCAPE,
    "i_string_invalid_surrogate": ESCAPE,
    "i_string_lone_second_surrogate": ESCAPE,
    "i_string_UTF-8_invalid_sequence": NOT_UTF8,  # nor is what isn't UTF-8 (B11)
    "i_string_UTF8_surrogate_U+D800": NOT_UTF8,
    "i_string_invalid_utf-8": NOT_UTF8,
    "i_string_iso_latin_1": NOT_UTF8,
    "i_string_lone_utf8_continuation_byte": NOT_UTF8,
    "i_string_not_in_unicode_range": NOT_UTF8,
    "i_string_overlong_*": NOT_UTF8,
    "i_string_truncated-utf-8": NOT_UTF8,
    "i_string_UTF-16LE_with_BOM": SYNTAX,  # JSON is UTF-8 without a byte order mark (B12)
    "i_string_utf16*": SYNTAX,
    "i_structure_UTF-8_BOM_empty_object": SYNTAX,
    "i_structure_500_nested_arrays": DEPTH,  # deeper than the limit of 128
}
DUPLICATES = {"y_object_duplicated_key", "y_object_duplicated_key_and_value"}
"""Read only under the policy (S15)."""


def cases(kind: str) -> list[Path]:
    return sorted(FOLDER.glob(f"{kind}_*.json")) if FOLDER.is_dir() else []


def translate(path: Path, duplicates: str = "refuse") -> bytes:
    side = Side(formats.get("json"), None)
    policies = Policies(duplicates="last" if duplicates == "last" else "refuse")
    return Plan(side, side, policies=policies).translate(path.read_bytes())


@pytest.mark.parametrize("path", cases("y"), ids=lambda path: path.stem)
def test_what_is_json_is_read(path):
    """And means the same once it is written."""
    policy = "last" if path.stem in DUPLICATES else "refuse"
    assert json.loads(translate(path, policy)) == json.loads(path.read_bytes())


@pytest.mark.parametrize("path", [path for path in cases("y") if path.stem in DUPLICATES], ids=lambda path: path.stem)
def test_a_key_twice_needs_the_policy(path):
    """Otherwise it is refused (S15)."""
    with pytest.raises(DataError, match="DUPLICATE"):
        translate(path)


@pytest.mark.parametrize("path", cases("n"), ids=lambda path: path.stem)
def test_what_is_no_json_is_refused(path):
    """At a byte within it, under the policy too."""
    for policy in ("refuse", "last"):
        with pytest.raises(DataError) as caught:
            translate(path, policy)
        assert 0 <= caught.value.offset <= path.stat().st_size


@pytest.mark.parametrize("path", cases("i"), ids=lambda path: path.stem)
def test_what_the_suite_leaves_open(path):
    """Is decided in the table, each once."""
    found = [code for pattern, code in OPEN.items() if path.match(f"{pattern}.json")]
    assert len(set(found)) == 1
    if found[0] == READ:
        assert json.loads(translate(path)) == json.loads(path.read_bytes())
        assert translate(path) == path.read_bytes().strip()
    else:
        with pytest.raises(DataError, match=found[0]):
            translate(path)
