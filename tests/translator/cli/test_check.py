"""`translator check`: whether two schemas make a plan, and what it loses."""

from __future__ import annotations

import json
import sys

import pytest

from tests.translator.cli.support import DATA, Terminal, needs_data
from translator.cli import main


@pytest.fixture
def pair(tmp_path):
    """Two Avro schemas: one has a field more, and a long where the other has an int."""

    def write(name: str, *fields: tuple[str, str]):
        path = tmp_path / name
        document = {"type": "record", "name": "R", "fields": [{"name": n, "type": t} for n, t in fields]}
        path.write_text(json.dumps(document))
        return path

    return write("s.avsc", ("a", "long"), ("b", "string")), write("t.avsc", ("a", "int"))


def test_what_compiles(run):
    """Built-in schemas, from neuron signals to Avro: exit 0, every field with its verdict."""
    ran = run("check", "neuron:NeuronSignal", "neuron:NeuronSignal", "--to", "avro", "--json")
    assert ran.code == 0
    assert ran.json["ok"] is True
    assert (ran.json["from"], ran.json["to"]) == ("neuron", "avro")
    verdicts = {each["path"]: each["verdict"] for each in ran.json["fields"]}
    assert verdicts["signal_id"] == "exact"
    assert ran.json["exact"] == sum(verdict == "exact" for verdict in verdicts.values())


def test_what_does_not(run, pair):
    """Exit 1, with every reason and the option that allows it."""
    ran = run("check", *pair)
    assert ran.code == 1
    assert "avro → avro: no plan" in ran.out
    assert "b" in ran.out
    assert "--drop 'b'" in ran.err
    error = run("check", *pair, "--json").json["error"]
    assert error["problems"][0]["path"] == "b"


def test_what_is_lost_by_name(run, pair):
    """With --drop it compiles; the report says dropped and checked."""
    ran = run("check", *pair, "--drop", "b")
    assert ran.code == 0
    assert "1 checked, 1 dropped" in ran.out
    assert [line.split()[:2] for line in ran.out.splitlines() if line.startswith(("a ", "b "))] == [
        ["a", "checked"],
        ["b", "dropped"],
    ]


@needs_data
def test_an_avro_file_as_schema(run):
    """The schema is what the file carries."""
    ran = run("check", DATA / "avro" / "data" / "weather.avro", DATA / "avro" / "data" / "weather.avro", "--to", "json")
    assert ran.code == 0
    assert "avro → json" in ran.out


def test_a_schema_that_is_none(run, tmp_path):
    """Exit 2 with the schema's own message."""
    (tmp_path / "s.avsc").write_text("{")
    ran = run("check", tmp_path / "s.avsc", "neuron:NeuronSignal")
    assert ran.code == 2
    assert ran.err.startswith("translator: ")


def test_a_policy_that_is_none(run, pair):
    assert run("check", *pair, "--policy", "nan").code == 2


def test_a_table_on_a_terminal(pair, monkeypatch):
    """Drawn with lines there, aligned with spaces elsewhere."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main(["check", *map(str, pair), "--drop", "b"]) == 0
    assert "┏━" in terminal.getvalue()


def test_what_to_do_about_a_mapping(run, pair, tmp_path):
    """Where a mapping is given, the advice is not to give one."""
    (tmp_path / "m.toml").write_text('version = 1\n[fields]\na = "c"\n')
    ran = run("check", *pair, "--map", tmp_path / "m.toml")
    assert ran.code == 1
    assert "no field 'c'" in ran.out
    assert "correct the mapping" in ran.err
    assert "--map" not in ran.err
