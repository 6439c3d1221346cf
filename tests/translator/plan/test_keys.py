"""B19: the tables that a plan's names are found in stay sparse, whatever a schema calls its symbols and members."""

from __future__ import annotations

import os
from itertools import count

import pytest

from native import binding
from native.binding import C
from translator.plan.image import Image


def steps_to_find(texts: list[bytes]) -> list[int]:
    """How many places are looked at before each text's own."""
    image = Image()
    table, mask = image.key_table([(text, i) for i, text in enumerate(texts)])
    entries = image.words32[table : table + mask + 1]
    return [(at - image.keys[entry - 1].hash) & mask for at, entry in enumerate(entries) if entry]


@pytest.mark.parametrize(
    "name", ["s{:d}", "prefix__{:05d}_suffix_", "same start and same end {:08d} same start and same end", "{:04d}"]
)
def test_b19_names_that_are_alike(name: str) -> None:
    """B19: 10,000 names are found as quickly wherever they differ."""
    steps = steps_to_find([name.format(i).encode() for i in range(10_000)])
    assert len(steps) == 10_000
    assert sum(steps) < 10_000
    assert max(steps) < 100


def test_b19_names_made_to_collide() -> None:
    """B19: names that all stand in one place under some seed are spread under the seed that they have together."""
    seed = os.urandom(4 * C.H9_SEED_WORDS)
    candidates = (b"n%d" % i for i in count())
    made = [
        text for text in (next(candidates) for _ in range(400_000)) if not binding.key_hashes(seed, [text])[0] & 1023
    ]
    assert len(made) > 300
    assert max(steps_to_find(made)) < 30


def test_b19_each_byte_counts() -> None:
    """B19: a hash looks at all bytes of a name, and at its length."""
    seed = bytes(range(4 * C.H9_SEED_WORDS))
    for size in range(1, 50):
        text = bytes(size)
        others = [text[:i] + b"\1" + text[i + 1 :] for i in range(size)] + [bytes(size - 1)]
        hashes = binding.key_hashes(seed, [text, *others])
        assert len(set(hashes)) == len(hashes)
