"""RFC 8949's own examples, appendix A: read as they say, and written as they stand where that is the shortest form."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import cbor2
import pytest

import translator
from native.errors import DataError

FILE = Path(__file__).resolve().parents[2].parent / "shared/data/cbor/appendix_a.json"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the appendix's file isn't there")
SIMPLE = {"f0", "f8ff"}
"""Simple values without a meaning: no other format has them."""


@cache
def examples() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(FILE.read_text())
    return found


def test_all_but_one_are_read_as_given() -> None:
    """S29, B65: 81 of 82; f818 is refused, since RFC 8949 says so itself."""
    plan, refused = translator.compile("cbor", "cbor"), []
    for each in examples():
        data = bytes.fromhex(each["hex"])
        try:
            again = plan.translate(data)
        except DataError as error:
            refused.append((each["hex"], error.code, error.offset))
            continue
        assert cbor2.dumps(cbor2.loads(again), canonical=True) == cbor2.dumps(cbor2.loads(data), canonical=True)
        assert again == data or not each["roundtrip"], each["hex"]
    assert refused == [("f818", "TAG", 0)]
    assert len(examples()) == 82


def test_what_json_can_say_is_what_the_appendix_says() -> None:
    """S34: every number to its last digit."""
    plan = translator.compile("cbor", "json")
    shown = [each for each in examples() if "decoded" in each]
    assert len(shown) > 50
    for each in shown:
        got = json.loads(plan.translate(bytes.fromhex(each["hex"])))
        assert repr(got) == repr(each["decoded"]), each["hex"]


def test_what_json_can_not_say_is_refused_or_text() -> None:
    """S4, S34: NaN, infinity and simple values are refused; tags become what they say."""
    plan, codes, texts = translator.compile("cbor", "json"), {}, {}
    for each in examples():
        if "decoded" in each or each["hex"] == "f818":
            continue
        try:
            texts[each["hex"]] = plan.translate(bytes.fromhex(each["hex"])).decode()
        except DataError as error:
            codes[each["hex"]] = error.code
    assert {code for key, code in codes.items() if key not in SIMPLE} == {"NOT_FINITE"}
    assert {codes[key] for key in SIMPLE} == {"EXTENSION"}
    assert texts["f7"] == "null"
    assert texts["c1fb41d452d9ec200000"] == '"2013-03-21T20:04:00.500Z"'
    assert texts["d74401020304"] == '"01020304"'
    assert texts["a201020304"] == '{"1":2,"3":4}'
