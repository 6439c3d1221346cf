"""`translator schema`: convert, show, infer."""

from __future__ import annotations

import json

import msgspec
import pytest

import schemas
from tests.translator.cli.support import DATA, ndjson, needs_data

SAMPLES = [{"id": 1, "name": "a", "when": f"2026-01-0{day}T00:00:00Z"} for day in (1, 2, 3)]
AVRO = {"type": "record", "name": "R", "fields": [{"name": "fooBar", "type": "int"}, {"name": "n", "type": "long"}]}


@pytest.fixture
def avsc(tmp_path):
    path = tmp_path / "r.avsc"
    path.write_text(json.dumps(AVRO))
    return path


def test_convert(run, avsc, tmp_path):
    """The output's name tells the language; the losses are said."""
    ran = run("schema", "convert", "neuron:NeuronSignal", tmp_path / "signal.avsc")
    assert ran.code == 0
    assert "payload.activation.strength" in ran.out
    assert "dropped" in ran.out
    assert schemas.load(tmp_path / "signal.avsc").language == "avro"
    assert run("schema", "convert", avsc, tmp_path / "r.json").out == ""


def test_convert_to_stdout(run, avsc):
    """The schema to stdout, the losses beside it; the language is named."""
    ran = run("schema", "convert", "neuron:NeuronSignal", "--to", "jsonschema")
    assert json.loads(ran.out)["title"] == "NeuronSignal"
    assert "dropped" in ran.err
    ran = run("schema", "convert", avsc)
    assert ran.code == 2
    assert "--to" in ran.err


def test_naming(run, avsc, tmp_path):
    """By the policy that is named; an unknown one is a usage error."""
    out = tmp_path / "r.proto"
    assert run("schema", "convert", avsc, out, "--naming", "snake").code == 0
    assert "int32 foo_bar = 1;" in out.read_text()
    assert run("schema", "convert", avsc, out, "--naming", "snek").code == 2


def test_lock(run, avsc, tmp_path):
    """The lock is made, then kept to; only Protobuf has one."""
    out, lock = tmp_path / "r.proto", tmp_path / "r.lock"
    assert run("schema", "convert", avsc, out, "--lock", lock).code == 0
    avsc.write_text(json.dumps(AVRO | {"fields": AVRO["fields"][1:]}))
    assert run("schema", "convert", avsc, out, "--lock", lock).code == 0
    assert "reserved 1;" in out.read_text()
    assert "int64 n = 2;" in out.read_text()
    assert json.loads(lock.read_text())["messages"]["R"]["reserved"] == [1]
    assert run("schema", "convert", avsc, tmp_path / "r.json", "--lock", lock).code == 2
    lock.write_text("{}")
    assert run("schema", "convert", avsc, out, "--lock", lock).code == 2


def test_choices(run, tmp_path):
    """An untyped value in Avro is refused, with nothing written, unless --any says what stands for it."""
    source, out = tmp_path / "s.json", tmp_path / "s.avsc"
    source.write_text('{"title": "R", "type": "object", "properties": {"a": {}}}')
    ran = run("schema", "convert", source, out)
    assert (ran.code, out.exists()) == (2, False)
    assert run("schema", "convert", source, out, "--any", "json", "--json").json["losses"][0]["verdict"] == "widened"
    assert run("schema", "convert", source, tmp_path / "s.proto", "--syntax", "2023").code == 0
    assert (tmp_path / "s.proto").read_text().startswith('edition = "2023";')


def test_show(run):
    """A tree: the fields of a record under the first field that has it, with presence, defaults and numbers."""
    lines = run("schema", "show", "neuron:NeuronSignal").out.splitlines()
    assert lines[0] == "hal9.neuron.v1.NeuronSignal  (protobuf)"
    assert "  signal_id: uuid  [#1]" in lines
    assert "      strength: float32  [optional, default 1.0, #2]" in lines


def test_show_as_json(run, avsc):
    """Types by name."""
    shown = run("schema", "show", avsc, "--json").json
    assert shown["root"] == {"name": "R"}
    assert shown["types"]["R"]["fields"][0] == {"name": "fooBar", "type": "int32", "presence": "required"}


def test_show_what_contains_itself(run, tmp_path):
    """Once; then its name says that its fields stand above. Everything else in a line, too."""
    path = tmp_path / "t.proto"
    path.write_text(
        'syntax = "proto2"; message T { optional T next = 1; repeated T many = 2; oneof o { int32 a = 3; }'
        ' map<string, E> m = 4; optional bytes b = 5 [default = "\\377"]; optional double d = 6 [default = inf]; }'
        " enum E { A = 0; }"
    )
    out = run("schema", "show", path).out
    assert "many: list of T  [implicit, #2]  (fields above: T)" in out
    assert "m: map of string to E {A}" in out
    assert "oneof o" in out
    fields = run("schema", "show", path, "--json").json["types"]["T"]["fields"]
    assert [each.get("default") for each in fields][-2:] == ["ÿ", "inf"]


def test_show_every_type_of_avro(run, tmp_path):
    """Logical types in words."""
    logical = [("bytes", "decimal"), ("int", "time-millis"), ("long", "local-timestamp-micros")]
    fields = [{"name": name.replace("-", "_"), "type": {"type": type_, "logicalType": name, "precision": 4, "scale": 1}}
              for type_, name in logical]  # fmt: skip
    fields += [{"name": "f", "type": {"type": "fixed", "name": "F", "size": 3}, "default": "\x00\x01\x02"},
               {"name": "l", "type": {"type": "array", "items": ["null", "int"]}, "default": [1]},
               {"name": "m", "type": {"type": "map", "values": "long"}, "default": {"k": 1}}]  # fmt: skip
    path = tmp_path / "x.avsc"
    path.write_text(json.dumps({"type": "record", "name": "X", "fields": fields}))
    out = run("schema", "show", path).out
    for word in ("decimal(4, 1)", "time in ms", "local timestamp in us", "fixed(3) F", "list of null | int32"):
        assert word in out
    assert run("schema", "show", path, "--json").json["types"]["X"]["fields"][-1]["default"] == {"k": 1}


@pytest.mark.parametrize("spec", ["json", "nowhere.avsc"])
def test_show_what_is_no_schema(run, spec):
    assert run("schema", "show", spec).code == 2


@needs_data
def test_show_an_avro_file(run):
    """The schema that it carries."""
    assert "station: string" in run("schema", "show", DATA / "avro" / "data" / "weather.avro").out


def test_infer_from_ndjson(run, tmp_path):
    """JSON Schema, unless the output's name says another language."""
    source, out = tmp_path / "s.ndjson", tmp_path / "s.json"
    source.write_bytes(ndjson(SAMPLES))
    ran = run("schema", "infer", source, out, "--name", "Reading", "--json")
    assert (ran.code, ran.json["samples"]) == (0, 3)
    document = json.loads(out.read_text())
    assert document["title"] == "Reading"
    assert document["properties"]["when"] == {"type": "string", "format": "date-time"}
    assert run("schema", "infer", source, tmp_path / "s.avsc", "--formats-from", "9").code == 0
    assert '{"name": "when", "type": "string"}' in (tmp_path / "s.avsc").read_text()


def test_infer_from_msgpack_and_a_lone_json(run, tmp_path):
    """What each format has: bytes in MessagePack."""
    source, out = tmp_path / "s.msgpack", tmp_path / "s.json"
    source.write_bytes(b"".join(msgspec.msgpack.encode(each | {"b": b"x"}) for each in SAMPLES))
    assert run("schema", "infer", source, out).code == 0
    assert json.loads(out.read_text())["properties"]["b"] == {"type": "string", "contentEncoding": "base64"}
    (tmp_path / "one.json").write_text('{\n "m": {"a": 1}\n}\n')
    assert run("schema", "infer", tmp_path / "one.json", out, "--map-at", "m").code == 0
    assert json.loads(out.read_text())["properties"]["m"]["type"] == "object"


def test_infer_refuses(run, tmp_path):
    """Bad samples with their place, no samples, and formats that have a schema; nothing is written."""
    out = tmp_path / "s.json"
    bad = tmp_path / "s.ndjson"
    bad.write_bytes(b'{"a":1}\n{"a":}\n')
    assert run("schema", "infer", bad, out).code == 3
    bad.write_bytes(b"")
    assert run("schema", "infer", bad, out).code == 2
    assert run("schema", "infer", bad, out, "--from", "avro:lone").code in (2, 3)
    assert not out.exists()


def test_infer_from_a_json_array(run, tmp_path):
    """Each item is a sample."""
    source, out = tmp_path / "s.json", tmp_path / "s.avsc"
    source.write_text(json.dumps(SAMPLES))
    assert run("schema", "infer", source, out, "--json").json["samples"] == 3
    assert [each["name"] for each in json.loads(out.read_text())["fields"]] == ["id", "name", "when"]


def test_infer_from_the_first_samples(run, tmp_path):
    """Of a large file, as many as are asked for are looked at."""
    source, out = tmp_path / "s.json", tmp_path / "s.avsc"
    source.write_text(json.dumps([{"a": 1}, {"b": 1}, {"c": 1}]))
    assert run("schema", "infer", source, out, "--json", "--limit", "2").json["samples"] == 2
    assert [each["name"] for each in json.loads(out.read_text())["fields"]] == ["a", "b"]
    assert run("schema", "infer", source, out, "--limit", "0").code == 2


def test_infer_refuses_mixed_kinds(run, tmp_path):
    """If that is asked for; else they are a union."""
    source, out = tmp_path / "s.ndjson", tmp_path / "s.avsc"
    source.write_bytes(ndjson([{"a": 1}, {"a": "x"}]))
    ran = run("schema", "infer", source, out, "--mixed", "refuse")
    assert (ran.code, out.exists()) == (2, False)
    assert "a is int and string" in ran.err
    assert run("schema", "infer", source, out).code == 0
    assert '"type": ["long", "string"]' in out.read_text()


@needs_data
def test_infer_says_that_an_avro_file_has_a_schema(run):
    """Samples are of formats without one."""
    ran = run("schema", "infer", DATA / "avro" / "data" / "weather.avro")
    assert ran.code == 2
    assert "schema show" in ran.err


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("bad.proto", 'syntax = "proto3";\nmessage A {\n int32 a = 1\n int32 b = 2;\n}', 'bad.proto:4: Expected ";"'),
        ("bad.avsc", '{"type": "record", "name": "R", "fields": [{"name": "a", "type": "integer"}]}',
         "bad.avsc#/fields/0/type: no type is named 'integer'"),
        ("bad.avsc", '{"type": ', "bad.avsc: not JSON"),
        ("bad.json", '{"type": "objekt"}', "bad.json#/type: 2020-12: 'objekt' is not valid"),
        ("bad.json", '{"type": ', "bad.json: not JSON"),
    ],
)  # fmt: skip
def test_a_bad_schema_is_told_with_its_place(run, tmp_path, name, text, told):
    """The file, and the line or the place in it; nothing is written."""
    (tmp_path / name).write_text(text)
    for argv in (("show", tmp_path / name), ("convert", tmp_path / name, tmp_path / "out.avsc")):
        ran = run("schema", *argv)
        assert ran.code == 2
        assert told in " ".join(ran.err.split())
    assert not (tmp_path / "out.avsc").exists()


@pytest.mark.parametrize(
    "record",
    [
        {"2fa": 1, "id": 2}, {"a-b": 1, "a_b": 2}, {"é": 1, "a b": 2}, {"userId": 1, "user_id": 2},
        {"foo_bar": 1, "fooBar": 2, "foo-bar": 3},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize(("schema", "data"), [("s.proto", "s.pbs"), ("s.avsc", "s.avro"), ("s.json", "s.msgpack")])
def test_s35_what_is_inferred_reads_its_samples(run, tmp_path, record, schema, data):
    """Whatever the writer had to call a member, the member that the name stands for is found by it, in order."""
    source, made = tmp_path / "in.ndjson", tmp_path / data
    source.write_bytes(ndjson([record]))
    assert run("schema", "infer", source, tmp_path / schema).code == 0
    ran = run("convert", source, made, "--to-schema", tmp_path / schema, "--json")
    assert (ran.code, ran.json["ignored"], ran.json["never_found"]) == (0, {}, {})
    named = () if data == "s.avro" else ("--schema", tmp_path / schema)
    back = run("convert", made, tmp_path / "back.ndjson", *named)
    assert back.code == 0
    assert list(json.loads((tmp_path / "back.ndjson").read_text()).values()) == list(record.values())
