"""What `.ci/run` tells of its targets, and when it fails."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SUMMARY = "12 passed, 1 xfailed in 3.45s"
MAKE = f"""#!/bin/sh
echo "make $*"
test "$1" != "$BROKEN" || exit 2
test "$1" != test || printf '....\\n{SUMMARY}\\n'
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose make only says what it is asked for, next to the data that CI has."""
    folder = tmp_path / "project"
    (folder / ".ci").mkdir(parents=True)
    (tmp_path / "shared/data").mkdir(parents=True)
    shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
    for name in ("make", "strace"):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(MAKE)
        path.chmod(0o755)
    return folder


def run(project: Path, broken: str = "") -> tuple[int, list[str]]:
    environment = os.environ | {"PATH": f"{project.parent / 'bin'}:{os.environ['PATH']}", "BROKEN": broken}
    done = subprocess.run([project / ".ci/run"], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def test_a_table_and_the_summary(project: Path) -> None:
    """Every target has a row with its minutes, and the last line is that of the tests."""
    code, lines = run(project)
    assert code == 0
    assert lines[-1] == SUMMARY
    rows = [line.split() for line in lines[lines.index("target               minutes") + 1 :] if line]
    assert [row[0] for row in rows[:-1]] == [
        "check",
        "sanitize",
        "fuzz",
        "canary",
        "heavy",
        "recipes",
        "conformance",
        "test",
        "in",
    ]
    assert {row[-1] for row in rows[:-2]} == {"passed"}


@pytest.mark.parametrize("target", ["check", "canary", "test"])
def test_a_target_that_fails(project: Path, target: str) -> None:
    """The others run nevertheless, and the whole fails."""
    code, lines = run(project, target)
    assert code == 1
    assert [line.split()[-1] for line in lines if line.startswith(target)] == ["FAILED"]
    assert len([line for line in lines if line.startswith("make ")]) == 8


def test_over_the_budget(project: Path) -> None:
    """More minutes than the budget has are a failure."""
    script = project / ".ci/run"
    script.write_text(script.read_text().replace("budget=45", "budget=-1"))
    code, lines = run(project)
    assert code == 1
    assert any("OVER the -1 minutes" in line for line in lines)


def test_a_heavy_target_over_its_minutes(project: Path) -> None:
    """What has a long form shows where its short one has become long; the others may take as long as they need."""
    script = project / ".ci/run"
    script.write_text(script.read_text().replace("short=4 ", "short=-1 "))
    code, lines = run(project)
    assert code == 0
    over = [line.split()[0] for line in lines if line.endswith("passed, over its -1 minutes")]
    assert over == ["sanitize", "fuzz", "canary", "heavy", "recipes", "conformance"]
