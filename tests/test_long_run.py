"""What a long run leaves behind."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.long_run import ROOT, RUNS, git, main, record

MEMBERS = {"name", "commit", "date", "command", "minutes", "exit", "result"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one commit."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "code").write_text("1")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "-m", "First")
    return tmp_path


def says(text: str, status: int = 0) -> list[str]:
    return [sys.executable, "-c", f"print({text!r}); raise SystemExit({status})"]


def test_an_outcome_has_its_commit(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The last line of the output is kept, with the commit, the time and the exit status."""
    assert record(project, "fuzz", says("begun\n7 messages, 0 findings\n\n")) == 0
    outcome = json.loads((project / RUNS / "fuzz.json").read_text())
    assert outcome.keys() == MEMBERS
    assert (outcome["result"], outcome["exit"]) == ("7 messages, 0 findings", 0)
    assert outcome["commit"] == git(project, "rev-parse", "HEAD")
    assert capsys.readouterr().out.startswith("begun\n")


def test_a_failure_is_kept_too(project: Path) -> None:
    """A run that fails is told with its exit status; the next one replaces it."""
    assert record(project, "fuzz", says("1 finding", 1)) == 1
    assert json.loads((project / RUNS / "fuzz.json").read_text())["exit"] == 1
    assert record(project, "fuzz", says("0 findings")) == 0
    assert json.loads((project / RUNS / "fuzz.json").read_text())["result"] == "0 findings"


def test_a_changed_tree_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not committed has no commit to name: nothing is run."""
    (project / "code").write_text("2")
    assert record(project, "fuzz", says("run")) == 2
    assert "code" in capsys.readouterr().err
    assert not (project / RUNS).exists()


@pytest.mark.parametrize("arguments", [[], ["fuzz"], ["fuzz", "--"], ["a/b", "--", "true"]])
def test_wrong_usage(arguments: list[str]) -> None:
    """Without a name and a command nothing is run."""
    assert main(arguments) == 2


def test_kept_outcomes_are_good() -> None:
    """Every outcome in docs/runs has all its members, and is of a run that passed."""
    for path in sorted((ROOT / RUNS).glob("*.json")):
        outcome = json.loads(path.read_text())
        assert outcome.keys() == MEMBERS
        assert (outcome["name"], outcome["exit"]) == (path.stem, 0)
