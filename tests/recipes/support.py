"""Recipes of docs/adding.md as they are followed: the edits that a page shows, made in a copy of the project.

A page shows an edit as a block with the file's name:

    ```python FILE=translator/formats/hexjson.py      a new file, whole
    ```diff FILE=registry/command.py                  lines that are there (" "), go ("-") and come ("+"); what is there
                                                      and goes must stand in the file once
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs/adding.md"
BUILT: Final = ("native/*.so", "native/src/values/powers.h", "schemas/neuron/*.binpb")
"""What git doesn't keep and a copy needs as well."""
_SECTION = re.compile(r"^## (.*?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `([^`]+)` \| (.*?) \|(.*)\|$", re.MULTILINE)
_EDIT = re.compile(r"^```(\w+) FILE=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Row:
    """A line of a recipe: a file, or a folder, by its path with placeholders, and what is written there."""

    path: str
    text: str
    held: str

    @property
    def needed(self) -> bool:
        """Whether every case needs it."""
        return not self.text.startswith("If ")

    def matches(self, path: str) -> bool:
        """Whether a file is the one that is meant."""
        pattern = re.sub("NAME|FORMAT", r"[\\w-]+", re.escape(self.path))
        return re.match(pattern + ("" if self.path.endswith("/") else r"\Z"), path) is not None


@dataclass(frozen=True)
class Edit:
    """A change of one file, or a new one."""

    path: str
    language: str
    body: str

    def make(self, folder: Path) -> None:
        """AssertionError: the file isn't as the edit has it."""
        file = folder / self.path
        if self.language != "diff":
            assert not file.exists(), f"{self.path} is there already"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.body)
            return
        before, after = self._side("-"), self._side("+")
        text = file.read_text()
        assert text.count(before) == 1, f"{self.path} doesn't have once:\n{before}"
        file.write_text(text.replace(before, after))

    def _side(self, sign: str) -> str:
        lines = self.body.splitlines()
        return "\n".join(line[1:] for line in lines if not line or line[0] in (" ", sign)).removesuffix("\n")


def sections() -> dict[str, str]:
    """The page's recipes by their titles, in order."""
    return dict(_SECTION.findall(PAGE.read_text()))


def rows(text: str) -> list[Row]:
    return [Row(path, what, held.strip()) for path, what, held in _ROW.findall(text)]


def edits(text: str) -> list[Edit]:
    return [Edit(path, language, body) for language, path, body in _EDIT.findall(text)]


def copied(folder: Path) -> Path:
    """The project as it stands, with what was built, in `folder`/project, the data beside it if it is there."""
    to = folder / "project"
    if (ROOT.parent / "shared").exists():
        (folder / "shared").symlink_to(ROOT.parent / "shared")
    for each in _files():
        (to / each.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / each, to / each, follow_symlinks=False)
    return to


def _files() -> Iterator[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    yield from (Path(name) for name in names if name and (ROOT / name).exists())
    yield from (path.relative_to(ROOT) for pattern in BUILT for path in ROOT.glob(pattern))
