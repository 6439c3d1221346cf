"""Dead letters, read again: the same messages, at the places where they first stood."""

from __future__ import annotations

import base64
import io
import json

import fastavro
import pytest

from native.errors import ContainerError
from tests.translator.cli.support import child, ndjson, values
from tests.translator.containers.support import Trickle
from translator.containers import dead_letter
from translator.containers.dead_letter import Letter

SCHEMA = {"title": "R", "type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
WIDER = SCHEMA | {"properties": {"n": {"type": ["integer", "string"]}}}
RECORDS = [{"n": 1}, {"n": "x"}, {"n": 2}, b'{"n":', {"n": 3}]


@pytest.fixture
def dead(run, tmp_path, monkeypatch):
    """Letters of the records 1, whose n is text, and 3, which is cut off."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.ndjson").write_bytes(ndjson(RECORDS))
    (tmp_path / "r.json").write_text(json.dumps(SCHEMA))
    (tmp_path / "wider.json").write_text(json.dumps(WIDER))
    assert run("convert", "in.ndjson", "out.ndjson", "-s", "r.json", "-d", "dead.ndjson").code == 1
    return tmp_path / "dead.ndjson"


def letter(**more) -> Letter:
    known = {"dead_letter": 1, "format": "json", "file": "f", "index": 0, "offset": 0, "byte": 0, "code": "TYPE",
             "path": "", "reason": "r", "size": 2, "data": b"{}"}  # fmt: skip
    return Letter(**(known | more))


def read(*lines: bytes) -> tuple[list[bytes], list[str]]:
    """The messages, and the reasons of what isn't one."""
    reader, messages, reasons = dead_letter.reader(io.BytesIO(b"".join(lines))), [], []
    while True:
        try:
            block = next(reader, None)
        except ContainerError as error:
            reasons.append(error.message if error.code == "CONTAINER_LETTER" else error.code)
            if reader.resync():
                continue
            break
        if block is None:
            break
        messages += [bytes(block.data[b:e]) for b, e in zip(block.begin, block.end, strict=True)]
    return messages, reasons


class TestAgain:
    """`translator convert dead.ndjson` with what was wrong put right."""

    def test_the_messages_are_translated(self, run, dead, tmp_path):
        """Known by its first line whatever its name, in the format that the letters say."""
        ran = run("convert", "dead.ndjson", "again.ndjson", "-s", "wider.json", "-d", "still.ndjson")
        assert ran.code == 1
        assert values((tmp_path / "again.ndjson").read_bytes()) == [{"n": "x"}]

    def test_new_letters_keep_the_first_place(self, run, dead, tmp_path):
        """What is refused again is told by file, index and offset where it first stood."""
        first = values(dead.read_bytes())
        run("convert", "dead.ndjson", "again.ndjson", "-s", "wider.json", "-d", "still.ndjson")
        assert values((tmp_path / "still.ndjson").read_bytes()) == [first[1]]
        assert (first[1]["file"], first[1]["index"], first[1]["offset"]) == ("in.ndjson", 3, 26)

    def test_the_message_tells_the_first_place(self, run, dead):
        """Without --dead-letter the first refusal stops."""
        ran = run("convert", "dead.ndjson", "again.ndjson", "-s", "r.json")
        assert ran.code == 3
        assert "dead.ndjson: in.ndjson: record 1 (at byte 8) is refused at its byte 5 in n: TYPE" in ran.err

    def test_through_a_pipe_and_by_name(self, run, dead, tmp_path):
        """From stdin; and as `FORMAT:dead-letter`."""
        ran = child("convert", "-", "-", "-t", "json", "-n", "1", stdin=dead.read_bytes())
        assert values(ran.stdout) == [{"n": "x"}]
        for named in (("--from", "json:dead-letter"), ("--container", "dead-letter")):
            assert run("convert", dead, "out.ndjson", *named, "-n", "1").code == 0
            assert values((tmp_path / "out.ndjson").read_bytes()) == [{"n": "x"}]

    def test_letters_as_the_json_that_they_are(self, run, dead, tmp_path):
        """`--from json:ndjson` reads the letters themselves."""
        assert run("convert", "dead.ndjson", "letters.ndjson", "--from", "json:ndjson").code == 0
        assert [each["code"] for each in values((tmp_path / "letters.ndjson").read_bytes())] == ["TYPE", "TRUNCATED"]

    def test_avro_by_the_schema_of_its_file(self, run, tmp_path, monkeypatch):
        """A record of an Avro file needs the schema that it was written by: --schema takes the file."""
        monkeypatch.chdir(tmp_path)
        schema = {"type": "record", "name": "R", "fields": [{"name": "n", "type": "long"}]}
        narrow = {"type": "record", "name": "R", "fields": [{"name": "n", "type": "int"}]}
        (tmp_path / "narrow.avsc").write_text(json.dumps(narrow))
        with (tmp_path / "in.avro").open("wb") as file:
            fastavro.writer(file, schema, [{"n": 1}, {"n": 1 << 40}])
        assert run("convert", "in.avro", "out.avro", "-T", "narrow.avsc", "-d", "dead").code == 1
        missing = run("convert", "dead", "again.ndjson")
        assert missing.code == 2
        assert "avro needs a schema" in missing.err
        assert run("convert", "dead", "again.ndjson", "--schema", "in.avro").code == 0
        assert values((tmp_path / "again.ndjson").read_bytes()) == [{"n": 1 << 40}]


class TestLettersThatCannot:
    """Letters without a whole message are refused, and stay as they were in new letters."""

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (letter(data=b"{", cut=True).line(), "the letter's message was cut"),
            (letter(data=b"{").line(), "the letter's message was cut"),
            (letter(data=None, size=None, byte=None).line(), "a letter about damage has no message"),
            (letter(format="msgpack").line(), "a letter of another format than the first one's"),
            (letter(dead_letter=2).line(), "a letter of another version"),
            (b'{"n":1}\n', "not a dead letter"),
            (letter().line()[:40] + b"\n", "not a dead letter"),
            (letter().line().replace(b'"e30="', b'"e30"'), "not a dead letter"),
            (b"[" * 100_000 + b"\n", "not a dead letter"),
        ],
    )
    def test_each_reason(self, line, reason):
        """Neighbours are given (D), in one block or several."""
        assert read(letter().line(), line, letter(data=b"[]").line()) == ([b"{}", b"[]"], [reason])

    def test_a_long_message_is_cut_and_says_so(self, run, tmp_path, monkeypatch):
        """Its letter has the first MiB, its size, and can't be tried again."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "in.ndjson").write_bytes(b"[" * (2 << 20) + b"\n")
        assert run("convert", "in.ndjson", "out.ndjson", "-d", "dead").code == 1
        (made,) = values((tmp_path / "dead").read_bytes())
        assert (made["size"], len(base64.b64decode(made["data"])), made["cut"]) == (2 << 20, 1 << 20, True)
        ran = run("convert", "dead", "again.ndjson")
        assert ran.code == 3
        assert "CONTAINER_LETTER: the letter's message was cut" in ran.err
        assert run("convert", "dead", "again.ndjson", "-d", "still").code == 1
        assert values((tmp_path / "still").read_bytes()) == [made]

    def test_letters_are_not_written_as_output(self, run, dead):
        ran = run("convert", "dead.ndjson", "x", "--to", "json:dead-letter")
        assert ran.code == 2
        assert "--dead-letter FILE writes them" in ran.err


def test_fed_byte_by_byte():
    """However the stream is cut, each letter is read once, and its place is known."""
    lines = b"".join(letter(index=n, data=b"%d" % n, size=1).line() for n in range(5))
    reader, seen = dead_letter.reader(Trickle(lines, [1, 7, 300])), []
    for block in reader:
        first = len(seen)
        seen += [(reader.letter(first + n).index, bytes(block.data[block.begin[n] : block.end[n]]))
                 for n in range(block.count)]  # fmt: skip
    assert seen == [(n, b"%d" % n) for n in range(5)]


EACH = """version = 1
for_each = "line in lines"
[fields]
id = "line.id"
n = { path = "line.n", cast = "int32" }
"""
ROW = '{"type": "record", "name": "Row", "fields": [{"name": "id", "type": "string"}, {"name": "n", "type": "int"}]}'


class TestLettersOfItems:
    """One message of the many that a record makes is refused, and tried again alone."""

    @pytest.fixture
    def first(self, run, tmp_path, monkeypatch):
        """A run in which items 1 and 3 of the first record are refused."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "each.toml").write_text(EACH)
        (tmp_path / "row.avsc").write_text(ROW)
        numbers = ["1", "x", "3", "y"]
        lines = [{"id": f"a{i}", "n": n} for i, n in enumerate(numbers)]
        records = [{"lines": lines}, {"lines": [{"id": "b0", "n": "7"}]}]
        (tmp_path / "in.ndjson").write_text("".join(json.dumps(each) + "\n" for each in records))
        done = run("convert", "in.ndjson", "out.avro", "-m", "each.toml", "-T", "row.avsc", "-d", "dead")
        assert done.code == 1
        return values((tmp_path / "dead").read_bytes())

    def test_they_say_which_of_how_many(self, first):
        assert [(each["index"], each["item"], each["of"]) for each in first] == [(0, 1, 4), (0, 3, 4)]

    def test_only_they_are_made(self, run, tmp_path, first):
        """With a mapping that lets one of them pass; the other stays a letter with its place."""
        (tmp_path / "wide.toml").write_text(
            EACH.replace("cast =", 'enum = { x = "9", 1 = "1" }, otherwise = "y", cast =')
        )
        done = run("convert", "dead", "again.ndjson", "-m", "wide.toml", "-T", "row.avsc", "-d", "still")
        assert done.code == 1
        assert values((tmp_path / "again.ndjson").read_bytes()) == [{"id": "a1", "n": 9}]
        (left,) = values((tmp_path / "still").read_bytes())
        assert (left["index"], left["item"], left["of"]) == (0, 3, 4)

    def test_another_number_of_them_is_refused(self, run, tmp_path, first):
        """Nobody can tell which was meant."""
        (tmp_path / "fewer.toml").write_text(
            EACH.replace("[fields]", 'where = { path = "line.n", not_equals = "3" }\n[fields]')
        )
        assert run("convert", "dead", "again.ndjson", "-m", "fewer.toml", "-T", "row.avsc", "-d", "still").code == 1
        assert not (tmp_path / "again.ndjson").read_bytes()
        assert [each["code"] for each in values((tmp_path / "still").read_bytes())] == ["LETTER", "LETTER"]
