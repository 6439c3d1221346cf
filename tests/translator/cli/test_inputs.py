"""`translator convert` of several inputs: names, patterns, one output or one for each, limits over all of them."""

from __future__ import annotations

import gzip
import json
import weakref

import fastavro
import pytest

from tests.translator.cli.support import child, leftovers, ndjson, values
from translator.containers.splitting import SplitReader

INT = {"type": "record", "name": "R", "fields": [{"name": "n", "type": "int"}]}
LONG = {"type": "record", "name": "R", "fields": [
    {"name": "n", "type": "long"}, {"name": "note", "type": "string", "default": ""}]}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """logs/a.ndjson, logs/b.ndjson, logs/deep/er/a.ndjson and a file unlike any of them, in the current folder."""
    for n, name in enumerate(("logs/a.ndjson", "logs/b.ndjson", "logs/deep/er/a.ndjson", "logs/c.txt")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ndjson([{"n": 10 * n}, {"n": 10 * n + 1}]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def numbers(path) -> list[int]:
    return [each["n"] for each in values(path.read_bytes())]


def avro(path, schema, *records):
    with path.open("wb") as file:
        fastavro.writer(file, schema, records)


class TestOneOutput:
    """-o FILE, or a pattern and OUT."""

    def test_names_in_their_order(self, run, folder):
        assert run("convert", "logs/b.ndjson", "logs/a.ndjson", "-o", "all.ndjson").code == 0
        assert numbers(folder / "all.ndjson") == [10, 11, 0, 1]

    @pytest.mark.parametrize(
        ("pattern", "expected"),
        [
            ("logs/*.ndjson", [0, 1, 10, 11]),
            ("logs/**/*.ndjson", [0, 1, 10, 11, 20, 21]),
            ("logs/[b-z].ndjson", [10, 11]),
            ("l*/?.ndjson", [0, 1, 10, 11]),
        ],
    )
    def test_a_pattern_that_the_shell_left(self, run, folder, pattern, expected):
        """The files that match, sorted; ** goes into folders."""
        assert run("convert", pattern, "all.ndjson").code == 0
        assert numbers(folder / "all.ndjson") == expected

    def test_a_file_is_read_as_often_as_it_is_named(self, run, folder):
        """S36: in the order of the names, whichever of them are patterns."""
        assert run("convert", "logs/b.ndjson", "logs/*.ndjson", "./logs/a.ndjson", "-o", "all.ndjson").code == 0
        assert numbers(folder / "all.ndjson") == [10, 11, 0, 1, 10, 11, 0, 1]

    def test_a_file_called_like_a_pattern(self, run, folder):
        """A name that is there is that file."""
        (folder / "[ab].ndjson").write_bytes(b'{"n":7}\n')
        (folder / "a.ndjson").write_bytes(b'{"n":8}\n')
        assert run("convert", "[ab].ndjson", "out.ndjson").code == 0
        assert numbers(folder / "out.ndjson") == [7]

    def test_schemas_that_changed(self, run, folder):
        """Each Avro file is read by its own schema; the first one's is the output's."""
        avro(folder / "2.avro", INT, {"n": 2})
        avro(folder / "1.avro", LONG, {"n": 1, "note": "x"})
        assert run("convert", "1.avro", "2.avro", "-o", "all.avro").code == 0
        with (folder / "all.avro").open("rb") as file:
            assert list(fastavro.reader(file)) == [{"n": 1, "note": "x"}, {"n": 2, "note": ""}]

    def test_several_documents_become_an_array(self, run, folder):
        """Of several .json files a .json is made that is one document of them all."""
        for n in range(2):
            (folder / f"{n}.json").write_text(json.dumps({"n": n}, indent=2))
        assert run("convert", "?.json", "all.json").code == 0
        assert json.loads((folder / "all.json").read_bytes()) == [{"n": 0}, {"n": 1}]

    def test_the_summary_counts_each(self, run, folder):
        """As data each input stands by itself; as text their number."""
        ran = run("convert", "logs/*.ndjson", "all.msgpack", "--json").json
        assert [(each["path"], each["read"]) for each in ran["in"]] == [("logs/a.ndjson", 2), ("logs/b.ndjson", 2)]
        assert (ran["read"], ran["written"], len(ran["out"])) == (4, 4, 1)
        assert ran["bytes_out"] == (folder / "all.msgpack").stat().st_size
        assert run("convert", "logs/*.ndjson", "all.msgpack").err.startswith("4 records of 2 files written, ")


class TestManyOutputs:
    """-O FOLDER."""

    def test_one_for_each(self, run, folder):
        """Called like the input, with the extension of --to, in folders as below the pattern's fixed part."""
        assert run("convert", "logs/**/*.ndjson", "-O", "out", "--to", "msgpack").code == 0
        made = sorted(str(each.relative_to(folder / "out")) for each in (folder / "out").rglob("*") if each.is_file())
        assert made == ["a.msgpack", "b.msgpack", "deep/er/a.msgpack"]
        assert run("convert", "out/deep/er/a.msgpack", "back.ndjson").code == 0
        assert numbers(folder / "back.ndjson") == [20, 21]

    def test_two_that_would_be_one(self, run, folder):
        """Refused, and both are named."""
        ran = run("convert", "logs/a.ndjson", "logs/deep/er/a.ndjson", "-O", "out", "-t", "msgpack")
        assert ran.code == 2
        assert "logs/a.ndjson and logs/deep/er/a.ndjson would both become out/a.msgpack" in ran.err

    def test_an_output_that_is_an_input(self, run, folder):
        ran = run("convert", "logs/*.ndjson", "-O", "logs", "-t", "json")
        assert ran.code == 2
        assert "logs/a.ndjson is read and written" in ran.err
        assert numbers(folder / "logs/a.ndjson") == [0, 1]

    def test_avro_files_keep_their_own_schemas(self, run, folder):
        """With an output for each, each has the schema of its input."""
        avro(folder / "1.avro", INT, {"n": 1})
        avro(folder / "2.avro", LONG, {"n": 2, "note": "x"})
        assert run("convert", "*.avro", "-O", "out", "--codec", "deflate", "--to", "avro").code == 0
        with (folder / "out/2.avro").open("rb") as file:
            assert list(fastavro.reader(file)) == [{"n": 2, "note": "x"}]


class TestOverAll:
    """Limits and refusals count over all inputs."""

    @pytest.mark.parametrize(("limit", "expected"), [(0, []), (1, [0]), (2, [0, 1]), (3, [0, 1, 10])])
    def test_limit(self, run, folder, limit, expected):
        assert run("convert", "logs/*.ndjson", "all.ndjson", "--limit", limit).code == 0
        assert numbers(folder / "all.ndjson") == expected

    def test_the_error_names_the_file(self, run, folder):
        """Record and offset are of that file; nothing is written."""
        (folder / "logs/b.ndjson").write_bytes(b'{"n":1}\n{"n":\n')
        ran = run("convert", "logs/*.ndjson", "all.ndjson")
        assert ran.code == 3
        assert "logs/b.ndjson: record 1 (at byte 8)" in ran.err
        assert not (folder / "all.ndjson").exists()
        assert not leftovers(folder)

    def test_letters_name_the_file(self, run, folder):
        for name in "ab":
            (folder / f"logs/{name}.ndjson").write_bytes(b'{"n":1}\nx\n')
        assert run("convert", "logs/*.ndjson", "all.ndjson", "-d", "dead").code == 1
        letters = values((folder / "dead").read_bytes())
        assert [(each["file"], each["index"], each["offset"]) for each in letters] == [
            ("logs/a.ndjson", 1, 8), ("logs/b.ndjson", 1, 8)]  # fmt: skip

    @pytest.mark.parametrize(("allowed", "code", "letters"), [(2, 1, 2), (1, 3, 2), (0, 3, 1)])
    def test_max_errors(self, run, folder, allowed, code, letters):
        """The one too many ends it, in whichever file it stands."""
        for name in "ab":
            (folder / f"logs/{name}.ndjson").write_bytes(b'{"n":1}\nx\n')
        assert run("convert", "logs/*.ndjson", "all.ndjson", "-d", "dead", "--max-errors", allowed).code == code
        assert len(values((folder / "dead").read_bytes())) == letters
        assert (folder / "all.ndjson").exists() == (code == 1)

    def test_a_file_that_cannot_be_opened(self, run, folder):
        """With dead letters a damaged header costs its file only (D); without them it stops, with the file's name."""
        avro(folder / "1.avro", INT, {"n": 1})
        (folder / "2.avro").write_bytes(b"Obj\x02")
        avro(folder / "3.avro", INT, {"n": 3})
        stopped = run("convert", "*.avro", "all.ndjson")
        assert stopped.code == 3
        assert "2.avro, byte 0" in stopped.err
        ran = run("convert", "*.avro", "all.ndjson", "-d", "dead", "--json")
        assert (ran.code, ran.json["damaged"], numbers(folder / "all.ndjson")) == (1, 1, [1, 3])
        (letter,) = values((folder / "dead").read_bytes())
        assert (letter["file"], letter["code"], letter["data"]) == ("2.avro", "CONTAINER_MAGIC", None)
        assert run("convert", "*.avro", "all.ndjson", "-d", "dead", "--max-errors", 0).code == 3

    @pytest.mark.parametrize("size", [3, 100_000])
    def test_compressed_data_that_is_cut_off(self, run, folder, size):
        """B2: in the first bytes, or later: what came before is there, the next file is read."""
        lines = b"".join(b'{"n":%d}\n' % (n * n) for n in range(size))
        (folder / "1.ndjson.gz").write_bytes(gzip.compress(lines)[:-9])
        (folder / "2.ndjson").write_bytes(b'{"n":-1}\n')
        stopped = run("convert", "[12].*", "all.ndjson")
        assert stopped.code == 3
        assert "1.ndjson.gz, byte " in stopped.err
        assert "CONTAINER_TRUNCATED" in stopped.err
        assert run("convert", "[12].*", "all.ndjson", "-d", "dead").code == 1
        assert numbers(folder / "all.ndjson")[-1] == -1
        (letter,) = values((folder / "dead").read_bytes())
        assert (letter["file"], letter["code"]) == ("1.ndjson.gz", "CONTAINER_TRUNCATED")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "name a file, or - for stdin"),
        (("a", "b", "c"), "-o FILE writes all into one file"),
        (("none/*.ndjson", "out"), "none/*.ndjson: no file matches"),
        (("logs", "out"), "name files in it: 'logs/*'"),
        (("-", "-", "-o", "out"), "- is named twice"),
        (("logs/none.ndjson", "logs/a.ndjson", "-o", "out"), "logs/none.ndjson: No such file"),
        (("logs/a.ndjson", "-o", "out", "-O", "outs"), "--output and --output-dir name two outputs"),
        (("logs/a.ndjson", "-O", "logs/c.txt"), "--output-dir logs/c.txt is not a folder"),
        (("logs/*.ndjson", "-o", "out", "--follow"), "--follow reads one input"),
        (("logs/*.ndjson", "logs/a.ndjson"), "logs/a.ndjson is read and written"),
    ],
)
def test_wrong_names(run, folder, names, said):
    """Refused before anything is written, with the way out."""
    before = sorted(folder.rglob("*"))
    ran = run("convert", *names)
    assert ran.code == 2
    assert said in ran.err
    assert sorted(folder.rglob("*")) == before


def test_what_was_read_is_let_go(run, folder, monkeypatch):
    """Memory doesn't grow with the number of inputs: no reader is kept but the one that reads."""
    alive: weakref.WeakSet[SplitReader] = weakref.WeakSet()
    most = 0
    first = SplitReader.__init__

    def made(self, *args: object) -> None:
        nonlocal most
        first(self, *args)
        alive.add(self)
        most = max(most, len(alive))

    monkeypatch.setattr(SplitReader, "__init__", made)
    for n in range(20):
        (folder / f"{n}.ndjson").write_bytes(b'{"n":1}\n')
    for out in (("-o", "all.msgpack"), ("-O", "out", "-t", "msgpack")):
        assert run("convert", "*.ndjson", *out).code == 0
        assert most <= 3


def test_the_dead_letters_can_go_to_stdout(run, folder):
    """Where nothing else goes there; the summary as JSON then goes to stderr."""
    (folder / "a.ndjson").write_bytes(b'{"n":1}\nx\n')
    ran = child("convert", folder / "a.ndjson", folder / "out.ndjson", "-d", "-", "--json")
    assert ran.returncode == 1
    assert [each["index"] for each in values(ran.stdout)] == [1]
    assert json.loads(ran.stderr)["refused"] == 1
    assert run("convert", "a.ndjson", "-", "-d", "-").code == 2
