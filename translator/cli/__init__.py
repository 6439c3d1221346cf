"""The command line: `translator convert`, `inspect`, `check`, `formats`, `explain`, `completion`, and what plugs in."""

from __future__ import annotations

from collections.abc import Sequence

from translator import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and gives its exit code; `argv` without the program's name (None: the process's own).

    The version is told before the parser of arguments is loaded, which alone takes longer than Python's own start.
    """
    import sys

    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == ["--version"]:
        print(__version__)
        return 0
    from translator.cli.app import run

    return run(arguments)
