"""What numbers and texts in an Avro schema stand for, where a type that isn't JSON's has them as its default."""

from __future__ import annotations

import struct
import sys
from typing import Final

from schemas.model import MISSING

_MAX_FLOAT32: Final = float.fromhex("0x1.fffffep127")


def real(value: object, bits: int) -> object:
    """A number in range, never infinity (S3); an integer that the float isn't stays one, for a plan to refuse (S6)."""
    highest, form = (_MAX_FLOAT32, "<f") if bits == 32 else (sys.float_info.max, "<d")
    if isinstance(value, bool) or not isinstance(value, int | float) or not -highest <= value <= highest:
        return MISSING
    exact = struct.unpack(form, struct.pack(form, value))[0] == value or isinstance(value, float)
    return float(value) if exact else value


def octets(value: object, size: int | None) -> object:
    """Bytes from code points 0 to 255 (S8)."""
    if not isinstance(value, str) or any(char > "\xff" for char in value):
        return MISSING
    return value.encode("latin-1") if size is None or len(value) == size else MISSING
