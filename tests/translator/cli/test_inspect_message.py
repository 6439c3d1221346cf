"""`translator inspect` of one message: field by field, with offsets."""

from __future__ import annotations

import base64
import gzip
import json
import re

import fastavro
import pytest

from tests.translator.cli.support import DATA, Terminal, child, ndjson, needs_data, signal
from tests.vectors import golden

FOO = "0a 03 66 6f 6f 10 96 01"


@pytest.fixture
def orders(tmp_path):
    """An Avro file of five records, and its schema beside it."""
    fields = [{"name": "id", "type": "int"}, {"name": "to", "type": "string"}]
    schema = {"type": "record", "name": "Order", "fields": fields}
    with (tmp_path / "orders.avro").open("wb") as file:
        fastavro.writer(file, schema, [{"id": n, "to": "x" * n} for n in range(5)], sync_marker=b"s" * 16)
    (tmp_path / "orders.avsc").write_text(json.dumps(schema))
    return tmp_path / "orders.avro"


def one(ran) -> list:
    return [(each["offset"], each["size"], each["path"], each["value"]) for each in ran.json["items"]]


@pytest.mark.parametrize("argv", [["--hex", FOO], ["--base64", "CgNmb28QlgE="], ["--base64", "CgNmb28QlgE"]])
def test_bytes_in_the_command_line(run, argv):
    """Hexadecimal and base64, without a schema: field numbers, and readings that are called likely."""
    ran = run("inspect", *argv, "--json")
    assert ran.code == 0
    assert one(ran) == [(0, 8, "", ""), (0, 5, "1", '"foo"'), (5, 3, "2", "150")]
    assert (ran.json["format"], ran.json["guessed"], ran.json["items"][2]["note"]) == ("protobuf", True, "zigzag 75")
    assert ran.json["items"][1]["bytes"] == "0a03666f6f"


def test_as_a_table(run):
    """One line a field, in columns."""
    lines = run("inspect", "--hex", FOO).out.splitlines()
    assert lines[:2] == ["message    (hex), 8 bytes", "format     protobuf (a guess: --from says otherwise)"]
    assert lines[3:] == [
        "OFFSET  SIZE  BYTES           PATH       TYPE     VALUE",
        "     0     8                  (message)  message",
        '     0     5  0a 03 66 6f 6f  1          string   "foo"',
        "     5     3  10 96 01        2          varint   150  (zigzag 75)",
    ]


def test_bytes_from_a_file_and_a_pipe(run, tmp_path):
    """`@FILE` and `-` name text that is hexadecimal or base64."""
    (tmp_path / "x.hex").write_text("00000000: 0a03 666f 6f                   ..foo\n")
    assert run("inspect", "--hex", f"@{tmp_path / 'x.hex'}", "--json").json["items"][1]["value"] == '"foo"'
    ran = child("inspect", "--base64", "-", "--json", stdin=b"CgNmb28\n")
    assert json.loads(ran.stdout)["items"][1]["value"] == '"foo"'


@pytest.mark.parametrize("argv", [
    ["--hex", "0"], ["--hex", "0g"], ["--base64", "a"], ["--hex", "--json"], ["--hex", "00", "--base64", "00"], [],
    ["x.json", "--hex", "00"], ["--hex", "00", "--record", "-1"], ["--hex", "00", "--framing", "none-such"],
    ["--hex", "@/none/such"], ["--hex", "00", "--from", "none"],
])  # fmt: skip
def test_wrong_usage(run, argv):
    """Exit code 2, and a message that says what is wanted."""
    ran = run("inspect", *argv)
    assert ran.code == 2
    assert ran.err or ran.out


def test_damage_is_shown_where_it_is(run):
    """All before it is read, its own bytes are shown, and the exit code is 1."""
    ran = run("inspect", "--hex", "0a 03 66 6f 6f 12 09 62", "--json")
    assert ran.code == 1
    assert [each["type"] for each in ran.json["items"]] == ["message", "string", "broken"]
    assert (ran.json["error"]["code"], ran.json["error"]["offset"]) == ("TRUNCATED", 8)
    text = run("inspect", "--hex", "0a 03 66 6f 6f 12 09 62")
    assert "REFUSED  TRUNCATED" in text.out.splitlines()[-1]
    assert "refused at byte 8" in text.err


def test_the_core_s_refusal_stands_in_its_place(run, orders):
    """S9, B48: what the walk passes over with a note, the core refuses; both are told, and what follows is shown."""
    schema = orders.with_suffix(".avsc")
    schema.write_text(schema.read_text().replace('"int"', '"string"'))
    ran = run("inspect", "--hex", "02 ff 06 666f6f", "-s", schema)
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert "not UTF-8" in lines[-3]
    assert "REFUSED" in lines[-2]
    assert '"foo"' in lines[-1]


def test_framed_bytes(run, orders):
    """S32: the framing is a part of the table, and errors count from the first byte of all."""
    schema = orders.with_suffix(".avsc")
    ran = run("inspect", "--hex", "00 0000000c 04 06 666f6f", "-s", schema, "--json")
    assert ran.code == 0
    assert [(each["offset"], each["type"], each["value"]) for each in ran.json["around"]] == [
        (0, "confluent", "schema id 12")
    ]
    assert one(ran)[1:] == [(5, 1, "id", "2"), (6, 4, "to", '"foo"')]
    cut = run("inspect", "--hex", "00 0000000c 04 06 66", "-s", schema, "--json", "--framing", "confluent")
    assert (cut.code, cut.json["error"]["offset"], cut.json["error"]["path"]) == (1, 8, "to")
    assert "schema id 12" in run("inspect", "--hex", "00 0000000c 04 06 666f6f", "-s", schema).out


def test_avro_needs_a_schema(run):
    """What can be told is shown, the rest isn't guessed, and the exit code is 2."""
    ran = run("inspect", "--hex", "c301 0011223344556677 0206")
    assert ran.code == 2
    assert "fingerprint 0011223344556677" in ran.out
    assert "--schema" in ran.err


@pytest.mark.parametrize("format_", ["avro", "protobuf", "json", "protojson", "msgpack"])
def test_a_signal_in_every_format(run, format_):
    """With the built-in schema every field has its name."""
    text = base64.b64encode(golden()[format_]).decode()
    ran = run("inspect", "--base64", text, "-f", format_, "-s", "neuron:NeuronSignal", "--json")
    assert ran.code == 0
    assert ran.json["checked"]
    paths = [each["path"] for each in ran.json["items"]]
    assert {"timestamp", "payload.activation.strength", "payload.gradient.adjustments[0]"} <= set(paths)


def test_a_file_that_is_one_message(run, tmp_path):
    """It is shown field by field, also compressed, also where its name says nothing."""
    for name, data in {
        "x.pb": golden()["protobuf"],
        "x": golden()["protobuf"],
        "y": gzip.compress(b"\x0a\x01a"),
    }.items():
        (tmp_path / name).write_bytes(data)
        ran = run("inspect", tmp_path / name, "--json")
        assert (ran.code, ran.json["format"]) == (0, "protobuf")
        assert ran.json["items"][1]["path"] == "1"


def test_a_compressed_file(run, tmp_path):
    """What is inside is looked at, whether it is one message or many, and the compression is told."""
    (tmp_path / "x.ndjson.gz").write_bytes(gzip.compress(ndjson([{"a": 1}, {"b": 2}])))
    assert "packed     gzip" in run("inspect", tmp_path / "x.ndjson.gz").out
    found = run("inspect", tmp_path / "x.ndjson.gz", "--record", 1, "--json").json
    assert (found["packed"], found["offset"], found["items"][1]["path"]) == ("gzip", 8, "b")
    (tmp_path / "y").write_bytes(gzip.compress(b"\x0a\x01a"))
    assert "packed     gzip; offsets" in run("inspect", tmp_path / "y").out


def test_a_record_of_a_container(run, orders, tmp_path):
    """--record N of any file, with its place in the file."""
    ran = run("inspect", orders, "--record", 3, "--json")
    assert one(ran)[1:] == [(0, 1, "id", "3"), (1, 4, "to", '"xxx"')]
    assert (ran.json["record"], ran.json["container"], ran.json["size"]) == (3, "avro", 5)
    assert "record 3 at byte" in run("inspect", orders, "--record", 3).out
    lines = ndjson([{"a": 1}, {"b": 2}])
    (tmp_path / "x.ndjson").write_bytes(lines)
    ran = run("inspect", tmp_path / "x.ndjson", "--record", 1, "--json")
    assert (ran.json["offset"], one(ran)[1]) == (8, (1, 5, "b", "2"))
    assert run("inspect", tmp_path / "x.ndjson", "--record", 2).code == 2


def test_a_record_of_signals(run, tmp_path):
    """Protobuf in a container needs no schema to be looked at."""
    (tmp_path / "x.ndjson").write_bytes(ndjson([signal(n) for n in range(3)]))
    assert run("convert", tmp_path / "x.ndjson", tmp_path / "x.signals").code == 0
    named = run("inspect", tmp_path / "x.signals", "--record", 2, "--json").json
    assert named["items"][1]["value"] == f'"{signal(2)["signal_id"]}"'
    raw = run("inspect", tmp_path / "x.signals", "--record", 2, "--from", "protobuf", "--json").json
    assert (raw["items"][1]["path"], raw["items"][1]["value"]) == ("1", named["items"][1]["value"])


def test_a_container_in_the_command_line(run):
    """Bytes may be a file of many."""
    ran = run("inspect", "--hex", "02 0801 02 0802", "--from", "protobuf:delimited", "--record", 1, "--json")
    assert one(ran)[1] == (0, 2, "1", "2")
    assert ran.json["offset"] == 4


def test_a_damaged_container(run, orders):
    """Damage before the record is told with its place; the exit code is 1."""
    data = orders.read_bytes()
    orders.write_bytes(data[:-1])
    ran = run("inspect", orders, "--record", 0, "--json")
    assert (ran.code, ran.json["error"]["code"]) == (1, "CONTAINER_TRUNCATED")
    orders.write_bytes(b"Obj")
    assert run("inspect", orders).code == 1


def test_a_refused_record_is_named(run, orders):
    """The overview says how to look at the record that is refused, and that shows it."""
    data = bytearray(orders.read_bytes())
    data[data.index(b"xxxx") - 1] = 0x01  # a length of -1
    orders.write_bytes(data)
    ran = run("inspect", orders)
    assert ran.code == 1
    assert "--record 4 shows it" in ran.err
    shown = run("inspect", orders, "--record", 4, "--json")
    assert shown.code == 1
    assert (shown.json["error"]["code"], shown.json["error"]["path"]) == ("LENGTH", "to")


def test_large_messages_are_cut(run, tmp_path):
    """A line says how much was left out; --limit and --all show more; a value is cut, too."""
    (tmp_path / "x.json").write_text(json.dumps({"list": list(range(1000)), "text": "x" * 5000}))
    ran = run("inspect", tmp_path / "x.json")
    assert len(ran.out.splitlines()) == 205
    assert ran.out.splitlines()[-1].startswith("… 803 fields more, from byte")
    assert run("inspect", tmp_path / "x.json", "--limit", 3, "--json").json["left_out"] == 1000
    everything = run("inspect", tmp_path / "x.json", "--all")
    assert "x" * 5000 in everything.out
    assert "…" not in everything.out


def test_large_records_of_a_file_are_cut(run, tmp_path):
    """As text at so many characters, as data by leaving them out."""
    (tmp_path / "x.ndjson").write_bytes(ndjson([{"t": "x" * 100_000}, {"t": "y"}]))
    ran = run("inspect", tmp_path / "x.ndjson")
    assert len(ran.out) < 3000
    assert "… 98,008 bytes more" in ran.out
    assert len(run("inspect", tmp_path / "x.ndjson", "--all").out) > 100_000
    found = run("inspect", tmp_path / "x.ndjson", "--json").json
    assert found["first"] == [{"t": "y"}]
    assert found["first_left_out"] == [{"index": 0, "size": 100_008}]


def test_what_is_shown_is_harmless_to_a_terminal(run):
    """Control characters, and marks that turn text around, are escaped, in values and in paths."""
    value = json.dumps({"a\x1b[2J\u202e": "\x1b]0;x\x07\u009b\u202e"})
    out = run("inspect", "--hex", value.encode().hex()).out
    assert all(each.isprintable() or each == "\n" for each in out)
    assert r"\u001b" in out


def test_on_a_terminal(monkeypatch, run):
    """Lines are as wide as the terminal at most; colours are there, unless NO_COLOR says otherwise."""
    for no_color in (False, True):
        screen = Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("NO_COLOR", "1") if no_color else monkeypatch.delenv("NO_COLOR", raising=False)
        text = json.dumps({"field": "v" * 150, "x" * 60: 1})
        assert run("inspect", "--hex", text.encode().hex()).code == 0
        assert ("\x1b[3" in screen.getvalue()) == (not no_color)
        plain = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
        assert max(map(len, plain)) <= 80
        assert all(line.rstrip() == line for line in plain)


def test_a_contradiction_is_not_hidden(run, monkeypatch):
    """Where the walk stops at what the core reads, one of them is wrong: it is said, and the exit code is 1."""
    monkeypatch.setattr("translator.inspecting.checking.refusal", lambda plan, data: None)
    ran = run("inspect", "--hex", "0a 03 66")
    assert ran.code == 1
    assert "please report" in ran.err


@needs_data
def test_single_object_of_the_specification(run):
    """Avro's own message: marker, fingerprint, and the record."""
    folder = DATA / "avro" / "data" / "messageV1"
    schema, message = folder / "test_schema.avsc", folder / "test_message.bin"
    ran = run("inspect", message, "-s", schema, "--json")
    assert (ran.code, ran.json["framing"], ran.json["around"][0]["note"]) == (0, "avro-single", "the schema's own")
