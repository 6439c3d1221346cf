"""`translator inspect`: what a file holds."""

from __future__ import annotations

import json

import fastavro
import pytest

from tests.translator.cli.support import DATA, ndjson, needs_data, signal

AVRO = DATA / "avro" / "data"


@pytest.fixture
def lines(tmp_path):
    """Five signals as NDJSON."""
    path = tmp_path / "in.ndjson"
    path.write_bytes(ndjson([signal(n) for n in range(5)]))
    return path


@needs_data
def test_an_avro_file(run):
    """Container, codec, schema with its fields, count, and the first records."""
    ran = run("inspect", AVRO / "weather-zstd.avro", "--json")
    assert ran.code == 0
    found = ran.json
    assert (found["container"], found["format"], found["codec"], found["records"]) == ("avro", "avro", "zstandard", 5)
    assert found["schema"]["name"] == "test.Weather"
    assert found["schema"]["fields"][1] == {"name": "time", "type": "int64", "presence": "required"}
    assert found["first"][0] == {"station": "011990-99999", "time": -619524000000, "temp": 0}
    assert len(found["first"]) == 3


@needs_data
def test_as_text(run):
    """The same for people."""
    ran = run("inspect", AVRO / "weather.avro", "-n", "1")
    assert "codec      null" in ran.out
    assert "station  string  required" in ran.out
    assert '{"station":"011990-99999","time":-619524000000,"temp":0}' in ran.out
    assert "-619506000000" not in ran.out


def test_json_needs_no_schema(run, lines):
    """Records are shown as they are, numbers with their digits."""
    lines.write_bytes(b'{"a": 1.50}\n{"a": 12345678901234567890123}\n')
    ran = run("inspect", lines)
    assert '{"a":1.50}' in ran.out
    assert '{"a":12345678901234567890123}' in ran.out
    assert "schema     none" in ran.out


def test_neuron_signals(run, lines, tmp_path):
    """The format brings its schema."""
    assert run("convert", lines, tmp_path / "x.signals").code == 0
    found = run("inspect", tmp_path / "x.signals", "--json").json
    assert found["records"] == 5
    assert found["schema"]["name"] == "hal9.neuron.v1.NeuronSignal"
    assert found["first"][0]["signal_id"] == signal(0)["signal_id"]


def test_without_a_schema_messages_are_counted(run, lines, tmp_path):
    """Protobuf can't be decoded without one, and the answer names the option."""
    assert run("convert", lines, tmp_path / "x.signals").code == 0
    found = run("inspect", tmp_path / "x.signals", "--from", "protobuf", "--json").json
    assert found["records"] == 5
    assert found["first"] == []
    assert "--schema" in found["undecoded"]


def test_msgpack_is_counted_by_reading(run, lines, tmp_path):
    assert run("convert", lines, tmp_path / "x.msgpack", "-T", "neuron:NeuronSignal").code == 0
    assert run("inspect", tmp_path / "x.msgpack", "--json").json["records"] == 5


def test_a_refused_record(run, lines):
    """It is counted, the first is shown with its place, and the exit code is 1."""
    lines.write_bytes(ndjson([{"a": 1}, b"{nonsense}", {"a": 2}]))
    ran = run("inspect", lines, "--json")
    assert ran.code == 1
    assert (ran.json["records"], ran.json["refused"]) == (3, 1)
    assert (ran.json["error"]["index"], ran.json["error"]["code"]) == (1, "SYNTAX")
    assert "record 1 (at byte 8)" in run("inspect", lines).err


def test_not_to_the_end(run, lines):
    """--no-count reads no more than what is shown."""
    lines.write_bytes(ndjson([{"a": 1}, b"{nonsense}"]))
    assert run("inspect", lines, "--no-count", "-n", "1").code == 0


def test_metadata(run, tmp_path):
    """What an Avro file says besides its schema."""
    with (tmp_path / "x.avro").open("wb") as file:
        fastavro.writer(file, "long", [1, 2], metadata={"who": "me"})
    found = run("inspect", tmp_path / "x.avro", "--json").json
    assert found["metadata"] == {"who": "me"}
    assert found["first"] == [1, 2]
    assert found["schema"] == {"language": "avro", "name": "int64", "fields": []}


def test_types_in_words(run, tmp_path):
    """Lists, maps, unions and enums of a schema."""
    fields = [
        {"name": "a", "type": {"type": "array", "items": "float"}},
        {"name": "b", "type": {"type": "map", "values": "bytes"}},
        {"name": "c", "type": ["null", "string"]},
        {"name": "d", "type": {"type": "enum", "name": "E", "symbols": ["X"]}},
        {"name": "e", "type": {"type": "fixed", "name": "F", "size": 3}},
    ]
    record = {"a": [], "b": {}, "c": None, "d": "X", "e": b"abc"}
    with (tmp_path / "x.avro").open("wb") as file:
        fastavro.writer(file, {"type": "record", "name": "R", "fields": fields}, [record])
    found = run("inspect", tmp_path / "x.avro", "--json").json
    types = [each["type"] for each in found["schema"]["fields"]]
    assert types == ["list of float32", "map of string to bytes", "null | string", "enum E", "fixed(3)"]


def test_a_file_that_is_none(run, tmp_path):
    """Errors have one shape, as JSON too."""
    ran = run("inspect", tmp_path / "none.json", "--json")
    assert ran.code == 2
    assert json.loads(ran.out)["error"]["code"] == "IO"
