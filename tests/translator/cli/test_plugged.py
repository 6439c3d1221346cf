"""Transformers of another package, installed: the command line runs them as its own."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.translator.cli.support import COMMAND, ROOT

MODULE = """
import json
from translator.contract import End, Made, Messages
from native.errors import DataError

class FromCsv:
    def __init__(self, names):
        self.names = names
    def translate(self, data):
        cells = data.decode().rstrip("\\r").split(",")
        if len(cells) != 2:
            raise DataError("SYNTAX", "two cells are wanted", len(cells[0]))
        if cells[1] == "crash":
            raise ZeroDivisionError("a transformer's own fault")
        return json.dumps({"name": cells[0], "value": int(cells[1])}).encode()

class Loud:
    def translate(self, data):
        return data.upper()

def register(register):
    register("csv", "json", lambda source, target, mapping, options: FromCsv(mapping))
    register("avro", "json", lambda source, target, mapping, options: Loud())
    register("tsv", "json", lambda source, target, mapping, options: 1 / 0)
    register("json", "shout", lambda source, target, mapping, options: Loud())
"""
POINTS = "[translator.transformers]\nours = plugged:register\n"


@pytest.fixture
def plugged(tmp_path, monkeypatch):
    """Runs the command line beside an installed distribution with transformers; gives what came of it."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/plugged.py").write_text(MODULE)
    info = tmp_path / "lib/plugged-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path / 'lib'}:{ROOT}"}

    def run(*arguments: str, data: bytes = b""):
        return subprocess.run(
            [*COMMAND, *arguments], cwd=tmp_path, env=environment, input=data, capture_output=True, check=False
        )

    return run


def test_convert_runs_a_registered_transformer(plugged, tmp_path: Path):
    """Its format has no usual container, so that is named; lines go in and out as those of any format."""
    done = plugged("convert", "--from", "csv:ndjson", "--to", "json", "-", data=b"a,1\nb,2\n")
    assert (done.returncode, done.stderr.decode()[:17]) == (0, "2 records written")
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"name": "a", "value": 1},
        {"name": "b", "value": 2},
    ]


def test_what_it_refuses_is_set_aside(plugged, tmp_path: Path):
    """Its own refusals and its faults are dead letters, which convert again; the others are written."""
    data = b"a,1\nb\nc,crash\nd,4\n"
    done = plugged("convert", "--from", "csv:ndjson", "--to", "json", "-d", "bad.jsonl", "-", "good.ndjson", data=data)
    assert done.returncode == 1, done.stderr
    assert len((tmp_path / "good.ndjson").read_bytes().splitlines()) == 2
    letters = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_bytes().splitlines()]
    assert [(each["index"], each["code"]) for each in letters] == [(1, "SYNTAX"), (2, "TRANSFORMER")]
    assert "ZeroDivisionError: a transformer's own fault" in letters[1]["reason"]
    again = plugged("convert", "bad.jsonl", "--to", "json", "-d", "still.jsonl", "-")
    assert (again.returncode, again.stdout) == (1, b"")
    assert len((tmp_path / "still.jsonl").read_bytes().splitlines()) == 2


def test_it_is_taken_before_the_core(plugged, tmp_path: Path):
    """Of a pair that the core serves too; the core finds where the messages of an Avro file end."""
    (tmp_path / "n.avsc").write_text('{"type": "record", "name": "R", "fields": [{"name": "s", "type": "string"}]}')
    (tmp_path / "in.ndjson").write_bytes(b'{"s":"ab"}\n{"s":"cd"}\n')
    assert plugged("convert", "in.ndjson", "in.avro", "--to-schema", "n.avsc").returncode == 0
    done = plugged("convert", "in.avro", "-", "--to", "json")
    assert done.stdout == b"\x04AB\n\x04CD\n", done.stderr


def test_its_format_can_be_the_target(plugged):
    """Between messages stands what the container says."""
    done = plugged("convert", "--from", "json:ndjson", "--to", "shout:ndjson", "-", data=b'{"a":"b"}\n')
    assert done.stdout == b'{"A":"B"}\n', done.stderr
    done = plugged("convert", "--from", "json:ndjson", "--to", "shout:delimited", "-", data=b'{"a":"b"}\n')
    assert done.stdout == b'\x09{"A":"B"}', done.stderr


def test_what_can_not_be_told_is_asked(plugged):
    """The container of a foreign format; and a pair that nobody has registered makes no plan."""
    done = plugged("convert", "--from", "csv", "--to", "json", "-", data=b"a,1\n")
    assert done.returncode == 2
    assert b"say csv:ndjson where a line is a message" in done.stderr
    done = plugged("convert", "--from", "csv:ndjson", "--to", "msgpack", "-", data=b"a,1\n")
    assert done.returncode == 2
    assert b"no transformer from csv to msgpack" in done.stderr
    done = plugged("convert", "--from", "cvs:ndjson", "--to", "json", "-", data=b"a,1\n")
    assert b"did you mean 'csv'?" in done.stderr


def test_it_is_listed_and_completed(plugged):
    """With its pairs; its format's name is offered after --from."""
    found = json.loads(plugged("formats", "--json").stdout)
    assert {"source": "csv", "target": "json"} in found["transformers"]
    assert b"REGISTERED TRANSFORMER FROM" in plugged("formats").stdout
    assert b"csv" in plugged("completion", "bash").stdout


def test_one_that_can_not_be_loaded_is_told(plugged, tmp_path: Path):
    """In a line, and everything else works."""
    (tmp_path / "lib/plugged-1.0.dist-info/entry_points.txt").write_text(
        "[translator.transformers]\nx = gone:register\n"
    )
    done = plugged("convert", "--from", "json", "--to", "json", "-", data=b"{}\n")
    assert (done.returncode, done.stdout) == (0, b"{}\n")
    assert done.stderr.startswith(
        b"translator: warning: the transformers of gone:register can't be used: ModuleNotFound"
    )


def test_one_that_can_not_be_made_is_a_plan_that_there_is_not(plugged):
    """Its factory's fault, in a line."""
    done = plugged("convert", "--from", "tsv:ndjson", "--to", "json", "-", data=b"a\tb\n")
    assert done.returncode == 2
    assert b"the transformer from tsv to json can't be made: ZeroDivisionError: division by zero" in done.stderr
    assert b"Traceback" not in done.stderr


def test_inspect_shows_its_messages(plugged, tmp_path: Path):
    """As what the transformer makes of them, or as bytes."""
    (tmp_path / "in.csv").write_bytes(b"a,1\nb,2\n")
    done = plugged("inspect", "in.csv", "--from", "csv:ndjson")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b'"name": "a"' in done.stdout
    done = plugged("inspect", "in.csv", "--from", "csv:ndjson", "--record", "1")
    assert b"622c32" in done.stdout
    assert b"csv is a registered transformer's format, of which the core knows nothing" in done.stderr
