"""What a file is, by its name and its first bytes; and the table of containers."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from translator import containers, formats
from translator.containers import detect as detecting
from translator.containers.detect import detect


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.avro", ("avro", "avro")),
        ("a.ndjson", ("ndjson", "json")),
        ("a.jsonl", ("ndjson", "json")),
        ("dir.avro/a.JSON", ("lone", "json")),
        ("a.msgpack", ("msgpack-stream", "msgpack")),
        ("a.mpk", ("msgpack-stream", "msgpack")),
        ("a.cbor", ("lone", "cbor")),
        ("a.cborseq", ("cbor-seq", "cbor")),
        ("a.cbors", ("cbor-seq", "cbor")),
        ("a.pb", ("lone", "protobuf")),
        ("a.binpb", ("lone", "protobuf")),
        ("a.bin", ("lone", "protobuf")),
        ("a.pbs", ("delimited", "protobuf")),
        ("a.delim", ("delimited", "protobuf")),
        ("a.pbstream", ("delimited", "protobuf")),
        ("a.hal9", ("hal9-frames", "json")),
        ("a.frames", ("hal9-frames", "json")),
        ("a.signals", ("delimited", "neuron")),
        ("a.nsig", ("delimited", "neuron")),
        ("a.txt", None),
        ("avro", None),
        ("", None),
        (None, None),
        ("-", None),
    ],
)
def test_names(path, expected):
    assert detect(path, b"") == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"Obj\x01\x02", ("avro", "avro")),
        (b' \n{"a": 1}', ("lone", "json")),
        (b"[1,\n{", ("json-array", "json")),
        (b" \r\n[", ("json-array", "json")),
        (b"\xef\xbb\xbf[", None),
        (b'{\n  "a": {', ("lone", "json")),
        (b'{\n{"a": {', ("lone", "json")),
        (b'{"a":1}\n', ("lone", "json")),
        (b'{"a":1}\r\n{"a', ("ndjson", "json")),
        (b"\n{}\n{}", ("ndjson", "json")),
        (b'\0\0\0\x0f{"type":"Ping"}', ("hal9-frames", "json")),
        (b"\x08\x01", None),
        (b"Obj\x02", None),
        (b"", None),
    ],
)
def test_heads(head, expected):
    assert detect(None, head) == expected
    assert detect("-", head) == expected


def test_the_name_decides_but_not_between_json_and_its_lines():
    """Nor between a message and an array of messages."""
    assert detect("a.json", b"{}\n{}\n") == ("ndjson", "json")
    assert detect("a.json", b"\n[") == ("json-array", "json")
    assert detect("a.ndjson", b"[1]\n[2]") == ("ndjson", "json")
    assert detect("a.pb", b"{}\n{}\n") == ("lone", "protobuf")
    assert detect("a.bin", b"Obj\x01") == ("lone", "protobuf")


@pytest.mark.parametrize("name", containers.NAMES)
def test_every_container_has_the_same_shape(name):
    container = containers.get(name)
    assert name == container.name
    assert container.usual in detecting.formats_in(name)
    assert set(detecting.suffixes_of(name).values()) <= set(detecting.formats_in(name))
    assert container.doc.strip()
    assert container.sniff(b"") is False


def test_no_two_have_one_suffix():
    """A suffix means one container and one format; each suffix that a format has means a container that takes it."""
    every = [suffix for name in containers.NAMES for suffix in containers.get(name).suffixes]
    for name in formats.NAMES:
        known = formats.get(name)
        assert all(containers.get(each).takes(known) for each in (known.container, *known.suffixes.values()))
        every += known.suffixes
    assert len(every) == len(set(every))
    assert all(re.fullmatch(r"\.[a-z0-9]+", each) for each in every)


def test_an_unknown_container():
    with pytest.raises(KeyError):
        containers.get("zip")


def test_importing_is_cheap():
    """No codec's library is loaded before a codec is chosen, and no container before it is asked for."""
    code = (
        "import sys; before = set(sys.modules); import translator.containers;"
        "assert not [m for m in sys.modules if m.startswith('translator.containers.')];"
        "from translator.containers.detect import detect; detect('a.avro', b'');"
        "heavy = {'zlib', 'bz2', '_bz2', 'lzma', '_lzma', 'cramjam'} & (set(sys.modules) - before);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
