"""Avro object container files: read and written in every codec."""

from __future__ import annotations

import io
import json

import fastavro
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tests.translator.containers.avrofiles import (
    FAST_CODECS,
    LONGS,
    SCHEMA,
    block,
    entry,
    head_for,
    header,
    record,
    runs,
    written,
)
from tests.translator.containers.support import DATA, Sip, batch, needs_data, refusal
from translator import varints
from translator.containers import avro, compression
from translator.containers.base import Block, WriterOptions, kept


def rows(schema: str, block: Block) -> list[object]:
    """A block's messages, which must fill it."""
    body = io.BytesIO(block.data)
    found = [fastavro.schemaless_reader(body, json.loads(schema), None) for _ in range(block.count or 0)]
    assert not body.read(1)
    return found


@pytest.mark.parametrize("codec", compression.CODECS)
@pytest.mark.parametrize("size", [0, 1, 2000])
def test_what_is_written_is_read(codec, size):
    """In every codec, and an empty file too, byte by byte too."""
    items = [record(n) for n in range(size)]
    data = written(items, codec, block_bytes=5000)
    for sizes in (None, [1], [7, 1, 300]):
        found = runs(data, sizes=sizes)
        assert sum(count for count, _ in found) == size
        assert b"".join(data for _, data in found) == b"".join(items)


@pytest.mark.parametrize("codec", FAST_CODECS)
def test_fastavro_reads_what_we_write(codec):
    out = io.BytesIO(written([record(n) for n in range(3000)], codec, block_bytes=4096))
    assert [each["n"] for each in fastavro.reader(out)] == list(range(3000))


@pytest.mark.parametrize("codec", FAST_CODECS)
def test_we_read_what_fastavro_writes(codec):
    """Its deflate blocks end with three of the four bytes of an Adler-32, which the format has no place for."""
    out = io.BytesIO()
    rows = [{"n": n, "s": f"record {n}" * 3} for n in range(3000)]
    fastavro.writer(out, LONGS, rows, codec=codec, sync_interval=4000, metadata={"who": "me"})
    out.seek(0)
    reader = avro.reader(out)
    assert reader.metadata["who"] == b"me"
    assert json.loads(reader.schema)["name"].endswith("R")
    found = list(reader)
    assert len(found) > 10
    assert sum(each.count for each in found) == 3000
    assert b"".join(each.data for each in found) == b"".join(record(n) for n in range(3000))


def test_zstandard_is_what_another_library_means_by_it():
    """A frame that doesn't say its length, with a checksum, many times longer than its compressed bytes."""
    plain = b"abcdefgh" * 1_000_000
    packer = zstandard.ZstdCompressor(write_checksum=True, write_content_size=False)
    assert runs(head_for("zstandard") + block(1, packer.compress(plain))) == [(1, plain)]
    ours = bytes(compression.compressor("zstandard")(plain))
    assert zstandard.ZstdDecompressor().decompressobj().decompress(ours) == plain


@needs_data
@pytest.mark.parametrize("name", ["weather", "weather-deflate", "weather-snappy", "weather-zstd", "weather-sorted"])
def test_apache_s_weather(name):
    """The published files hold the five records of weather.json in every codec."""
    with (DATA / f"{name}.avro").open("rb") as stream:
        reader = avro.reader(stream)
        found = list(reader)
    assert sum(each.count for each in found) == 5
    out = io.BytesIO()
    schema = json.loads(reader.schema)
    for each in found:
        body = io.BytesIO(each.data)
        out.write(
            b"".join(
                json.dumps(fastavro.schemaless_reader(body, schema, None)).encode() + b"\n" for _ in range(each.count)
            )
        )
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    truth = [json.loads(line) for line in (DATA / "weather.json").read_text().splitlines()]
    assert sorted(rows, key=str) == sorted(truth, key=str)


@needs_data
def test_apache_s_sync_marker_in_metadata():
    """A marker that stands in the metadata too misleads nobody."""
    with (DATA / "syncInMeta.avro").open("rb") as stream:
        reader = avro.reader(stream)
        found = list(reader)
    assert reader.metadata["avro.sync"] in (DATA / "syncInMeta.avro").read_bytes()[-16:]
    assert sum(len(rows(reader.schema, each)) for each in found) == sum(each.count for each in found) > 0


@needs_data
@pytest.mark.parametrize("name", ["simple", "withUnion"])
def test_apache_s_small_files(name):
    data = (DATA / "schemas" / name / "data.avro").read_bytes()
    assert sum(count for count, _ in runs(data)) == sum(1 for _ in fastavro.reader(io.BytesIO(data)))


@needs_data
def test_a_file_of_avro_1_2_is_none():
    assert refusal(lambda: runs((DATA / "test.avro12").read_bytes())).code == "CONTAINER_MAGIC"


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=60),
    st.sampled_from(compression.CODECS),
    st.lists(st.integers(1, 50), min_size=1, max_size=5),
    st.integers(1, 60),
    st.integers(1, 9),
    st.integers(1, 60),
)
def test_round_trips(items, codec, sizes, block_bytes, block_messages, batch_size):
    """However blocks and batches are cut, and however little the pipe gives at a time."""
    out = Sip()
    options = WriterOptions(codec=codec, block_bytes=block_bytes, block_messages=block_messages)
    with avro.writer(out, metadata={avro.SCHEMA: SCHEMA}, options=options) as writer:
        for at in range(0, len(items), batch_size):
            writer.write(*batch(items[at : at + batch_size]))
    found = runs(out.getvalue(), sizes=sizes)
    assert b"".join(data for _, data in found) == b"".join(items)
    assert sum(count for count, _ in found) == len(items)
    assert all(0 < count <= block_messages for count, _ in found)


def test_blocks_are_cut_between_messages():
    """At the message that fills the block, by bytes or by number; one that is larger has a block of its own."""
    items = [b"x" * size for size in (3, 3, 3, 3, 50, 1, 1, 1)]
    assert runs(written(items, block_bytes=6)) == [
        (2, b"x" * 6), (2, b"x" * 6), (1, b"x" * 50), (3, b"xxx"),
    ]  # fmt: skip
    assert [count for count, _ in runs(written(items, block_messages=3))] == [3, 3, 2]


def test_messages_of_no_bytes_are_counted():
    assert runs(written([b"", b"", b""], block_messages=2)) == [(2, b""), (1, b"")]


def test_a_flush_ends_the_block():
    out = io.BytesIO()
    writer = avro.writer(out, metadata={avro.SCHEMA: SCHEMA})
    writer.write(b"ab", [1, 2, 99], 2)
    assert runs(out.getvalue()) == []
    writer.flush()
    assert runs(out.getvalue()) == [(2, b"ab")]
    writer.close()
    writer.close()
    assert not out.closed


def test_an_exception_leaves_what_is_pending_unwritten():
    out = io.BytesIO()

    def act() -> None:
        with avro.writer(out, metadata={avro.SCHEMA: SCHEMA}) as writer:
            writer.write(b"ab", [1, 2], 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        act()
    assert runs(out.getvalue()) == []


def test_sync_markers_are_random():
    files = {written([b"x"], sync=None)[-16:] for _ in range(5)}
    assert len(files) == 5


def test_metadata_goes_along_and_the_codec_is_the_option_s():
    out = io.BytesIO()
    metadata = {avro.SCHEMA: b'"long"', avro.CODEC: b"lies", "mine": b"\xff\0"}
    avro.writer(out, metadata=metadata, options=WriterOptions(codec="snappy")).close()
    reader = avro.reader(io.BytesIO(out.getvalue()))
    assert reader.metadata == {avro.SCHEMA: b'"long"', avro.CODEC: b"snappy", "mine": b"\xff\0"}
    assert reader.schema == '"long"'


def test_a_writer_needs_a_schema_and_a_codec():
    """Nothing is written before that is known."""
    out = io.BytesIO()
    assert refusal(lambda: avro.writer(out)).code == "CONTAINER_SCHEMA"
    options = WriterOptions(codec="lz4")
    assert refusal(lambda: avro.writer(out, metadata={avro.SCHEMA: b"1"}, options=options)).code == "CONTAINER_CODEC"
    assert out.getvalue() == b""


def test_kept_takes_refused_messages_out():
    assert list(kept([1, 1, 5, 9, 77], 4, [1])) == [1, 5, 9]


def test_s30_metadata_in_several_blocks_with_and_without_sizes():
    """S30: a negative count is followed by a size; S30 refused: a size that lies."""
    first, second = entry(b"avro.schema", b'"null"'), entry(b"k", b"v")
    sized = varints.encode_long(-1) + varints.encode_long(len(first)) + first
    reader = avro.reader(io.BytesIO(header(sized + b"\x02" + second + b"\0")))
    assert reader.metadata == {"avro.schema": b'"null"', "k": b"v"}
    lying = varints.encode_long(-1) + varints.encode_long(len(first) + 1) + first
    error = refusal(lambda: runs(header(lying + b"\x02" + second + b"\0")))
    assert (error.code, error.offset) == ("CONTAINER_HEADER", 4)


def test_a_block_s_offset_is_the_file_s():
    data = written([b"abc", b"def"], block_messages=1)
    offsets = [each.offset for each in avro.reader(io.BytesIO(data))]
    start = len(written([]))
    assert offsets == [start, start + 1 + 1 + 3 + 16]
