"""Changes a good message a little, in ways that parsers get wrong."""

from __future__ import annotations

from random import Random

NUMBERS = (
    b"\x00", b"\x01", b"\x7f", b"\x80", b"\xff", b"\x80\x01", b"\xff\xff\xff\xff\x0f", b"\x80\x80\x80\x80\x10",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\x80" * 11,
    b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\xc6\xff\xff\xff\xff", b"\xdd\xff\xff\xff\xff",
)  # fmt: skip
"""Lengths, counts and heads at their edges, as each format spells them (B6, B20, B43, B58)."""

TOKENS = (
    b'"', b"\\", b"{", b"}", b"[", b"]", b":", b",", b"null", b"true", b"-", b"0", b".5", b"1e400", b"-0.0",
    b"1e-400", b"NaN", b'"NaN"', b"\\ud800", b"\\udc00", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf",
    b"9" * 40, b"[" * 200, b'{"":' * 200, b"\x0b" * 150, b"\x91" * 200, b"2026-02-30T25:00:00Z",
    b"0001-01-01T00:00:00Z",
)  # fmt: skip


def mutated(random: Random, seeds: tuple[bytes, ...]) -> bytes:
    """One of the seeds with a few changes."""
    message = bytearray(random.choice(seeds))
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        random.choice(CHANGES)(random, message, seeds)
    return bytes(message[: 1 << 16])


def _flip(random: Random, message: bytearray, seeds: tuple[bytes, ...]) -> None:
    if message:
        message[random.randrange(len(message))] ^= 1 << random.randrange(8)


def _byte(random: Random, message: bytearray, seeds: tuple[bytes, ...]) -> None:
    if message:
        message[random.randrange(len(message))] = random.randrange(256)


def _number(random: Random, message: bytearray, seeds: tuple[bytes, ...]) -> None:
    at = random.randrange(len(message) + 1)
    message[at : at + random.randrange(3)] = random.choice(NUMBERS)


def _token(random: Random, message: bytearray, seeds: tuple[bytes, ...]) -> None:
    at = random.randrange(len(message) + 1)
    message[at : at + random.randrange(6)] = random.choice(TOKENS)


def _cut(random: Random, message: bytearray, seeds: tuple[bytes, ...]) -> None:
    del message[random.randrange(len(message) + 1) :]


def _drop(random: Random, message: bytearray, seeds: tuple[bytes, ...]) -> None:
    at = random.randrange(len(message) + 1)
    del message[at : at + random.randrange(1, 20)]


def _repeat(random: Random, message: bytearray, seeds: tuple[bytes, ...]) -> None:
    at = random.randrange(len(message) + 1)
    message[at:at] = message[at : at + random.randrange(1, 40)] * random.choice((1, 1, 2, 50))


def _splice(random: Random, message: bytearray, seeds: tuple[bytes, ...]) -> None:
    other = random.choice(seeds)
    begin = random.randrange(len(other) + 1)
    at = random.randrange(len(message) + 1)
    message[at:] = other[begin:]


CHANGES = (_flip, _byte, _number, _token, _cut, _drop, _repeat, _splice)
