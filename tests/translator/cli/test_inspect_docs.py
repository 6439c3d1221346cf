"""docs/inspect.md tells every option; that its commands print what it says, tests/test_console.py holds."""

from __future__ import annotations

import re

from tests.translator.cli.support import ROOT

TEXT = (ROOT / "docs/inspect.md").read_text()


def test_every_option_is_told(run):
    """Each of its own options has its place in the text."""
    options = set(re.findall(r"(?<= )--[a-z0-9-]+", run("inspect", "--help").out.partition("Exit codes")[0]))
    assert {"--hex", "--record", "--framing"} < options
    assert {each for each in options if each not in TEXT and not each.startswith("--max-")} == {"--count"}  # --no-count
