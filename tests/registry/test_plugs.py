"""The registry plugs into the command line and into the sources of schemas as any third party would."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from cyclopts import App

import registry
from translator.cli import app as cli
from translator.engine import sources

ROOT = Path(__file__).resolve().parents[2]
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]


def point(group: str) -> EntryPoint:
    return EntryPoint("registry", GROUPS[group]["registry"], group)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """`translator registry serve` is found by its entry point, and tells its options."""
    app = App(name="translator")
    cli._plug_in(app, point(cli.GROUP), described=False)
    app(["registry", "serve", "--help"], result_action="return_value")
    shown = capsys.readouterr().out
    assert all(option in shown for option in ("--host", "--port", "--database"))


def test_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """`registry:SUBJECT` names a schema of the registry."""
    monkeypatch.setattr(sources, "entry_points", lambda group: [point(group)])
    sources.find.cache_clear()
    try:
        assert isinstance(sources.find("registry"), sources.SchemaSource)
        assert isinstance(sources.find("registry", "http://other:1"), sources.SchemaSource)
    finally:
        sources.find.cache_clear()


def test_nothing_of_it_is_loaded_before() -> None:
    """Neither the translator nor the command line loads the registry, or what only it needs, before it is asked for."""
    program = "import sys, translator, translator.cli.app as a; a.build(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded & {"registry", "uvicorn", "httpx2", "sqlite3"} == set()


def test_its_public_names() -> None:
    """`registry` has the names that it says, each loaded when it is first used, and no other."""
    program = "import sys, registry as r; print(*sys.modules); print(*(getattr(r, each) for each in r.__all__))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {name for name in done.stdout.splitlines()[0].split() if name.startswith("registry")} == {"registry"}
    assert dir(registry) == sorted(registry.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = registry.Nothing
