"""What a conversion says at its end, where nothing was refused and yet something may be wrong."""

from __future__ import annotations

import json

import pytest

from tests.translator.cli.support import ndjson, values

PROTO = """syntax = "proto3";
message Outer { repeated Inner inner_items = 1; string name = 2; string trace_id = 3; }
message Inner { string long_name = 1; }
"""
TARGET = {"title": "T", "type": "object", "properties": {"a": {"type": "string"}}}
CAMEL = {"innerItems": [{"longName": "x"}], "name": "n", "traceId": "t"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Messages with a .proto's JSON names; the folder is the current."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.proto").write_text(PROTO)
    (tmp_path / "t.json").write_text(json.dumps(TARGET))
    (tmp_path / "each.toml").write_text('version = 1\nfor_each = "i in inner_items"\n[fields]\na = "i.long_name"\n')
    (tmp_path / "in.ndjson").write_bytes(ndjson([CAMEL, CAMEL]))
    return tmp_path


EACH = ("convert", "in.ndjson", "out.ndjson", "-s", "m.proto#Outer", "--map", "each.toml", "-T", "t.json")
NAMED = "innerItems, traceId: ignored, and these are JSON names of the .proto: say --from protojson (or otlp-json)"


class TestJsonNames:
    """Format `json` takes the names of the .proto; ProtoJSON's are ignored members, and most likely meant."""

    def test_they_are_told(self, run, folder):
        """Also under --quiet: what was lost is not a detail."""
        for options in ((), ("--quiet",)):
            done = run(*EACH, *options)
            assert done.code == 0
            assert f"translator: warning: {NAMED}\n" in done.err
            assert "translator: warning: 2 records read, and nothing was made of them\n" in done.err

    def test_they_are_told_as_data(self, run, folder):
        done = run(*EACH, "--json")
        assert (done.json["ok"], done.json["ignored"]) == (True, {"innerItems": 2, "traceId": 2})
        assert done.json["warnings"] == [NAMED, "2 records read, and nothing was made of them"]

    def test_they_are_told_without_a_mapping(self, run, folder):
        """Each record is written, without them."""
        done = run("convert", "in.ndjson", "out.pb", "-s", "m.proto#Outer", "--to-container", "delimited")
        assert NAMED in done.err
        assert "nothing was made" not in done.err

    def test_the_advice_helps(self, run, folder):
        done = run(*EACH, "--from", "protojson")
        assert (done.code, "warning" in done.err) == (0, False)
        assert values((folder / "out.ndjson").read_bytes()) == [{"a": "x"}] * 2

    def test_other_ignored_members_are_no_warning(self, run, folder):
        """S14: a member of no field, and one that has a field's own name, are as before."""
        (folder / "in.ndjson").write_bytes(ndjson([{"inner_items": [{"long_name": "x"}], "name": "n", "other": 1}]))
        done = run(*EACH)
        assert "ignored, since the schema has no such field: other (1×)" in done.err
        assert "warning" not in done.err
        assert "warnings" not in run(*EACH, "--json").json

    def test_check_says_it_before(self, run, folder):
        """Only of JSON's own format: ProtoJSON has the names."""
        done = run("check", "m.proto#Outer", "t.json", "--map", "each.toml", "--from", "json")
        assert "warning: json has the names of the .proto (inner_items, not innerItems): " in done.out
        assert "--from protojson" in done.out
        done = run("check", "m.proto#Outer", "t.json", "--map", "each.toml", "--from", "json", "--json")
        assert len(done.json["warnings"]) == 1
        for way in ((), ("--from", "protojson")):
            assert "warning" not in run("check", "m.proto#Outer", "t.json", "--map", "each.toml", *way).out


class TestIgnored:
    """S14, S36: what was ignored is told by name and count, and why."""

    def test_without_a_schema(self, run, folder):
        """There is no field to have; the mapping reads what it names."""
        (folder / "map.toml").write_text('version = 1\n[fields]\na = "name"\n')
        done = run("convert", "in.ndjson", "out.ndjson", "--map", "map.toml", "-T", "t.json")
        assert "ignored, since no rule of the mapping reads them: innerItems (2×), traceId (2×)" in done.err


class TestHints:
    """What to do about a refusal."""

    @pytest.mark.parametrize("options", [("-s", "t.json"), ("--map", "map.toml")], ids=["schema", "mapping"])
    def test_a_tombstone(self, run, folder, options):
        """A message that is null: a policy for values can't help, and isn't named."""
        (folder / "map.toml").write_text('version = 1\n[fields]\na = "name"\n')
        (folder / "in.ndjson").write_bytes(b'null\n{"name":"n"}\n')
        done = run("convert", "in.ndjson", "out.ndjson", "-T", "t.json", *options)
        assert done.code == 3
        assert "the message itself is null (in Kafka a tombstone), not a record: leave it out beforehand; " in done.err
        assert "--dead-letter FILE sets such records aside" in done.err
        assert "null=zero" not in done.err

    def test_a_null_in_a_message(self, run, folder):
        """The policy is named where it helps, and nowhere else."""
        (folder / "in.ndjson").write_bytes(b'{"a":null}\n')
        (folder / "n.json").write_text(json.dumps({"type": "object", "properties": {"a": {"type": "string"}}}))
        (folder / "n.proto").write_text('syntax = "proto3"; message R { string a = 1; }')
        fields = [{"name": "a", "type": ["null", "string"]}]
        (folder / "n.avsc").write_text(json.dumps({"type": "record", "name": "R", "fields": fields}))
        for source, target, helps in (("n.json", "t.json", False), ("n.avsc", "n.proto", True)):
            command = ("convert", "in.ndjson", "out", "-s", source, "-f", "json", "-T", target, "-t", "json")
            done = run(*command)
            assert (done.code, "--policy null=zero" in done.err) == (3, helps)
            assert run(*command, "--policy", "null=zero").code == (0 if helps else 3)

    def test_an_absent_value_that_must_be(self, run, folder):
        """The way out of the mapping's MISSING is `default`; without a mapping there is none to name."""
        (folder / "must.json").write_text(json.dumps(TARGET | {"required": ["a"]}))
        (folder / "map.toml").write_text(
            'version = 1\n[fields]\na = { path = "no", enum = {x = "y"}, otherwise = "z" }\n'
        )
        done = run("convert", "in.ndjson", "out.ndjson", "--map", "map.toml", "-T", "must.json")
        assert (done.code, "in the mapping `default` says" in done.err) == (3, True)
        done = run("convert", "in.ndjson", "out.ndjson", "-s", "must.json", "-T", "must.json")
        assert (done.code, "`default`" in done.err) == (3, False)

    def test_what_no_alternative_takes(self, run, folder):
        """The key that passes it over is named."""
        (folder / "kinds.toml").write_text(
            'version = 1\n[[alternatives]]\nwhen = { path = "name", equals = "x" }\n[alternatives.fields]\na = "name"\n'
        )
        done = run("convert", "in.ndjson", "out.ndjson", "--map", "kinds.toml", "-T", "t.json")
        assert (done.code, 'otherwise = "skip"' in done.err) == (3, True)


class TestByPath:
    """S36: what was defaulted or never found is told, by path and count."""

    @pytest.fixture
    def given(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        target = [{"name": n, "type": ["null", "string"], "default": None} for n in "abc"]
        target.append({"name": "d", "type": "int", "default": 1})
        (tmp_path / "t.avsc").write_text(json.dumps({"type": "record", "name": "T", "fields": target}))
        (tmp_path / "m.toml").write_text('version = 1\n[fields]\na = "$.a"\nb = "userId"\nc = "x.y"\n')
        (tmp_path / "1.ndjson").write_bytes(ndjson([{"a": "1", "user_id": "u"}, {"a": "2"}]))
        (tmp_path / "2.ndjson").write_bytes(ndjson([{"x": {"y": "z"}}]))
        return "-o", "out.avro", "-T", "t.avsc", "--map", "m.toml"

    def test_with_what_was_there_instead(self, run, given):
        done = run("convert", "1.ndjson", *given)
        assert "by default, since the source has no value: d (2×)\n" in done.err
        wanted = '$.a (did you mean "a"?), userId (did you mean "user_id"?), x.y'
        assert f"never found in any record: {wanted}\n" in done.err

    def test_what_another_input_has_is_found(self, run, given):
        """Over all inputs together; in JSON with the number of records."""
        done = run("convert", "1.ndjson", "2.ndjson", "1.ndjson", *given, "--json")
        assert (done.json["defaulted"], done.json["never_found"]) == ({"d": 5}, {"$.a": 5, "userId": 5})

    def test_an_extension_that_no_format_has(self, run, given, tmp_path):
        """S36: an error that lists what there is, never neuron signals; nothing is written."""
        done = run("convert", "1.ndjson", "out.parquet")
        assert (done.code, (tmp_path / "out.parquet").exists()) == (2, False)
        assert "out.parquet: no format's files end in .parquet" in done.err
        assert ".nsig" in done.err
        assert ".ndjson" in done.err
        assert (
            'no format\'s files end in .ndjsn; did you mean ".ndjson"?' in run("convert", "1.ndjson", "o.ndjsn.gz").err
        )
        assert run("convert", "1.ndjson", "out.parquet", "--to", "json").code == 0

    def test_a_container_that_nobody_named(self, run, folder):
        """Protobuf in a file of another name is said to be in its usual one."""
        (folder / "in.ndjson").write_bytes(ndjson([{"name": "n"}]))
        options = ("-s", "m.proto#Outer", "--to", "protobuf")
        told = "is protobuf in the container delimited (--to protobuf:CONTAINER takes another)"
        assert f"out.dat {told}" in run("convert", "in.ndjson", "out.dat", *options).err
        assert told not in run("convert", "in.ndjson", "out.delim", *options).err
        assert told not in run("convert", "in.ndjson", "out.dat", *options[:3], "protobuf:delimited").err
