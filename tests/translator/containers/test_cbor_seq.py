"""CBOR sequences: the consumer finds the boundaries; what isn't whole is told apart from what is damaged."""

from __future__ import annotations

import io
from pathlib import Path

import cbor2
import pytest

from tests.translator.cli.support import Shell
from translator.containers import cbor_seq

VALUES = [{"a": 1}, [1, 2.5], "text", {"b": None}, 7]


def test_it_is_a_run_of_messages() -> None:
    """It gives what there is, without a count: only reading tells where a message ends."""
    data = b"".join(map(cbor2.dumps, VALUES))
    block = next(cbor_seq.reader(io.BytesIO(data)))
    assert (bytes(block.data), block.count) == (data, None)
    out = io.BytesIO()
    with cbor_seq.writer(out) as writer:
        assert writer.delimiting == "none"


def test_there_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file by its suffix, into lines and again."""
    run = Shell(capsys)
    source, lines, back = tmp_path / "a.cborseq", tmp_path / "a.ndjson", tmp_path / "b.cbors"
    source.write_bytes(b"".join(map(cbor2.dumps, VALUES)))
    assert run("convert", str(source), str(lines), "--quiet").code == 0
    assert lines.read_text() == '{"a":1}\n[1,2.5]\n"text"\n{"b":null}\n7\n'
    assert run("convert", str(lines), str(back), "--quiet").code == 0
    assert back.read_bytes() == b"".join(cbor2.dumps(each, canonical=True) for each in VALUES)


@pytest.mark.parametrize(("end", "code"), [(b"\x82\x01", "TRUNCATED"), (b"\xf8\x18", "TAG")])
def test_what_is_damaged(tmp_path: Path, capsys: pytest.CaptureFixture[str], end: bytes, code: str) -> None:
    """What came before is kept; a message that is cut off, or isn't one, is set aside."""
    source = tmp_path / "a.cborseq"
    source.write_bytes(cbor2.dumps(5) + end)
    run = Shell(capsys)
    done = run("convert", str(source), str(tmp_path / "a.ndjson"), "--dead-letter", str(tmp_path / "bad.ndjson"), "-q")
    assert done.code != 0
    assert (tmp_path / "a.ndjson").read_text() == "5\n"
    assert code in (tmp_path / "bad.ndjson").read_text()
