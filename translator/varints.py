"""Variable-length integers: seven bits a byte, the lowest first, up to 64 bits in 10 bytes (B20, B21)."""

from __future__ import annotations

LONGEST = 10


def decode(data: bytes | bytearray | memoryview, at: int) -> tuple[int, int] | None:
    """The value at `at` and where it ends; None where data ends before. ValueError over 64 bits."""
    value = 0
    for index, byte in enumerate(data[at : at + LONGEST]):
        value |= (byte & 0x7F) << (7 * index)
        if value >> 64:
            raise ValueError("over 64 bits")
        if byte < 0x80:
            return value, at + index + 1
    if len(data) - at >= LONGEST:
        raise ValueError("over 10 bytes")
    return None


def encode(value: int) -> bytes:
    """A value of 0 to 2⁶⁴−1."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value: int) -> int:
    """A signed value as an unsigned one."""
    return value << 1 if value >= 0 else (-value << 1) - 1


def unzigzag(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def encode_long(value: int) -> bytes:
    """Avro's long."""
    return encode(zigzag(value))
