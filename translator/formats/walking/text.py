"""Values as text for one who debugs: exact, on one line, and harmless to a terminal."""

from __future__ import annotations

import json
import struct
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

NANOSECONDS: Final = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS: Final = 40
"""Digits of a number that may be whole and of 64 bits."""
_FIRST, _LAST = -62_135_596_800, 253_402_300_799


def harmless(text: str) -> str:
    """The text with escapes for what doesn't print: control characters, direction marks, lone surrogates."""
    return text if text.isprintable() else "".join(each if each.isprintable() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return json.dumps(character)[1:-1]


def quoted(text: str, cut: int | None) -> str:
    """In quotes, with escapes; of a longer one the first `cut` characters and `…`."""
    whole = cut is None or len(text) <= cut
    return harmless(json.dumps(text if whole else text[:cut], ensure_ascii=False)) + ("" if whole else "…")


def text_or_bytes(data: bytes, cut: int | None) -> tuple[str, str]:
    """What should be UTF-8, in quotes, and a note where it isn't."""
    try:
        return quoted(data.decode(), cut), ""
    except UnicodeDecodeError:
        return quoted(data.decode("utf-8", "surrogateescape"), cut), "not UTF-8"


def hexed(data: bytes, cut: int | None) -> str:
    """Two digits a byte, without spaces; of more the first `cut` bytes and `…`."""
    whole = cut is None or len(data) <= cut
    return data.hex() if whole else f"{data[:cut].hex()}…"


def float32(data: bytes) -> str:
    """Four bytes, little-endian, in the fewest digits that read back as the same float32 (S5)."""
    value = struct.unpack("<f", data)[0]
    if value != value or value - value != 0:
        return float64(value)
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if _packs_to(float(text), data):
            return repr(float(text))
    return repr(value)


def _packs_to(value: float, data: bytes) -> bool:
    try:
        return struct.pack("<f", value) == data
    except OverflowError:
        return False


def float64(value: float) -> str:
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(repr(value), repr(value))


def timestamp(count: int, unit: str, *, local: bool = False) -> str:
    """RFC 3339 (S23); "" outside of the years 1 to 9999."""
    return instant(*divmod(count * NANOSECONDS[unit], NANOSECONDS["s"]), local=local)


def instant(seconds: int, nanos: int, *, local: bool = False) -> str:
    """The same of seconds since 1970 and nanoseconds."""
    if not (_FIRST <= seconds <= _LAST and 0 <= nanos < NANOSECONDS["s"]):
        return ""
    moment = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)
    return f"{moment.isoformat()}{fraction(nanos)}{'' if local else 'Z'}"


def fraction(nanos: int) -> str:
    """0, 3, 6 or 9 digits after a point."""
    digits = f"{nanos:09}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f".{digits}" if digits else ""


def date(days: int) -> str:
    """ "" outside of the years 1 to 9999."""
    return timestamp(days * 86_400, "s", local=True).partition("T")[0]


def time_of_day(count: int, unit: str) -> str:
    """ "" where it is not a time of day."""
    seconds, nanos = divmod(count * NANOSECONDS[unit], NANOSECONDS["s"])
    return instant(seconds, nanos, local=True).partition("T")[2] if 0 <= seconds < 86_400 else ""


def decimal(data: bytes, scale: int) -> str:
    """Big-endian two's complement at a scale (S26); "" where it is not one, or is too long to be looked at."""
    if not 0 < len(data) <= 512 or abs(scale) > 1000:
        return ""
    unscaled = int.from_bytes(data, "big", signed=True)
    if scale <= 0:
        return str(unscaled * 10**-scale)
    digits = f"{abs(unscaled):0{scale + 1}}"
    return f"{'-' if unscaled < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"


def whole(digits: str) -> int | None:
    """The whole number that decimal text is, however it is written (S2); None: it is not whole, or very long."""
    if len(digits) > _DIGITS:
        return None
    number = Decimal(digits)
    return int(number) if abs(number.adjusted()) < _DIGITS and number == number.to_integral_value() else None


def uuid(data: bytes) -> str:
    """Of 16 bytes."""
    digits = data.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def counted(count: int, name: str) -> str:
    """`1 item`, `2,000 items`."""
    plural = f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
    return f"{count:,} {name if count == 1 else plural}"
