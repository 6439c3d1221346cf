"""Which files a command reads: names, `-`, and patterns that the shell left as they are."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from translator.cli.shared.exits import UsageError
from translator.cli.shared.files import STANDARD


@dataclass(frozen=True)
class Named:
    """An input. `inside`: its path from where its pattern's fixed part ends, by which --output-dir places it."""

    path: str
    inside: PurePath


def expand(names: Sequence[str]) -> list[Named]:
    """The files that `names` mean: in the order of the names, those of a pattern sorted; each as often as it is
    named (S36).

    UsageError: a pattern that nothing matches, a folder, `-` twice. OSError: there is no such file.
    """
    if list(names).count(STANDARD) > 1:
        raise UsageError("- is named twice, and stdin can be read once")
    return [each for name in names for each in _matching(name)]


def _matching(name: str) -> Iterator[Named]:
    if name == STANDARD:
        yield Named(name, PurePath("stdin"))
    elif os.path.lexists(name) or not glob.has_magic(name):
        yield _file(name)
    else:
        yield from _globbed(name)


def _file(name: str) -> Named:
    os.stat(name)
    if os.path.isdir(name):
        raise UsageError(f"{name} is a folder", f"name files in it: '{os.path.join(name, '*')}' (** goes into folders)")
    return Named(name, PurePath(PurePath(name).name))


def _globbed(pattern: str) -> list[Named]:
    files = sorted(each for each in glob.glob(pattern, recursive=True) if not os.path.isdir(each))
    if not files:
        raise UsageError(f"{pattern}: no file matches", "check the pattern; ** goes into folders")
    fixed = _fixed(pattern)
    return [Named(each, PurePath(each).relative_to(fixed)) for each in files]


def _fixed(pattern: str) -> Path:
    """The folder in front of the first part that is a pattern."""
    parts = PurePath(pattern).parts
    upto = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    return Path(*parts[:upto])


def identity(path: str) -> tuple[int, int] | str:
    """What is the same for all paths of one file, whatever the links; also of a file that isn't there yet."""
    try:
        found = os.stat(path)
    except OSError:
        return os.path.realpath(path)
    return found.st_dev, found.st_ino
