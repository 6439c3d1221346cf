"""`translator convert`: what comes out, what is said, how it ends, and what is left behind."""

from __future__ import annotations

import base64
import io
import json
import os
import stat
import sys

import fastavro
import pytest

from tests.translator.cli.support import DATA, Terminal, leftovers, ndjson, needs_data, signal, values
from tests.translator.containers import avrofiles
from translator.cli import main

WEATHER = DATA / "avro" / "data" / "weather.avro"
BAD = signal(7, layer_to="L12")


@pytest.fixture
def good(tmp_path):
    """Ten signals as NDJSON."""
    path = tmp_path / "good.ndjson"
    path.write_bytes(ndjson([signal(n) for n in range(10)]))
    return path


@pytest.fixture
def mixed(tmp_path):
    """Five signals; 1 and 3 are refused."""
    path = tmp_path / "mixed.ndjson"
    path.write_bytes(ndjson([signal(0), BAD, signal(2), b'{"signal_id": 1', signal(4)]))
    return path


class TestWays:
    """Formats and containers, told by names, bytes and options."""

    def test_the_default_target_is_neuron_signals(self, run, good, tmp_path):
        """JSON to delimited neuron signals and back is what it was."""
        assert run("convert", good, tmp_path / "out").code == 0
        assert run("convert", tmp_path / "out", tmp_path / "back.ndjson", "--from", "neuron").code == 0
        assert values((tmp_path / "back.ndjson").read_bytes()) == [signal(n) for n in range(10)]

    @pytest.mark.parametrize("extension", [".signals", ".ndjson", ".msgpack", ".hal9"])
    def test_the_extension_of_the_output_tells(self, run, good, tmp_path, extension):
        """Through any self-describing format or neuron signals, and back."""
        middle, back = tmp_path / f"middle{extension}", tmp_path / "back.jsonl"
        assert run("convert", good, middle).code == 0
        named = ("--schema", "neuron:NeuronSignal", "--to-schema", "neuron:NeuronSignal")
        assert run("convert", middle, back, *named).code == 0
        assert values(back.read_bytes()) == [signal(n) for n in range(10)]

    def test_avro_carries_its_schema(self, run, good, tmp_path):
        """An Avro file is written with the built-in schema, readable by fastavro, and read without naming it."""
        out = tmp_path / "out.avro"
        assert run("convert", good, out, "-T", "neuron:NeuronSignal", "--codec", "deflate").code == 0
        with out.open("rb") as file:
            reader = fastavro.reader(file)
            assert reader.codec == "deflate"
            assert reader.writer_schema["name"] == "hal9.neuron.v1.NeuronSignal"
            assert [each["payload"]["activation"]["content"] for each in reader] == [f"signal {n}" for n in range(10)]
        assert run("convert", out, tmp_path / "back.signals").code == 0
        assert run("convert", good, tmp_path / "direct.signals").code == 0
        assert (tmp_path / "back.signals").read_bytes() == (tmp_path / "direct.signals").read_bytes()

    @needs_data
    @pytest.mark.parametrize("name", ["weather", "weather-deflate", "weather-snappy", "weather-zstd"])
    def test_real_avro_files(self, run, tmp_path, name):
        """Apache's own files in each codec say what weather.json says."""
        assert run("convert", DATA / "avro" / "data" / f"{name}.avro", tmp_path / "out.ndjson").code == 0
        truth = (DATA / "avro" / "data" / "weather.json").read_bytes()
        assert values((tmp_path / "out.ndjson").read_bytes()) == values(truth)

    @needs_data
    def test_avro_to_avro_keeps_the_schema(self, run, tmp_path):
        """Without a schema for the output it has the input's."""
        assert run("convert", WEATHER, tmp_path / "out.avro", "--codec", "zstandard").code == 0
        assert run("inspect", tmp_path / "out.avro", "--json").json["codec"] == "zstandard"

    @needs_data
    @pytest.mark.parametrize("name", ["twitter", "github_events"])
    def test_a_json_document(self, run, tmp_path, name):
        """A pretty-printed object is one message, an array is one of each item; as a .json they are that again."""
        source = DATA / "json" / f"{name}.json"
        assert run("convert", source, tmp_path / "out.json").code == 0
        assert json.loads((tmp_path / "out.json").read_bytes()) == json.loads(source.read_bytes())

    def test_a_json_name_for_many_records_is_an_array(self, run, good, tmp_path):
        """Many records in a `.json` are one document; read again, they are many."""
        assert run("convert", good, tmp_path / "out.json", "-T", "neuron:NeuronSignal").code == 0
        assert json.loads((tmp_path / "out.json").read_bytes()) == [signal(n) for n in range(10)]
        assert run("convert", tmp_path / "out.json", tmp_path / "back.ndjson").code == 0
        assert values((tmp_path / "back.ndjson").read_bytes()) == [signal(n) for n in range(10)]

    @pytest.mark.parametrize(("extension", "option"), [(".gz", "gzip"), (".zst", "zstd")])
    def test_compressed_files(self, run, good, tmp_path, extension, option):
        """By the name's extension or --compress out, by the first bytes in, whatever the name; offsets are inside."""
        packed = tmp_path / f"out.ndjson{extension}"
        assert run("convert", good, packed, "-T", "neuron:NeuronSignal").code == 0
        assert packed.stat().st_size < good.stat().st_size / 2
        packed.rename(tmp_path / "other")
        ran = run("convert", tmp_path / "other", tmp_path / "back.ndjson", "--json").json
        assert ran["in"][0]["compressed"] == option
        assert values((tmp_path / "back.ndjson").read_bytes()) == [signal(n) for n in range(10)]
        assert run("convert", good, "-O", tmp_path / "outs", "-t", "json", "--compress", option).code == 0
        assert (tmp_path / f"outs/good.ndjson{extension}").exists()
        assert run("convert", good, packed, "-t", "json", "--compress", "none").code == 0
        assert len(values(packed.read_bytes())) == 10
        damaged = run("convert", packed, tmp_path / "x")
        assert damaged.code == 2
        assert "name says" in damaged.err

    def test_a_container_by_its_option(self, run, good, tmp_path):
        """FORMAT:CONTAINER and --container say the same."""
        assert run("convert", good, tmp_path / "a", "--to", "json:hal9-frames").code == 0
        assert run("convert", good, tmp_path / "b", "--to", "json", "--to-container", "hal9-frames").code == 0
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
        assert (tmp_path / "a").read_bytes()[:1] == b"\0"

    def test_fields_can_be_dropped_by_name(self, run, tmp_path):
        """What the target has no field for is lost only when --drop says so."""
        schema = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "int"}]}
        wanted = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}
        with (tmp_path / "in.avro").open("wb") as file:
            fastavro.writer(file, schema, [{"a": 1, "b": 2}])
        (tmp_path / "wanted.avsc").write_text(json.dumps(wanted))
        command = ("convert", tmp_path / "in.avro", tmp_path / "out.avro", "--to-schema", tmp_path / "wanted.avsc")
        refused = run(*command)
        assert refused.code == 2
        assert "b: would be dropped" in refused.err
        assert "--drop 'b'" in refused.err
        assert run(*command, "--drop", "b").code == 0


MAP = """version = 1
[policies]
rounding = "round"
[fields]
signal_id = { generate = "uuid4" }
from_neuron = "station"
to_neuron = { const = "cortex" }
layer_from = { const = "L1" }
layer_to = { const = "L2" }
propagation_type = { const = "Forward" }
batch_id = { const = "11111111-1111-4111-8111-111111111111" }
timestamp = { path = "time", time = "ms" }
"payload.activation.content" = "station"
"payload.activation.strength" = { path = "temp", scale = 0.01, cast = "float32" }
"""


class TestMapping:
    """`--map`: weather readings become neuron signals."""

    @needs_data
    def test_readings_become_signals(self, run, tmp_path):
        """The mapping says where each field comes from, and its policies hold."""
        (tmp_path / "map.toml").write_text(MAP)
        assert run("check", WEATHER, "neuron:NeuronSignal", "--map", tmp_path / "map.toml").code == 0
        assert run("convert", WEATHER, tmp_path / "x.signals", "--map", tmp_path / "map.toml").code == 0
        first, second, *_ = run("inspect", tmp_path / "x.signals", "--json").json["first"]
        assert (first["from_neuron"], first["timestamp"]) == ("011990-99999", "1950-05-15T14:00:00Z")
        assert second["payload"]["activation"]["strength"] == 0.22

    @needs_data
    def test_an_option_goes_before_the_mapping(self, run, tmp_path):
        """`--policy rounding=refuse` against a mapping that rounds: 0.22 is not a float32."""
        (tmp_path / "map.toml").write_text(MAP)
        command = ("convert", WEATHER, tmp_path / "x.signals", "--map", tmp_path / "map.toml")
        ran = run(*command, "--policy", "rounding=refuse")
        assert ran.code == 3
        assert "payload.activation.strength" in ran.err
        assert "INEXACT" in ran.err

    def test_a_mapping_with_faults(self, run, good, tmp_path):
        """Every key that is wrong is named."""
        (tmp_path / "map.toml").write_text("version = 1\nfield = 3\n")
        ran = run("convert", good, tmp_path / "out", "--map", tmp_path / "map.toml")
        assert ran.code == 2
        assert "the mapping can't be used" in ran.err


class TestUsage:
    """What can't be begun ends with 2, and says what to do."""

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--to", "jsn"), "did you mean 'json'?"),
            (("--to", "json:ndjsn"), "did you mean 'ndjson'?"),
            (("--to", "protobuf:ndjson"), "the container ndjson can't hold protobuf"),
            (("--to", "protobuf"), "--to-schema FILE.proto#Message"),
            (("--to", "avro"), "--to-schema FILE.avsc or neuron:NeuronSignal"),
            (("--to", "json:ndjson", "--to-container", "lone"), "name one of them"),
            (("--policy", "nam=null"), "did you mean 'nan'?"),
            (("--policy", "nan=nul"), "say nan=refuse or nan=null or nan=quote"),
            (("--schema", "nothing.avsc"), "there is no such file"),
            (("--codec", "deflate"), "--codec is for Avro files"),
            (("--max-errors", "3"), "name a file with --dead-letter"),
            (("--limit", "-3"), "a number from 0 is wanted"),
            (("--max-record", "much"), "say it as 4096, 64K, 16M or 1G"),
            (("--bogus",), "--bogus"),
        ],
    )
    def test_wrong_options(self, run, good, tmp_path, options, said):
        """Each is refused before anything is written, with the way out."""
        ran = run("convert", good, tmp_path / "out", *options)
        assert ran.code == 2
        assert said in " ".join(ran.err.replace("│", " ").split())
        assert not (tmp_path / "out").exists()
        assert not leftovers(tmp_path)

    def test_a_file_that_is_not_there(self, run, tmp_path):
        ran = run("convert", tmp_path / "none.ndjson", tmp_path / "out")
        assert ran.code == 2
        assert "No such file" in ran.err

    def test_a_folder_that_is_not_there(self, run, good, tmp_path):
        ran = run("convert", good, tmp_path / "none" / "out")
        assert ran.code == 2
        assert "make it first" in ran.err

    def test_an_input_that_nothing_tells(self, run, tmp_path):
        """Neither the name nor the bytes tell: the message names --from."""
        (tmp_path / "x").write_bytes(b"\xff\xfe\xfd")
        ran = run("convert", tmp_path / "x", tmp_path / "out")
        assert ran.code == 2
        assert "--from" in ran.err

    @needs_data
    def test_a_schema_for_avro_that_has_one(self, run, tmp_path):
        """An Avro file is read by the schema it was written with, and no other."""
        ran = run("convert", WEATHER, tmp_path / "out", "--schema", "neuron:NeuronSignal")
        assert ran.code == 2
        assert "brings its own schema" in ran.err

    @needs_data
    def test_no_plan_lists_every_reason(self, run, tmp_path):
        """PlanError's problems, each with its field, and as data with --json."""
        ran = run("convert", WEATHER, tmp_path / "out", "--json")
        assert ran.code == 2
        assert ran.json["error"]["code"] == "PLAN"
        assert {"station", "signal_id"} <= {each["path"] for each in ran.json["error"]["problems"]}
        assert "--map" in ran.json["error"]["hint"]

    def test_the_terminal_is_no_place_for_output(self, run, good, monkeypatch):
        """Without OUT on a terminal nothing is written."""
        monkeypatch.setattr(sys, "stdout", Terminal())
        ran = run("convert", good)
        assert ran.code == 2
        assert "name an output file, or -" in ran.err


class TestRefusals:
    """The first refusal stops, or goes to the dead letters."""

    def test_the_first_stops_with_its_place(self, run, mixed, tmp_path):
        """File, record, bytes, path, code and what to do next; no output (D)."""
        ran = run("convert", mixed, tmp_path / "out")
        offset = len(ndjson([signal(0)]))
        assert ran.code == 3
        assert f"record 1 (at byte {offset})" in ran.err
        assert "in layer_to: SYMBOL" in ran.err
        assert "--dead-letter FILE" in ran.err
        assert str(mixed) in ran.err
        assert not (tmp_path / "out").exists()
        assert not leftovers(tmp_path)

    def test_as_data(self, run, mixed, tmp_path):
        """--json: one document with the error's place and the counts so far."""
        error = run("convert", mixed, tmp_path / "out", "--json").json
        assert error["exit"] == 3
        assert (error["read"], error["written"], error["refused"]) == (2, 1, 1)
        place = error["error"]
        assert (place["code"], place["index"], place["path"]) == ("SYMBOL", 1, "layer_to")
        assert place["offset"] == len(ndjson([signal(0)]))

    def test_dead_letters(self, run, mixed, tmp_path):
        """Each refused record goes there with its place and its bytes; its neighbours are translated; exit 1 (D)."""
        letters = tmp_path / "dead.ndjson"
        ran = run("convert", mixed, tmp_path / "out.ndjson", "-T", "neuron:NeuronSignal", "-s", "neuron:NeuronSignal",
                  "--dead-letter", letters, "--json")  # fmt: skip
        assert ran.code == 1
        assert (ran.json["read"], ran.json["written"], ran.json["refused"]) == (5, 3, 2)
        assert values((tmp_path / "out.ndjson").read_bytes()) == [signal(0), signal(2), signal(4)]
        first, second = values(letters.read_bytes())
        assert (first["index"], first["code"], first["path"]) == (1, "SYMBOL", "layer_to")
        assert json.loads(base64.b64decode(first["data"])) == BAD
        assert mixed.read_bytes()[first["offset"] :].startswith(base64.b64decode(first["data"]))
        assert (second["index"], second["code"], second["byte"]) == (3, "TYPE", 14)
        assert base64.b64decode(second["data"]) == b'{"signal_id": 1'

    def test_no_dead_letters(self, run, good, tmp_path):
        """The file is there, and empty."""
        assert run("convert", good, tmp_path / "out", "--dead-letter", tmp_path / "dead").code == 0
        assert (tmp_path / "dead").read_bytes() == b""

    def test_too_many_errors(self, run, mixed, tmp_path):
        """--max-errors: the one too many stops; the dead letters stay to explain it."""
        ran = run("convert", mixed, tmp_path / "out", "--dead-letter", tmp_path / "dead", "--max-errors", "1")
        assert ran.code == 3
        assert not (tmp_path / "out").exists()
        assert [each["index"] for each in values((tmp_path / "dead").read_bytes())] == [1, 3]

    @needs_data
    def test_damage_is_passed_over(self, run, tmp_path):
        """B37: with --dead-letter a damaged block costs itself, and the exit code says so."""
        (tmp_path / "in.avro").write_bytes(WEATHER.read_bytes()[:-1] + b"\0")
        ran = run("convert", tmp_path / "in.avro", tmp_path / "out.ndjson", "-d", tmp_path / "dead", "--json")
        assert ran.code == 1
        assert (ran.json["read"], ran.json["damaged"], ran.json["cut_off"]) == (0, 1, True)
        (damage,) = values((tmp_path / "dead").read_bytes())
        assert (damage["code"], damage["data"]) == ("CONTAINER_SYNC", None)

    @needs_data
    def test_a_damaged_header(self, run, tmp_path):
        """A file that can't be opened stops with its name."""
        (tmp_path / "in.avro").write_bytes(b"Obj\x02")
        ran = run("convert", tmp_path / "in.avro", tmp_path / "out.ndjson")
        assert ran.code == 3
        assert f"{tmp_path / 'in.avro'}, byte 0" in ran.err
        assert "CONTAINER_MAGIC" in ran.err

    @pytest.mark.parametrize("text", ["neuron:NeuronSignal", "{}/other.avsc"])
    def test_a_schema_in_a_file_names_no_other_file(self, run, tmp_path, text):
        """B67: what stands in a data file's header is a schema, never a place to read one from."""
        (tmp_path / "other.avsc").write_text('"long"')
        entry = avrofiles.entry(b"avro.schema", text.format(tmp_path).encode())
        (tmp_path / "in.avro").write_bytes(avrofiles.header(b"\x02" + entry + b"\0") + avrofiles.block(1, b"\x02"))
        ran = run("convert", tmp_path / "in.avro", tmp_path / "out.ndjson", "--json")
        assert ran.code == 2
        assert ran.json["error"]["code"] == "SCHEMA"

    def test_what_is_ignored_is_counted(self, run, tmp_path):
        """S14: members without a field, by name."""
        (tmp_path / "in.ndjson").write_bytes(ndjson([signal(n, color="red") for n in range(3)]))
        ran = run("convert", tmp_path / "in.ndjson", tmp_path / "out")
        assert ran.code == 0
        assert "color (3×)" in ran.err
        refused = run("convert", tmp_path / "in.ndjson", tmp_path / "out", "--policy", "unknown=refuse")
        assert refused.code == 3
        assert "--policy unknown=ignore" in refused.err

    def test_limits(self, run, good, tmp_path):
        """--max-string refuses what is longer, and the message names it."""
        ran = run("convert", good, tmp_path / "out", "--max-string", "8")
        assert ran.code == 3
        assert "STRING" in ran.err
        assert "--max-string SIZE" in ran.err


class TestOutput:
    """Output appears whole or not at all, and words go where they belong."""

    def test_a_failure_leaves_the_old_file(self, run, mixed, tmp_path):
        (tmp_path / "out").write_bytes(b"before")
        assert run("convert", mixed, tmp_path / "out").code == 3
        assert (tmp_path / "out").read_bytes() == b"before"

    def test_success_replaces_it_and_keeps_its_mode(self, run, good, tmp_path):
        out = tmp_path / "out.ndjson"
        out.write_bytes(b"before")
        out.chmod(0o640)
        assert run("convert", good, out).code == 0
        assert len(values(out.read_bytes())) == 10
        assert stat.S_IMODE(out.stat().st_mode) == 0o640
        assert not leftovers(tmp_path)

    def test_a_file_is_not_its_own_output(self, run, good, tmp_path):
        """Refused before anything is written, by whatever name; the dead letters' file too."""
        (tmp_path / "link").symlink_to(good)
        for out in (good, tmp_path / "link", tmp_path / ".." / tmp_path.name / "good.ndjson"):
            ran = run("convert", good, out, "-T", "neuron:NeuronSignal")
            assert ran.code == 2
            assert "is read and written" in ran.err
        for names in ((good, "/dev/null"), ("-", good)):
            assert run("convert", *names, "--dead-letter", good).code == 2
        assert values(good.read_bytes()) == [signal(n) for n in range(10)]

    def test_a_link_stays_one(self, run, good, tmp_path):
        (tmp_path / "real.ndjson").write_bytes(b"")
        (tmp_path / "link.ndjson").symlink_to(tmp_path / "real.ndjson")
        assert run("convert", good, tmp_path / "link.ndjson").code == 0
        assert (tmp_path / "link.ndjson").is_symlink()
        assert len(values((tmp_path / "real.ndjson").read_bytes())) == 10

    def test_a_device_is_written_to(self, run, good):
        """/dev/null is not replaced by a file."""
        assert run("convert", good, "/dev/null").code == 0
        assert stat.S_ISCHR(os.stat("/dev/null").st_mode)

    def test_limit(self, run, good, tmp_path):
        """--limit: so many records are read, no more."""
        assert run("convert", good, tmp_path / "out.ndjson", "--limit", "3").code == 0
        assert len(values((tmp_path / "out.ndjson").read_bytes())) == 3

    def test_the_summary(self, run, good, tmp_path):
        """For people on stderr; nothing with --quiet."""
        ran = run("convert", good, tmp_path / "out")
        assert ran.out == ""
        assert ran.err.startswith("10 records written, ")
        assert run("convert", good, tmp_path / "out", "--quiet").err == ""

    def test_the_summary_as_data(self, run, good, tmp_path):
        ran = run("convert", good, tmp_path / "out", "--json")
        assert ran.err == ""
        assert ran.json["ok"] is True
        assert (ran.json["read"], ran.json["written"], ran.json["ignored"]) == (10, 10, {})
        assert ran.json["bytes_in"] == good.stat().st_size
        assert ran.json["bytes_out"] == (tmp_path / "out").stat().st_size
        assert ran.json["out"] == [{"path": str(tmp_path / "out"), "format": "neuron", "container": "delimited"}]
        assert (ran.json["in"][0]["path"], ran.json["in"][0]["read"]) == (str(good), 10)

    def test_progress_on_a_terminal_only(self, good, tmp_path, monkeypatch):
        """A line that overwrites itself, with the rate."""
        monkeypatch.setattr("translator.cli.shared.output.Progress.INTERVAL", 0.0)
        terminal, file = Terminal(), io.StringIO()
        for stream in (terminal, file):
            monkeypatch.setattr(sys, "stderr", stream)
            assert main(["convert", str(good), str(tmp_path / "out")]) == 0
        assert "\r\x1b[2K100 % · " in terminal.getvalue()
        assert " 10 records · " in terminal.getvalue()
        assert "\r" not in file.getvalue()
