"""docs/compatibility.md is true: it tells every kind that the tests know, and its example runs."""

from __future__ import annotations

import re
from pathlib import Path

from schemas.compatibility import protobuf
from tests.schemas.compatibility import test_avro, test_jsonschema, test_protobuf

TEXT = (Path(__file__).parents[3] / "docs/compatibility.md").read_text()


def kinds(found: list[str]) -> set[str]:
    return {each.split()[0].strip("!?") for each in found}


def test_every_kind_is_told() -> None:
    """Each kind that a case of the tests expects has its place in the text."""
    tables = (test_avro.REFUSED, test_protobuf.CASES, test_jsonschema.BREAKING, test_jsonschema.UNKNOWN)
    known = {kind for table in tables for case in table for kind in kinds(case[3])} | protobuf.COMPATIBLE
    assert len(known) > 60
    bare = {kind.removeprefix("EXCLUSIVE_") for kind in known}
    words = set(re.findall(r"[A-Z_]{4,}", TEXT))
    ends = {
        f"{stem}_{end}" for stem in {each.rpartition("_")[0] for each in words} for end in ("INCREASED", "DECREASED")
    }
    assert bare - words - ends == set()


def test_the_example_runs() -> None:
    """The example in Python does what it says."""
    (example,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    exec(compile(example, "docs/compatibility.md", "exec"), {"print": lambda *_: None})
