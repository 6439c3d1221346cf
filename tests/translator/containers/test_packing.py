"""gzip and zstd around any container."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import time
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from native.errors import ContainerError
from tests.translator.containers.support import Sip, Trickle, messages, refusal
from translator.containers import lone, ndjson, packing
from translator.containers.base import StreamLimits

CODECS = pytest.mark.parametrize("codec", ["gzip", "zstd"])
TEXT = b'{"a":1}\n' * 400 + os.urandom(300).hex().encode()


def pack(data: bytes, codec: packing.Packing, level: int | None = None) -> bytes:
    out = io.BytesIO()
    with packing.packed(out, codec, level) as stream:
        stream.write(data)
    return out.getvalue()


def unpack(data: bytes, codec: packing.Packing, limits: StreamLimits | None = None) -> bytes:
    return packing.unpacked(io.BytesIO(data), codec, limits or StreamLimits()).read()


def theirs(data: bytes, codec: packing.Packing) -> bytes:
    return gzip.compress(data) if codec == "gzip" else zstandard.compress(data)


def unpacked_by_others(data: bytes, codec: packing.Packing) -> bytes:
    if codec == "gzip":
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


def run_to_damage(
    data: bytes, codec: packing.Packing, limits: StreamLimits | None = None
) -> tuple[bytes, ContainerError]:
    """What is given before the error; after it the stream is at its end."""
    stream, out = packing.unpacked(Trickle(data, [7]), codec, limits or StreamLimits()), b""
    try:
        while piece := stream.read(1000):
            out += piece
    except ContainerError as error:
        assert stream.read(10) == b""
        return out, error
    pytest.fail("no damage was seen")


@CODECS
@given(
    st.lists(st.binary(max_size=2000), min_size=1, max_size=4),
    st.lists(st.integers(1, 300), min_size=1, max_size=4),
    st.data(),
)
def test_round_trips(codec, parts, pipe, data):
    """Whatever is written in whatever pieces is read as it was, however little the pipe gives; members are joined."""
    out = Sip()
    for part in parts:
        with packing.packed(out, codec) as stream:
            cut = data.draw(st.integers(0, len(part)))
            assert stream.write(part[:cut]) == cut
            if data.draw(st.booleans()):
                stream.flush()
            stream.write(memoryview(part)[cut:])
    stream = packing.unpacked(Trickle(out.getvalue(), pipe), codec)
    assert b"".join(iter(lambda: stream.read(333), b"")) == b"".join(parts)


@CODECS
def test_others_read_it_and_are_read(codec):
    """Python's gzip and the package zstandard, each way; the same bytes each time."""
    assert unpacked_by_others(pack(TEXT, codec), codec) == TEXT
    assert unpack(theirs(TEXT, codec), codec) == TEXT
    assert pack(TEXT, codec) == pack(TEXT, codec)
    assert len(pack(TEXT, codec, 1)) >= len(pack(TEXT, codec, 9))


@CODECS
def test_nothing_written_is_still_a_compressed_file(codec):
    assert packing.sniff(pack(b"", codec)) == codec
    assert unpack(pack(b"", codec), codec) == b""


@CODECS
def test_flushed_data_can_be_read_before_the_end(codec):
    """What is flushed reaches whoever reads along."""
    out = io.BytesIO()
    stream = packing.packed(out, codec)
    stream.write(b"abc")
    stream.flush()
    reader = packing.unpacked(io.BytesIO(out.getvalue()), codec)
    assert reader.read(10) == b"abc"
    assert refusal(lambda: reader.read(10)).code == "CONTAINER_TRUNCATED"
    stream.close()
    stream.close()
    assert unpack(out.getvalue(), codec) == b"abc"


@CODECS
def test_an_exception_leaves_the_data_without_its_end(codec):
    """So that nobody takes an unfinished file for a whole one."""
    out = io.BytesIO()

    def act():
        with packing.packed(out, codec) as stream:
            stream.write(TEXT)
            raise KeyError

    with pytest.raises(KeyError):
        act()
    with pytest.raises(ContainerError):
        unpack(out.getvalue(), codec)


@CODECS
def test_every_truncation_is_refused(codec):
    """B2: what can be known is given first; where it ends is told."""
    whole = pack(TEXT, codec)
    for size in range(len(whole)):
        out, error = run_to_damage(whole[:size], codec)
        assert TEXT.startswith(out)
        assert (error.code, error.offset) == ("CONTAINER_TRUNCATED", size)


CODES = {"CONTAINER_BLOCK", "CONTAINER_CHECKSUM", "CONTAINER_TRUNCATED", "CONTAINER_LIMIT"}


def outcome(data: bytes, codec: packing.Packing) -> tuple[bytes, str | None]:
    try:
        return unpack(data, codec), None
    except ContainerError as error:
        return b"", error.code


@CODECS
def test_every_damaged_byte_is_refused_or_harmless(codec):
    """A flipped bit never gives other data without an error. (gzip's header has bytes that say nothing.)"""
    whole, harmless = pack(TEXT, codec), 0
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        out, code = outcome(bytes(damaged), codec)
        assert out == TEXT if code is None else code in CODES
        harmless += code is None
    assert harmless < 12


@CODECS
def test_a_wrong_checksum_is_said(codec):
    whole = bytearray(pack(TEXT, codec))
    whole[-5 if codec == "gzip" else -1] ^= 1
    _, error = run_to_damage(bytes(whole), codec)
    assert error.code == "CONTAINER_CHECKSUM"


@CODECS
def test_what_stands_behind_the_last_member(codec):
    """Zeros are padding, as for gzip's own tool; anything else is damage."""
    whole = pack(b"abc", codec)
    assert unpack(whole + bytes(1000), codec) == b"abc"
    out, error = run_to_damage(whole + b"xxxxxxxxxxxxxxxxxxxx", codec)
    assert (out, error.code) == (b"abc", "CONTAINER_BLOCK")
    assert error.offset >= len(whole)


def test_skippable_frames_are_passed_over():
    """zstd's frames that hold no data."""
    skippable = b"\x50\x2a\x4d\x18\x03\0\0\0xyz"
    assert unpack(pack(b"a", "zstd") + skippable + pack(b"b", "zstd"), "zstd") == b"ab"


@CODECS
def test_a_bomb_is_refused_at_bounded_cost(codec):
    """B35: 64 MiB of zeros, where 1 MiB and 256 for one are allowed."""
    limits = StreamLimits(free=1 << 20)
    out, error = run_to_damage(theirs(bytes(64 << 20), codec), codec, limits)
    assert error.code == "CONTAINER_LIMIT"
    assert len(out) <= 2 << 20 if codec == "zstd" else len(out) <= 32 << 20


@CODECS
def test_the_limit_passes_what_has_substance(codec):
    """Beyond `free` bytes a file may still unpack to `ratio` times its size."""
    data = os.urandom(5000)
    assert unpack(pack(data, codec), codec, StreamLimits(free=0, ratio=2)) == data
    assert refusal(lambda: unpack(pack(data, codec), codec, StreamLimits(free=0, ratio=0))).code == "CONTAINER_LIMIT"


def _seconds(codec, members):
    start = time.perf_counter()
    assert unpack(pack(b"", codec) * members + pack(b"x", codec), codec) == b"x"
    return time.perf_counter() - start


@CODECS
def test_thousands_of_empty_members_cost_linear_time(codec):
    """B36: 20,000 of them, and one at the end that has something; against a tenth of them, on any machine."""
    assert _seconds(codec, 20_000) < 40 * (min(_seconds(codec, 2000) for _ in range(3)) + 0.01)


@CODECS
def test_sniff_and_strip(codec):
    assert packing.sniff(pack(b"a", codec)) == codec
    extension = next(key for key, value in packing.EXTENSIONS.items() if value == codec)
    assert packing.strip(f"dir.x/a.ndjson{extension}") == ("dir.x/a.ndjson", codec)
    assert packing.strip(f"A.NDJSON{extension.upper()}") == ("A.NDJSON", codec)
    assert packing.look(f"a.avro{extension}", pack(b"a", codec)) == ("a.avro", codec)
    assert packing.look("a.avro", pack(b"a", codec)) == ("a.avro", codec)


@pytest.mark.parametrize("head", [b"", b"\x1f", b"Obj\x01", b'{"a":1}', b"\x1f\x8b\x07"])
def test_other_heads_are_no_compression(head):
    assert packing.sniff(head) is None
    assert packing.look("a.ndjson", head) == ("a.ndjson", None)
    assert refusal(lambda: packing.look("a.ndjson.gz", head)).code == "CONTAINER_MAGIC"


def test_containers_read_through_it():
    """A container's reader gets what is inside, and what stands before damage."""
    stream = packing.unpacked(io.BytesIO(pack(b"1\n2\n", "zstd") + pack(b"3\n", "zstd")), "zstd")
    assert messages(ndjson.reader(stream)) == [b"1", b"2", b"3"]
    reader = ndjson.reader(packing.unpacked(io.BytesIO(pack(b"1\n2\n3", "gzip")[:-1]), "gzip"))
    assert messages(iter([next(reader)])) == [b"1", b"2"]
    assert refusal(lambda: next(reader)).code == "CONTAINER_TRUNCATED"
    assert not reader.resync()
    whole = lone.reader(packing.unpacked(io.BytesIO(pack(b"1", "gzip")[:-1]), "gzip"))
    assert refusal(lambda: next(whole)).code == "CONTAINER_TRUNCATED"


def test_a_pipe_that_does_not_block_is_refused():
    class Empty(io.RawIOBase):
        def read(self, size=-1):
            return None

    with pytest.raises(BlockingIOError):
        packing.unpacked(Empty(), "gzip").read(1)


def test_no_codec_is_loaded_before_it_is_chosen():
    code = (
        "import sys; before = set(sys.modules); import translator.containers.packing as p; p.sniff(b'x');"
        "heavy = {'zlib', 'backports.zstd', 'compression'} & (set(sys.modules) - before); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_gzip_has_no_time_in_it():
    """Two runs make the same file."""
    assert pack(b"a", "gzip")[4:8] == bytes(4)
    assert zlib.decompress(pack(b"a", "gzip"), 31) == b"a"
