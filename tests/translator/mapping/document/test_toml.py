"""What people stumble over in TOML has a hint."""

from __future__ import annotations

import pytest

from translator.mapping import MappingError, load


@pytest.mark.parametrize("text", ["a = {\n b = 1 }", "a = { b = 1, }", "a = { b = 1\n, c = 2 }"])
def test_tables_on_several_lines_have_a_hint(text: str) -> None:
    """TOML 1.0 has no line ends in inline tables, which people write all the time."""
    with pytest.raises(MappingError, match="must be on one line"):
        load(f"version = 1\n{text}\n")
