"""The list of what may fail."""

from __future__ import annotations

import pytest

from tests.conformance.runners import ARGUMENTS, EXPECTED, NEW, OLD, expected


def test_each_runner_has_its_own() -> None:
    """A line is of one runner; tests of the text format are told apart, since that suite has a list of its own."""
    text = f"# head\n\n{OLD} A.TextFormatInput.B  # because\n{NEW} C.D # because\n{OLD} E # because\n"
    assert expected(text, OLD) == (["E"], ["A.TextFormatInput.B"])
    assert expected(text, NEW) == (["C.D"], [])


def test_a_reason_is_asked_for() -> None:
    """Nothing may fail without a reason."""
    with pytest.raises(SystemExit, match=r"A\.B has no reason"):
        expected(f"{OLD} A.B #\n", OLD)


def test_the_list_as_it_is() -> None:
    """Every line is of a runner that is run, and stands once."""
    lines = [line.partition("#")[0].strip() for line in EXPECTED.read_text().splitlines()]
    entries = [line for line in lines if line]
    assert len(entries) == len(set(entries))
    assert {entry.split()[0] for entry in entries} <= ARGUMENTS.keys()
