"""The pages for who changes the code name files and folders that are there.

This is docs/internals.md; docs/adding.md, which also names what is not built yet, is held by test_adding.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "internals.md"
PATH = re.compile(r"`((?:[\w.*-]+/)+[\w.*-]*|[\w*-]+\.(?:py|[ch]|md|toml|svg|sql))`")
"""What stands as code and is a path from the project's root: a folder, a file in one, a file by its suffix."""
PLACEHOLDER = re.compile("NAME|FORMAT")
"""Of a new file's name, as in `translator/formats/NAME.py`."""


def named(text: str) -> Iterator[str]:
    """The paths in a page, but for those in fenced blocks."""
    yield from PATH.findall(re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def lost(path: str) -> bool:
    """Whether nothing is there by that path. Of one with a placeholder any of its kind counts."""
    return next(ROOT.glob(PLACEHOLDER.sub("*", path.rstrip("/"))), None) is None


def test_every_path_is_there() -> None:
    """Each path that the page names leads to something."""
    found = set(named(PAGE.read_text()))
    assert found
    assert {each for each in found if lost(each)} == set()


@pytest.mark.parametrize(
    "path", ["translator/nothing.py", "nothing/", "native/src/core/*.cpp", "nothing.py", "translator/nothing/NAME.py"]
)
def test_lost_paths_are_seen(path: str) -> None:
    """A file, a folder, a pattern that nothing has, a placeholder in a folder that isn't there."""
    assert list(named(f"See `{path}`.")) == [path]
    assert lost(path)


@pytest.mark.parametrize("path", ["translator/", "native/src/*/", "setup.py", "translator/formats/NAME.py"])
def test_paths_that_lead_somewhere_are_not(path: str) -> None:
    """A folder, a pattern, a file, a new file in a folder that is there."""
    assert not lost(path)
