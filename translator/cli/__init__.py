"""The command line: `translator convert`, `inspect`, `check`, `formats`, `explain`, `completion`, and what plugs in."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and gives its exit code; `argv` without the program's name (None: the process's own)."""
    import sys

    from translator.cli.app import run

    return run(list(sys.argv[1:] if argv is None else argv))
