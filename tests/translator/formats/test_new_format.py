"""A new format is one file and one line: a dialect that another package brings is known wherever formats are."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from translator import formats
from translator.containers import detect
from translator.engine import specs

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/python.md").read_text()
FILES = dict(re.findall(r"^```\w+ .*?FILE=(\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
OPAQUE = """from dataclasses import replace
from translator.formats import msgpack
FORMAT = replace(msgpack.FORMAT, name="opaque", suffixes={".opq": "lone"}, walk=None)
"""
COMMAND = [sys.executable, "-c", "import sys; from translator.cli import main; sys.exit(main())"]
SCHEMA = '{"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}]}'


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installed distribution: docs/python.md's file and line; a name that is taken; a format without a walker."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "strict_json.py").write_text(FILES["strict_json.py"])
    info = folder / "strict_json-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strict-json\nVersion: 1\n")
    points = tomllib.loads(FILES["pyproject.toml"])["project"]["entry-points"][formats.GROUP]
    (folder / "opaque.py").write_text(OPAQUE)
    more = {"json": points["strict-json"], "opaque": "opaque:FORMAT"}
    lines = [f"{name} = {value}" for name, value in {**points, **more}.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{formats.GROUP}]", *lines]))
    return folder


class Ran:
    """A run of the command line with the package installed."""

    def __init__(self, package: Path, *words: str | Path) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(package), str(ROOT)))}
        command = [*COMMAND, *map(str, words)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr


def test_formats_lists_it(package: Path) -> None:
    """With its containers, its suffixes and what it loses; a name that is taken stays what it is."""
    rows = {each["name"]: each for each in json.loads(Ran(package, "formats", "--json").out)["formats"]}
    assert list(rows) == [*formats.NAMES, "opaque", "strict-json"]
    assert rows["strict-json"] == {
        "name": "strict-json", "schemas": ["avro", "jsonschema", "protobuf"], "needs_schema": False,
        "containers": detect.containers_of("json"), "extensions": [".sjsonl", ".sjson"],
        "loses": list(formats.get("json").loses),
    }  # fmt: skip
    assert ".sjson" not in rows["json"]["extensions"]


def test_convert_reads_and_writes_it(package: Path, tmp_path: Path) -> None:
    """By the suffix alone; and by the dialect's own rule a member that the schema doesn't name is refused."""
    (tmp_path / "r.avsc").write_text(SCHEMA)
    (tmp_path / "in.ndjson").write_text('{"a":1}\n{"a":2}\n')
    (tmp_path / "bad.sjsonl").write_text('{"a":1,"b":2}\n')
    schema = ("--schema", tmp_path / "r.avsc")
    to = Ran(package, "convert", tmp_path / "in.ndjson", tmp_path / "x.sjsonl", *schema)
    assert (to.code, (tmp_path / "x.sjsonl").read_text()) == (0, '{"a":1}\n{"a":2}\n'), to.err
    back = Ran(package, "convert", tmp_path / "x.sjsonl", "-", "--to", "avro:delimited", "--json", *schema)
    assert (back.code, back.out) == (0, "\x01\x02\x01\x04"), back.err
    refused = Ran(package, "convert", tmp_path / "bad.sjsonl", tmp_path / "y.ndjson", *schema)
    assert refused.code != 0
    assert "UNKNOWN" in refused.err


def test_inspect_shows_it(package: Path, tmp_path: Path) -> None:
    """A message is taken apart by the walker that the format names."""
    (tmp_path / "a.sjson").write_text('{"a": 1}')
    found = json.loads(Ran(package, "inspect", tmp_path / "a.sjson", "--json").out)
    assert (found["format"], found["guessed"]) == ("strict-json", False)
    assert [(each["path"], each["value"]) for each in found["items"]] == [("", ""), ("a", "1")]


def test_a_format_without_a_walker_is_shown_as_bytes(package: Path, tmp_path: Path) -> None:
    """The whole message is one value; the core checks it all the same."""
    (tmp_path / "a.opq").write_bytes(b"\x81\xa1a\x01")
    found = json.loads(Ran(package, "inspect", tmp_path / "a.opq", "--json").out)
    assert [(each["type"], each["value"]) for each in found["items"]] == [("bytes", "81a16101")]
    assert (found["format"], found["checked"]) == ("opaque", True)


def test_completion_offers_it(package: Path) -> None:
    """Where an option takes a format."""
    assert re.search(r"\bstrict-json\b", Ran(package, "completion", "bash").out)


def test_a_schema_is_inferred_from_it(package: Path, tmp_path: Path) -> None:
    """Since the format says that its messages are samples."""
    (tmp_path / "a.sjsonl").write_text('{"a":1}\n{"a":2}\n')
    ran = Ran(package, "schema", "infer", tmp_path / "a.sjsonl")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["properties"]["a"]["type"] == "integer"


def test_a_slip_names_it(package: Path) -> None:
    """It is among the formats that a message about a wrong name lists."""
    ran = Ran(package, "convert", ROOT / "README.md", "--from", "strict-jason")
    assert "did you mean 'strict-json'" in ran.err


@pytest.mark.parametrize("name", formats.NAMES)
def test_ours_come_the_same_way(name: str) -> None:
    """Each format here is what its line says: a file of the package, with a `FORMAT` of that name."""
    found = formats.get(name)
    assert found.name == name
    assert found.walk is not None or name == "txtpb"  # its text is shown as it is
    assert found.loses or name == "neuron"


@pytest.mark.parametrize("name", formats.NAMES)
def test_every_format_takes_the_built_in_schemas(name: str) -> None:
    """In a language that can describe it."""
    found = specs.end((name, "neuron:NeuronSignal"))
    assert found.schema is not None
    assert (found.format, found.schema.language in formats.get(name).languages) == (name, True)


def test_every_language_has_a_usual_format() -> None:
    """So that a schema alone says what its messages are."""
    assert {each: formats.usual_for(each) for each in ("avro", "protobuf", "jsonschema")} == {
        "avro": "avro", "protobuf": "protobuf", "jsonschema": "json",
    }  # fmt: skip


def test_names_are_looked_up_without_looking_around() -> None:
    """A name that is a format's here, or that no format can have, costs no search for other packages."""
    code = (
        "import sys; from translator import formats;"
        "assert 'avro' in formats.NAMES; assert 'a.avsc' not in formats.NAMES;"
        "assert 'importlib.metadata' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
