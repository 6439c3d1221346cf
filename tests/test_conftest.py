"""The test run's own rules."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
XDIST = re.compile(r"xdist|worker_id|testrun_uid")
"""What a test file writes that needs pytest-xdist."""
CONFTEST = Path(__file__).with_name("conftest.py")
SKIPS = {
    "in the test": "import pytest\ndef test(): pytest.skip('no data')",
    "by a mark": "import pytest\n@pytest.mark.skip(reason='no data')\ndef test(): pass",
    "in a fixture": (
        "import pytest\n@pytest.fixture\ndef data(): pytest.skip('no data')\ndef test(data: object): pass"
    ),
    "the whole module": "import pytest\npytest.skip('no data', allow_module_level=True)",
}


def run(folder: Path, test: str, *, ci: str) -> tuple[int, str]:
    (folder / "conftest.py").write_text(CONFTEST.read_text())
    (folder / "test_it.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    environment = os.environ | {"CI": ci, "HYPOTHESIS_PROFILE": "fast"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("how", SKIPS)
def test_a_skip_fails_in_ci(tmp_path: Path, how: str) -> None:
    """A test that skips fails where CI is set, however it skips, and says why."""
    code, output = run(tmp_path, SKIPS[how], ci="true")
    assert code in (1, 2)
    assert "no data" in output
    assert "skipped, which CI refuses" in output


def test_a_skip_is_a_skip_elsewhere(tmp_path: Path) -> None:
    """Without CI a test may skip."""
    code, output = run(tmp_path, SKIPS["in the test"], ci="")
    assert code == 0
    assert "1 skipped" in output


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    """CI takes an expected failure as what it is."""
    code, output = run(tmp_path, "import pytest\n@pytest.mark.xfail\ndef test(): assert False", ci="true")
    assert code == 0
    assert "1 xfailed" in output


def test_the_suite_does_not_need_xdist() -> None:
    """Every file that speaks of workers is collected without pytest-xdist, too."""
    files = [str(path) for path in sorted(TESTS.rglob("*.py")) if XDIST.search(path.read_text())]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:xdist", "-p", "no:cacheprovider", *files]
    done = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert Path(__file__).name in done.stdout
