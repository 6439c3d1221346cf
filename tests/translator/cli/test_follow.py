"""`translator convert --follow`: files that grow, pipes, and how they end."""

from __future__ import annotations

import json
import os
import signal as signals
import subprocess
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.translator.cli.support import COMMAND, ROOT, ndjson, values


@contextmanager
def following(*argv: object, **streams):
    """A conversion that goes on, in a process of its own."""
    command = [*COMMAND, "convert", *map(str, argv), "--follow"]
    given = {"stderr": subprocess.PIPE, "cwd": ROOT, "bufsize": 0} | streams
    with subprocess.Popen(command, **given) as process:
        try:
            yield process
        finally:
            process.kill()


def until(true: Callable[[], object]) -> None:
    """Waits for it, for 20 seconds at most."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def opened(pid: int) -> set[Path]:
    """The files that a process has open."""
    return {path.readlink() for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()}


def append(path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


@pytest.mark.parametrize("number", [signals.SIGINT, signals.SIGTERM, signals.SIGHUP])
def test_a_file_that_grows(tmp_path, number):
    """Each record comes out as it is written, line by line; a signal ends it with a summary and 0."""
    source, out = tmp_path / "in.ndjson", tmp_path / "out.ndjson"
    source.write_bytes(ndjson([{"n": 0}]))
    with following(source, out) as process:
        until(lambda: out.exists() and values(out.read_bytes()) == [{"n": 0}])
        for n in range(1, 3):
            append(source, ndjson([{"n": n}]))
            until(lambda n=n: len(values(out.read_bytes())) == n + 1)
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr.read().startswith(b"3 records written, ")
    assert values(out.read_bytes()) == [{"n": n} for n in range(3)]


def test_an_unfinished_record_at_the_end(tmp_path):
    """What had come of it is told, and is neither written nor refused."""
    source, out = tmp_path / "in.ndjson", tmp_path / "out.ndjson"
    source.write_bytes(b'{"n":0}\n{"n":')
    with following(source, out) as process:
        until(lambda: out.exists() and out.read_bytes())
        process.send_signal(signals.SIGTERM)
        assert process.wait(10) == 0
        assert b"the last 5 bytes are an unfinished record" in process.stderr.read()
    assert values(out.read_bytes()) == [{"n": 0}]


def test_a_file_that_is_empty_at_first(tmp_path):
    """It waits for the first record; the lines of a .json are records."""
    source, out = tmp_path / "in.json", tmp_path / "out.ndjson"
    source.write_bytes(b"")
    with following(source, out) as process:
        until(lambda: source in opened(process.pid))
        append(source, b'{"n":1}\n')
        until(lambda: out.exists() and out.read_bytes() == b'{"n":1}\n')
        process.send_signal(signals.SIGINT)
        assert process.wait(10) == 0


def test_a_pipe(tmp_path):
    """Every record is out before the next goes in, though nothing names the format; its end is the end."""
    out = tmp_path / "out.avro"
    (tmp_path / "s.avsc").write_text(json.dumps({"type": "record", "name": "R", "fields": [
        {"name": "n", "type": "long"}]}))  # fmt: skip
    with following("-", "-", "-t", "json", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for n in range(3):
            process.stdin.write(ndjson([{"n": n}]))
            assert json.loads(process.stdout.readline()) == {"n": n}
        process.stdin.close()
        assert process.wait(10) == 0
    with following("-", out, "-T", tmp_path / "s.avsc", stdin=subprocess.PIPE) as process:
        for n in range(2):
            before = out.stat().st_size if out.exists() else 0
            process.stdin.write(ndjson([{"n": n}]))
            until(lambda before=before: out.exists() and out.stat().st_size > max(before, 100))
        process.stdin.close()
        assert process.wait(10) == 0


def test_what_has_come_is_finished(tmp_path):
    """A signal, with data in the pipe: it is read first."""
    read, write = os.pipe()
    out = tmp_path / "out.ndjson"
    with following("-", out, stdin=read) as process:
        os.close(read)
        os.write(write, ndjson([{"n": 0}]))
        until(lambda: out.exists() and out.read_bytes())
        process.send_signal(signals.SIGSTOP)
        os.write(write, ndjson([{"n": n} for n in range(1, 1000)]))
        process.send_signal(signals.SIGTERM)
        process.send_signal(signals.SIGCONT)
        assert process.wait(10) == 0
        os.close(write)
    assert len(values(out.read_bytes())) == 1000


def test_refusals(tmp_path):
    """The first stops; with dead letters it goes on, they can be read at once, and 1 says so."""
    source, out, dead = (tmp_path / name for name in ("in.ndjson", "out.ndjson", "dead"))
    source.write_bytes(b'{"n":0}\nx\n')
    with following(source, out) as process:
        assert process.wait(20) == 3
    os.unlink(out)
    with following(source, out, "-d", dead) as process:
        until(lambda: dead.exists() and values(dead.read_bytes()))
        process.send_signal(signals.SIGTERM)
        assert process.wait(10) == 1


def test_a_file_that_becomes_shorter(tmp_path):
    """It was replaced or emptied: that is told, with 3."""
    source = tmp_path / "in.ndjson"
    source.write_bytes(ndjson([{"n": 0}]))
    with following(source, tmp_path / "out.ndjson") as process:
        until(lambda: (tmp_path / "out.ndjson").exists())
        os.truncate(source, 2)
        assert process.wait(10) == 3
        assert b"became shorter" in process.stderr.read()


def test_an_output_that_is_there(run, tmp_path):
    """It is written in place, so that nothing else's is overwritten."""
    (tmp_path / "in.ndjson").write_bytes(b'{"n":0}\n')
    (tmp_path / "out.ndjson").write_bytes(b"mine")
    ran = run("convert", tmp_path / "in.ndjson", tmp_path / "out.ndjson", "--follow")
    assert ran.code == 2
    assert (tmp_path / "out.ndjson").read_bytes() == b"mine"
