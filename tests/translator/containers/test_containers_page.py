"""docs/containers.md is true: its example runs, and it has every container, extension and code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from translator import containers, framing
from translator.containers import base, detect, packing

TEXT = (Path(__file__).parents[3] / "docs/containers.md").read_text()
ROWS = {row.split("`")[1]: row for row in TEXT.splitlines() if row.startswith("| `")}
CODES = re.compile(r"^\| ([A-Z]+_[A-Z]+) \|", re.MULTILINE)


@pytest.mark.parametrize("code", re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
def test_examples_run(code: str) -> None:
    """What they claim is asserted in them."""
    assert "assert" in code
    exec(compile(code, "docs/containers.md", "exec"), {})


@pytest.mark.parametrize("name", containers.NAMES)
def test_every_container_has_its_row(name: str) -> None:
    """With each extension that names it."""
    told = set(re.findall(r"`(\.\w+)`", ROWS[name]))
    assert told >= set(detect.suffixes_of(name))


def test_every_code_and_framing_is_told() -> None:
    """Those of the modules' own tables; and nothing else."""
    codes = {*CODES.findall(base.__doc__ or ""), *CODES.findall(framing.__doc__ or "")}
    assert len(codes) > 15
    assert set(re.findall(r"`((?:CONTAINER|FRAME)_[A-Z]+)`", TEXT)) == codes
    assert {*framing.FRAMINGS} <= ROWS.keys()
    assert all(f"`{extension}`" in TEXT for extension in packing.EXTENSIONS)
