"""What goes wrong for everybody once: each slip is told with the way out, before anything is written."""

from __future__ import annotations

import json

import fastavro
import pytest

from tests.translator.cli.support import ndjson, signal, values
from translator.policies import choices

BOTH = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}, {"name": "raw", "type": "int"}]}
ONE = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two schemas, a file of each, and lines; the folder is the current."""
    monkeypatch.chdir(tmp_path)
    for name, schema in (("both", BOTH), ("one", ONE)):
        (tmp_path / f"{name}.avsc").write_text(json.dumps(schema))
        with (tmp_path / f"{name}.avro").open("wb") as file:
            fastavro.writer(file, schema, [{"a": 1, "raw": 2}])
    (tmp_path / "a.ndjson").write_bytes(b'{"a":1}\n')
    return tmp_path


class TestJson:
    """JSON that isn't quite what its container wants."""

    @pytest.mark.parametrize(
        ("name", "data", "said"),
        [
            ("a.json", b'\xef\xbb\xbf{"a":1}', "begins with a byte order mark; `tail -c +4 FILE`"),
            ("a.ndjson", b'\xef\xbb\xbf{"a":1}\n{"a":2}\n', "begins with a byte order mark; `tail -c +4 FILE`"),
            ("a.json", '{"a":1}'.encode("utf-16"), "it is UTF-16; `iconv -f UTF-16 -t UTF-8 FILE`"),
            ("a.json", b'{\n "a": 1\n}\n{\n "a": 2\n}\n', "the file has several JSON documents; `jq -c . FILE`"),
            ("a.ndjson", b'{\n "a": 1\n}\n', "a document goes over many lines: --from json:lone reads one"),
        ],
    )
    def test_hints(self, run, folder, name, data, said):
        """B12: a mark, UTF-16, documents one after another, a document over many lines."""
        (folder / name).write_bytes(data)
        ran = run("convert", name, "out.msgpack")
        assert ran.code == 3
        assert said in ran.err
        assert not (folder / "out.msgpack").exists()

    def test_other_faults_get_no_such_hint(self, run, folder):
        (folder / "a.json").write_bytes(b'{"a": 1} x')
        assert "mark" not in run("convert", "a.json", "out.msgpack").err
        (folder / "a.ndjson").write_bytes(b'{"a": \n')
        assert "jq" not in run("convert", "a.ndjson", "out.msgpack").err


class TestNames:
    """Names that are nearly right."""

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--to", "ndjson"), "ndjson is a container, not a format\n  → say --to json:ndjson"),
            (("--to", "delimited"), "say --to protobuf:delimited"),
            (("--from", "json-array"), "say --from json:json-array"),
            (("--to", "protobuff"), "did you mean 'protobuf'?"),
            (("--codec", "snapy", "-T", "one.avsc", "-t", "avro"), "the codecs are null, deflate, snappy"),
            (("--compress", "zip"), "zip"),
        ],
    )
    def test_formats_and_codecs(self, run, folder, options, said):
        ran = run("convert", "a.ndjson", "out", *options)
        assert ran.code == 2
        assert said in ran.err
        assert not (folder / "out").exists()

    def test_the_policies_are_named_where_they_are_asked_for(self, run):
        for command in ("check", "convert"):
            help_ = " ".join(run(command, "--help").out.replace("│", " ").split())
            assert ", ".join(choices()) in help_
            assert "`translator formats` tells their values" in help_


class TestDrop:
    """--drop names what may be lost, and nothing else."""

    @pytest.mark.parametrize(
        ("pattern", "said"),
        [
            ("rwa", "the source has no such field; did you mean 'raw'?\n  → dropped are raw"),
            ("a", "--drop a: a isn't lost"),
        ],
    )
    def test_a_pattern_that_names_nothing(self, run, folder, pattern, said):
        """It is refused: a slip would allow nothing, or later more than was meant."""
        for command in (("check", "both.avsc", "one.avsc"), ("convert", "both.avro", "out.avro", "-T", "one.avsc")):
            ran = run(*command, "--drop", "raw", "--drop", pattern)
            assert ran.code == 2
            assert said in ran.err
            assert run(*command, "--drop", "r*").code == 0

    def test_several_inputs(self, run, folder):
        """What the first file has nothing of may be in the second."""
        assert run("convert", "both.avro", "one.avro", "-o", "out.avro", "-T", "one.avsc", "--drop", "raw").code == 0


def test_a_schema_in_an_avro_file(run, folder):
    """--schema and --to-schema take the file that carries it."""
    assert run("convert", "a.ndjson", "out.avro", "-T", "one.avro").code == 0
    with (folder / "out.avro").open("rb") as file:
        assert list(fastavro.reader(file)) == [{"a": 1}]
    assert run("convert", "out.avro", "out.msgpack", "-T", "both.avro").code == 2
    assert run("convert", "a.ndjson", "out", "-s", "a.ndjson").code == 2
    assert run("convert", "a.ndjson", "out", "-T", "none.avro").code == 2


def test_a_long_list_of_ignored_members_is_cut(run, folder):
    """S14: ten by name, the most frequent first; --json has all."""
    (folder / "s.ndjson").write_bytes(ndjson([signal(0, **{f"x{n:02}": 1 for n in range(30)}), signal(1, x07=1)]))
    ran = run("convert", "s.ndjson", "out.nsig")
    assert "x07 (2×), x00 (1×)" in ran.err
    assert "x08 (1×), x09 (1×) and 20 more (--json lists all)" in ran.err
    assert len(run("convert", "s.ndjson", "out.nsig", "--json").json["ignored"]) == 30


def test_one_item_of_many_is_refused(run, folder):
    """A mapping that makes many of one: the letter says which, and isn't tried again, the rest being written."""
    (folder / "m.toml").write_text("""version = 1
for_each = "line in lines"
[fields]
a = { path = "line.a", required = true }
""")
    (folder / "in.ndjson").write_bytes(b'{"lines":[{"a":1},{"b":2},{"a":3}]}\n')
    command = ("convert", "in.ndjson", "out.ndjson", "-T", "one.avsc", "-t", "json", "--map", "m.toml")
    stopped = run(*command)
    assert stopped.code == 3
    assert "in.ndjson: record 0, item 1 (at byte 0)" in stopped.err
    assert run(*command, "-d", "dead").code == 1
    assert values((folder / "out.ndjson").read_bytes()) == [{"a": 1}, {"a": 3}]
    (letter,) = values((folder / "dead").read_bytes())
    assert (letter["index"], letter["item"], letter["code"]) == (0, 1, "CONDITION")
    again = run("convert", "dead", "again.ndjson", "-t", "json", "-T", "one.avsc", "--map", "m.toml")
    assert again.code == 3
    assert "in.ndjson: record 0, item 1 (at byte 0)" in again.err, "that item alone, with its first place"
