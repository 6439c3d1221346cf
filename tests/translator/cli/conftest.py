"""The fixture that runs commands."""

import pytest

from tests.translator.cli.support import Shell


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs a command line in process."""
    return Shell(capsys)
