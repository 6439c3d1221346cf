"""docs/cli.md is whole: every command and option is in it, and nothing that isn't there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from cyclopts import App

from tests.translator.cli.support import ROOT
from translator.cli import app as app_
from translator.cli.shared.exits import BROKEN_PIPE, INTERRUPTED

TEXT = (ROOT / "docs/cli.md").read_text()
SECTIONS = dict(re.findall(r"^#{2,3} (.*?)\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))
WHOLE = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def walk(app: App, path: str = "translator") -> Iterator[tuple[str, App]]:
    """Every command that does something, by its whole name."""
    commands = [name for name in app if not name.startswith("-")]
    if not commands:
        yield path, app
    for name in commands:
        yield from walk(app[name], f"{path} {name}")


@pytest.fixture(scope="module")
def commands() -> dict[str, App]:
    """Our own commands; what plugs in is told where it comes from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_, "entry_points", lambda group: [])
        return dict(walk(app_.build()))


def options(app: App) -> set[str]:
    """All spellings of a command's options."""
    return {name for each in app.assemble_argument_collection() for name in each.names if name.startswith("-")}


def told(text: str) -> set[str]:
    """The options in a section's table, and in those of the shared sections that it points to."""
    rows = re.findall(r"^\| (`--.*?) \|", text, re.MULTILINE)
    own = {name for row in rows for name in re.findall(r"`(--?[\w-]+)`", row)}
    shared = [SECTIONS[name.capitalize()] for name in re.findall(r"\[([\w ]+)\]\(#[\w-]+\)", text)]
    return own.union(*(told(each) for each in shared))


def test_every_command_has_its_section(commands):
    """And no section is about a command that isn't there."""
    assert {title.strip("`") for title in WHOLE if title.startswith("`")} == set(commands)


def test_every_option_is_told(commands):
    """With all its spellings; and no other is."""
    for name, app in commands.items():
        assert told(WHOLE[f"`{name}`"]) == options(app), name


def test_every_command_has_an_example(commands):
    """Which tests/test_console.py runs."""
    for name in commands:
        assert re.search(rf"^\$ (eval \"\$\()?{name}\b", WHOLE[f"`{name}`"], re.MULTILINE), name


def test_exit_codes():
    assert {str(BROKEN_PIPE), str(INTERRUPTED)} <= set(re.findall(r"\d+", SECTIONS["Exit codes"]))
