"""What the tests of containers share: streams that give little at a time, and readers run to their end."""

from __future__ import annotations

import io
from array import array
from itertools import accumulate, cycle
from pathlib import Path

import pytest

from native.errors import ContainerError
from translator.containers.base import Block, Reader

DATA = Path(__file__).parents[4] / "shared" / "data" / "avro" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no shared/data")


class Trickle(io.RawIOBase):
    """A pipe: gives 1 to `sizes` bytes at a time, never looks back."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data = data
        self._at = 0
        self._sizes = cycle(sizes)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        assert size > 0
        start, self._at = self._at, self._at + min(next(self._sizes), size)
        return self._data[start : self._at]


class Sip(io.BytesIO):
    """A raw stream that takes three bytes at a time."""

    def write(self, data) -> int:
        return super().write(bytes(data[:3]))


def parts(block: Block) -> list[bytes]:
    """The messages of a split block."""
    assert block.begin is not None
    assert block.end is not None
    assert len(block.begin) == len(block.end) == block.count
    return [bytes(block.data[a:b]) for a, b in zip(block.begin, block.end, strict=True)]


def messages(reader: Reader) -> list[bytes]:
    """Every message of a reader of split blocks."""
    return [each for block in reader for each in parts(block)]


def refusal(act) -> ContainerError:
    """The error that `act` ends in."""
    with pytest.raises(ContainerError) as caught:
        act()
    return caught.value


def batch(items: list[bytes]) -> tuple[bytes, array, int]:
    """Messages as the C core gives them."""
    return b"".join(items), array("q", accumulate(map(len, items))), len(items)
