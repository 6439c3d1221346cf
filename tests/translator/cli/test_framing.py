"""Framed messages on the command line without a registry: --schemas, --framing, --out-framing, and what can't be."""

from __future__ import annotations

import json

import pytest

from tests.translator.cli.support import values
from tests.translator.cli.test_follow import append, following, until
from tests.translator.containers.support import messages
from tests.translator.streams.schema_ids.support import ONE, PROTO, TWO, WANTED, avro, one, two
from translator import containers
from translator.contract import delimiter

varint = delimiter("varint")
GUID = "00112233-4455-6677-8899-aabbccddeeff"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Schemas, and a stream of messages of two of them, as the working directory."""
    monkeypatch.chdir(tmp_path)
    for name, schema in (("one", ONE), ("two", TWO), ("wanted", WANTED)):
        (tmp_path / f"{name}.avsc").write_text(json.dumps(schema))
    (tmp_path / "p.proto").write_text(PROTO)
    (tmp_path / "in.delim").write_bytes(b"".join(map(varint, [one(1), two(2), one(3)])))
    return tmp_path


def framed(path, container="delimited"):
    with path.open("rb") as stream:
        return messages(containers.get(container).reader(stream))


IDS = ("--schemas", "1=one.avsc", "--schemas", "2=two.avsc")
FILES = ("--schemas", "one.avsc", "--schemas", "two.avsc")
OUT = ("--to", "avro:delimited", "-T", "wanted.avsc", "--drop", "b")


def test_ids_of_files(run, folder):
    """A stream of several schemas into one format, in order (S32)."""
    done = run("convert", "in.delim", "o.ndjson", *IDS)
    assert done.code == 0, done.err
    assert values((folder / "o.ndjson").read_bytes()) == [{"a": 1}, {"b": "x", "a": 2}, {"a": 3}]


def test_a_guid(run, folder):
    """An id may be a GUID."""
    (folder / "g.delim").write_bytes(varint(b"\1" + bytes.fromhex(GUID.replace("-", "")) + avro(ONE, {"a": 5})))
    assert run("convert", "g.delim", "o.ndjson", "--schemas", f"{GUID}=one.avsc").code == 0
    assert values((folder / "o.ndjson").read_bytes()) == [{"a": 5}]


@pytest.mark.parametrize("framing", ["confluent", "avro-single"])
def test_both_ways(run, folder, framing):
    """What --out-framing writes, --framing reads; the schemas of --schemas are found by id or by fingerprint."""
    number = ("--out-id", 9) if framing == "confluent" else ()
    assert run("convert", "in.delim", "mid.delim", *IDS, *OUT, "--out-framing", framing, *number).code == 0
    begins = b"\0\0\0\0\x09" if framing == "confluent" else b"\xc3\x01"
    assert all(each.startswith(begins) for each in framed(folder / "mid.delim"))
    known = "9=wanted.avsc" if framing == "confluent" else "wanted.avsc"
    for option in ((), ("--framing", framing)):
        assert run("convert", "mid.delim", "o.ndjson", "--schemas", known, *option).code == 0
        assert values((folder / "o.ndjson").read_bytes()) == [{"a": 1}, {"a": 2}, {"a": 3}]


@pytest.mark.parametrize(
    ("name", "to"), [("plain.ndjson", ()), ("p.avro", ("-T", "wanted.avsc")), ("p.msgpack", ()), ("p.delim", OUT[:4])]
)
def test_plain_messages_get_framed(run, folder, name, to):
    """From any container, also those whose messages only the schema tells apart."""
    (folder / "plain.ndjson").write_text('{"a":1}\n{"a":-2}\n')
    source = ("--from", "avro", "-s", "wanted.avsc") if name == "p.delim" else ()
    if name != "plain.ndjson":
        assert run("convert", "plain.ndjson", name, *to).code == 0
    done = run("convert", name, "o.delim", *source, *OUT[:4], "--out-framing", "confluent", "--out-id", 7)
    assert done.code == 0, done.err
    assert framed(folder / "o.delim") == [b"\0\0\0\0\x07" + avro(WANTED, {"a": a}) for a in (1, -2)]


def test_protobuf_has_its_indexes_behind_the_id(run, folder):
    """Second.Deep is message 1 in message 1: message 0 there are the entries of a map."""
    (folder / "x.ndjson").write_text('{"a":1}\n')
    to = ("--to", "protobuf:delimited", "-T", "p.proto#Second.Deep", "--out-framing", "confluent", "--out-id", 7)
    assert run("convert", "x.ndjson", "p.delim", *to).code == 0
    assert framed(folder / "p.delim") == [b"\0\0\0\0\x07\x04\x02\x02\x20\x01"]


def test_a_message_refused_among_plain_ones(run, folder):
    """D: the neighbours are framed, the letter has the message itself."""
    (folder / "x.ndjson").write_text('{"a":1}\n{"a":"x"}\n{"a":3}\n')
    done = run(
        "convert", "x.ndjson", "o.delim", *OUT[:4], "--out-framing", "confluent", "--out-id", 7, "-d", "dead.ndjson"
    )
    assert done.code == 1
    assert framed(folder / "o.delim") == [b"\0\0\0\0\x07" + avro(WANTED, {"a": a}) for a in (1, 3)]
    assert [each["index"] for each in values((folder / "dead.ndjson").read_bytes())] == [1]


def test_many_from_one_get_framed(run, folder):
    """Each message that a mapping makes of one has the framing."""
    (folder / "m.toml").write_text('version = 1\nfor_each = "x in l"\n[fields]\na = "x"\n')
    (folder / "l.ndjson").write_text('{"l":[1,2]}\n{"l":[]}\n{"l":[3]}\n')
    options = ("-m", "m.toml", "-s", "l.json", *OUT[:4], "--out-framing", "confluent", "--out-id", 7)
    (folder / "l.json").write_text(
        '{"type":"object","required":["l"],"properties":{"l":{"type":"array","items":{"type":"integer"}}}}'
    )
    done = run("convert", "l.ndjson", "o.delim", *options)
    assert done.code == 0, done.err
    assert framed(folder / "o.delim") == [b"\0\0\0\0\x07" + avro(WANTED, {"a": a}) for a in (1, 2, 3)]


def test_lone_and_be32(run, folder):
    """Framed messages stand in every container that says where they end; --container tells what a name doesn't."""
    (folder / "one.bin").write_bytes(one(8))
    assert run("convert", "one.bin", "o.json", *IDS).code == 0
    assert json.loads((folder / "o.json").read_bytes()) == {"a": 8}
    (folder / "frames").write_bytes(b"".join(map(delimiter("be32"), [one(1), two(2)])))
    assert run("convert", "frames", "o.ndjson", *IDS, "--container", "hal9-frames").code == 0
    assert [each["a"] for each in values((folder / "o.ndjson").read_bytes())] == [1, 2]


def test_first_bytes_of_framed_messages_tell_nothing(run, folder):
    """A message of the schema 123 begins as HAL9's frames do, and is one message all the same."""
    (folder / "x.bin").write_bytes(b"\0\0\0\0\x7b" + avro(ONE, {"a": 8}))
    assert run("convert", "x.bin", "o.json", "--schemas", "123=one.avsc").code == 0
    (folder / "x").write_bytes((folder / "x.bin").read_bytes())
    done = run("convert", "x", "o.json", "--schemas", "123=one.avsc")
    assert (done.code, "x: its name doesn't tell the container" in done.err) == (2, True)


def test_a_mapping_and_policies(run, folder):
    """They hold for each plan; what the command line says goes before what the mapping says."""
    (folder / "m.toml").write_text('version = 1\n[policies]\nrounding = "refuse"\n[fields]\nn = "a"\n')
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    (folder / "n.json").write_text(json.dumps(schema))
    done = run("convert", "in.delim", "o.ndjson", *IDS, "-m", "m.toml", "-T", "n.json", "--drop", "b")
    assert done.code == 0, done.err
    assert values((folder / "o.ndjson").read_bytes()) == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_into_an_avro_file(run, folder):
    """Framed messages of several schemas become records of one."""
    assert run("convert", "in.delim", "o.avro", *IDS, "-T", "wanted.avsc", "--drop", "b").code == 0
    assert run("convert", "o.avro", "o.ndjson").code == 0
    assert values((folder / "o.ndjson").read_bytes()) == [{"a": 1}, {"a": 2}, {"a": 3}]


def test_a_stream_that_grows(folder):
    """With --follow each framed message comes out as it comes in, through its own plan."""
    source, out = folder / "in.delim", folder / "o.ndjson"
    known = [each.replace("=", f"={folder}/") for each in IDS]
    with following(source, out, *known) as process:
        until(lambda: out.exists() and len(values(out.read_bytes())) == 3)
        append(source, varint(two(4)))
        until(lambda: len(values(out.read_bytes())) == 4)
        process.terminate()
        assert process.wait(10) == 0
    assert values(out.read_bytes())[-1] == {"b": "x", "a": 4}


def test_no_plan_for_one_schema(run, folder):
    """Its messages are refused, and set aside with the reason; the others are written."""
    done = run("convert", "in.delim", "o.delim", *IDS, *OUT[:4], "-d", "dead.ndjson")
    assert done.code == 1
    (letter,) = values((folder / "dead.ndjson").read_bytes())
    assert (letter["index"], letter["code"]) == (1, "FRAME_PLAN")
    assert "would be dropped" in letter["reason"]
    assert "--map, --policy and --drop" in run("convert", "in.delim", "o.delim", *IDS, *OUT[:4]).err


def test_inspect(run, folder):
    """A message's schema is found by its id or fingerprint; of a file, each record's."""
    done = run("inspect", "--hex", two(2).hex(), *IDS, "--json")
    assert done.code == 0, done.err
    assert [(each["path"], each["value"]) for each in done.json["items"]][-1] == ("a", "2")
    assert run("convert", "in.delim", "s.delim", *IDS, *OUT, "--out-framing", "avro-single").code == 0
    done = run("inspect", "s.delim", "--schemas", "wanted.avsc", "--record", 1, "--json")
    assert (done.code, done.json["around"][0]["note"]) == (0, "the schema's own")
    done = run("inspect", "s.delim", "--schemas", "wanted.avsc")
    assert done.code == 0
    assert "each record says its own" in done.out
    assert '{"a":3}' in done.out
    done = run("inspect", "in.delim", "--schemas", "1=one.avsc")
    assert done.code == 1
    assert "record 1 (at byte 8) is refused at its byte 0: FRAME_SCHEMA" in done.err


URL = ("--registry", "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((*URL, "--schema", "one.avsc"), "--schema and --registry both"),
        (("--subject", "s", "--schema", "one.avsc"), "--schema and --subject both"),
        ((*URL, "--framing", "confluent", "--schema", "one.avsc"), "--schema names one schema"),
        ((*URL, "--framing", "confluent", "--subject", "s"), "--subject names one schema"),
        ((*URL, "--framing", "plain"), "--registry isn't asked for anything"),
        ((*URL, "--framing", "avro-single"), "isn't asked for fingerprints"),
        ((*URL, *IDS), "--schemas and --registry both"),
        ((*URL, "--from", "avro:delimited"), "--from avro: the schemas of framed messages say"),
        ((*URL, "--container", "ndjson"), "ndjson can't hold messages with a binary framing"),
        ((*URL, "--container", "avro"), "avro can't hold messages with a binary framing"),
        (("--registry", "somewhere", "--subject", "s", "--from", "avro"), "that is not a URL"),
        ((*IDS, "--schemas", "one.avsc"), "--schemas one.avsc: the others have ids"),
        ((*IDS, "--framing", "avro-single"), "for --framing avro-single say FILE"),
        ((*FILES, "--framing", "confluent"), "for --framing confluent say ID=FILE"),
        ((*IDS, "--framing", "plain"), "what framed messages refer to"),
        ((*IDS, "--out-id", "5"), "--out-framing confluent says"),
        ((*IDS, *OUT, "--out-framing", "confluent", "--out-id", "0"), "it is 1 to 2147483647"),
        ((*IDS, *OUT, "--out-framing", "confluent", "--out-id", "1", "--out-subject", "s"), "both say the output's id"),
        ((*IDS, *OUT, "--out-subject", "s"), "--to-schema and --out-subject both"),
        ((*IDS, *OUT, "--out-framing", "confluent", "--out-subject", "s@3"), "--to-schema and --out-subject both"),
        ((*IDS, "--to", "json", "--out-framing", "confluent", "--out-id", "1"), "ndjson can't hold such framing"),
        ((*IDS, "--to", "json:delimited", "--out-framing", "confluent", "--out-id", "1"), "nothing that confluent"),
        ((*IDS, "--to", "json:delimited", "-T", "neuron:NeuronSignal", "--out-framing", "avro-single"), "is Avro's"),
        ((*IDS, *OUT, "--out-framing", "confluent"), "the schema's id isn't certain"),
        ((*IDS, "--to", "avro:delimited"), "avro needs a schema for the output"),
    ],
)
def test_what_does_not_go_together(run, folder, options, says):
    """Each contradiction is told before anything is begun, with 2."""
    done = run("convert", "in.delim", "out", *options)
    assert (done.code, says in done.err) == (2, True), done.err
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((*URL, "--schema", "one.avsc"), "--schema and --registry both"),
        ((*IDS, "--schema", "one.avsc"), "--schemas are what framed messages refer to"),
        ((*URL, *IDS), "--schemas and --registry both"),
        ((*IDS, "--from", "avro:delimited"), "the schemas of framed messages say their format"),
    ],
)
def test_what_inspect_can_not_be_told(run, folder, options, says):
    """What --help says doesn't go together is refused, with the reason."""
    done = run("inspect", "in.delim", *options)
    assert (done.code, says in done.err) == (2, True), done.err
