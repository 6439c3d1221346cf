"""docs/adding.md is true: what its recipes name is there, and what is not built yet is said to be so.

tests/recipes follows three of them; this holds that all of them can be.
"""

from __future__ import annotations

import re

import pytest

from tests.recipes.support import PAGE, Row, rows, sections
from tests.test_docs_paths import lost, named

RECIPES = {title: text for title, text in sections().items() if rows(text)}
TITLES = ["A format", "A policy", "A step", "A kernel", "A container", "A protocol", "A front door", "A store",
          "A command"]  # fmt: skip
EVERY = [pytest.param(row, id=f"{title} {row.path}") for title, text in RECIPES.items() for row in rows(text)]
LATER = "not built yet"


def test_every_change_has_its_recipe() -> None:
    """In the table at the top, and as a section, in the same order."""
    top = re.findall(r"^\| \[(.*?)\]\(#(.*?)\).*?\| `(.*?)`", PAGE.read_text(), re.MULTILINE)
    assert [f"A{name[1:]}" for name, _, _ in top] == [*RECIPES] == TITLES
    assert [anchor for _, anchor, _ in top] == [title.lower().replace(" ", "-") for title in TITLES]
    assert all(first in {row.path for row in rows(RECIPES[f"A{name[1:]}"])} for name, _, first in top)


@pytest.mark.parametrize("row", EVERY)
def test_what_is_named_is_there(row: Row) -> None:
    """Every file, or one of its kind; and nothing is there that is said not to be built yet."""
    assert lost(row.path) == row.held.startswith(LATER)


@pytest.mark.parametrize("title", RECIPES)
def test_other_paths_are_there(title: str) -> None:
    """What holds a row, and what the text names, but for what a row says is not built yet."""
    later = " ".join(row.path for row in rows(RECIPES[title]) if row.held.startswith(LATER))
    assert {path for path in named(RECIPES[title]) if lost(path) and path not in later} == set()
