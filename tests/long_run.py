"""Runs the long form of a check and keeps what came of it, with the commit that it was run on.

    python -m tests.long_run NAME -- COMMAND...

The command's output is shown as it comes. Its last line, the commit, the date, the minutes and the exit status are
written to docs/runs/NAME.json, which is to be committed. A tree with changes is refused: no commit would say what ran.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = "docs/runs"


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def changed(root: Path) -> list[str]:
    """The files that differ from the commit, earlier outcomes aside."""
    lines = git(root, "status", "--porcelain", "--untracked-files=all").splitlines()
    return [line for line in lines if not line[2:].strip().startswith(f"{RUNS}/")]


def shown(root: Path, command: Sequence[str]) -> tuple[int, str]:
    """Runs a command and shows its output as it comes; the exit status, and the last line that isn't empty."""
    last = ""
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        assert running.stdout
        for line in running.stdout:
            print(line, end="", flush=True)
            last = line.strip() or last
    return running.returncode, last


def record(root: Path, name: str, command: Sequence[str]) -> int:
    """Runs the command and writes what came of it. The command's exit status; 2 where the tree has changes."""
    unsaved = changed(root)
    if unsaved:
        print("commit first, so that the outcome has a commit:", *unsaved, sep="\n  ", file=sys.stderr)
        return 2
    commit, began, start = git(root, "rev-parse", "HEAD"), datetime.now(UTC), time.monotonic()
    status, last = shown(root, command)
    outcome = {
        "name": name, "commit": commit, "date": f"{began:%Y-%m-%d}", "command": " ".join(command),
        "minutes": round((time.monotonic() - start) / 60, 1), "exit": status, "result": last,
    }  # fmt: skip
    path = root / RUNS / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(outcome, indent=2, ensure_ascii=False) + "\n")
    print(f"{path.relative_to(root)}: {last}")
    return status


def main(arguments: Sequence[str]) -> int:
    match arguments:
        case [name, "--", *command] if name.isidentifier() and command:
            return record(ROOT, name, command)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
