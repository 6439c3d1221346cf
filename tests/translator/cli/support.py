"""What the command line's tests share: the command run in process, signals to feed it, and the shared data."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from translator.cli import main

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no shared/data")
COMMAND = [sys.executable, "-c", "import sys; from translator.cli import main; sys.exit(main())"]


def signal(n: int = 0, **more: object) -> dict:
    """A neuron signal as HAL9's servers write it."""
    return {
        "signal_id": f"00000000-0000-4000-8000-{n:012x}",
        "from_neuron": "sensor",
        "to_neuron": "cortex",
        "layer_from": "L2",
        "layer_to": "L3",
        "propagation_type": "Forward",
        "batch_id": "11111111-1111-4111-8111-111111111111",
        "timestamp": "2026-11-22T20:00:00Z",
        "payload": {
            "activation": {"content": f"signal {n}", "strength": 0.5, "features": {"cost": 1.5}},
            "gradient": None,
        },
        "metadata": {"k": "v"},
        **more,
    }


def ndjson(records: list) -> bytes:
    """Records as lines; bytes stand as they are."""
    lines = (each if isinstance(each, bytes) else json.dumps(each, separators=(",", ":")).encode() for each in records)
    return b"".join(line + b"\n" for line in lines)


def values(data: bytes) -> list:
    """What NDJSON holds."""
    return [json.loads(line) for line in data.splitlines()]


def leftovers(folder):
    """Unfinished files."""
    return [each for each in os.listdir(folder) if each.startswith(".")]


@dataclass
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


class Shell:
    """Runs commands in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *argv: object) -> Ran:
        self._capsys.readouterr()
        code = main([str(each) for each in argv])
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)


def child(*argv: object, stdin: bytes | None = None, **options) -> subprocess.CompletedProcess[bytes]:
    """Runs a command in a process of its own."""
    command = [*COMMAND, *(str(each) for each in argv)]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=ROOT, timeout=60, check=False, **options)


class Terminal(io.StringIO):
    """A stream that says that somebody looks at it."""

    def isatty(self) -> bool:
        return True
