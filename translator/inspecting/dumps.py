"""Bytes that were written as text: hexadecimal digits, dumps of xxd and hexdump, base64."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

_SEPARATORS: Final = re.compile(r"[\s:,;_-]+|\\x")
_XXD: Final = re.compile(r"([0-9a-fA-F]{7,16}):\s+((?:[0-9a-fA-F]{2,64} ?)+)(?:\s.*)?")
_HEXDUMP: Final = re.compile(r"([0-9a-fA-F]{7,16})(?:\s+((?:[0-9a-fA-F]{2}\s{1,2})*[0-9a-fA-F]{2}))?\s*(?:\|.*\|)?")
_DIGITS: Final = re.compile(r"[0-9a-fA-F]*")
_PREFIXED: Final = re.compile(r"0[xX]([0-9a-fA-F]+)")


def from_hex(text: str) -> bytes:
    """The bytes of hexadecimal digits.

    White space, commas, colons, dashes, `0x` and `\\x` may stand between them; or it is a dump by `xxd` or
    `hexdump -C`, whose offsets must fit. ValueError: what is wrong, and where.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    dumped = _dumped(lines)
    return dumped if dumped is not None else _plain(text)


def _dumped(lines: list[str]) -> bytes | None:
    """What a dump shows; None: it is not a dump."""
    for pattern in (_XXD, _HEXDUMP):
        found = [pattern.fullmatch(line) for line in lines if line != "*"]
        if found and all(found) and (pattern is _XXD or len(found) > 1 or "|" in lines[0]):
            rows = [(int(each[1], 16), bytes.fromhex(each[2] or "")) for each in found if each]
            if "*" in lines:
                raise ValueError("a dump that leaves out repeated lines (*): hexdump -v shows all of them")
            return _joined(rows)
    return None


def _joined(rows: list[tuple[int, bytes]]) -> bytes | None:
    """The rows side by side, if each begins where the one before ends."""
    at = rows[0][0]
    for offset, data in rows:
        if offset != at:
            return None
        at += len(data)
    return b"".join(data for _, data in rows)


def _plain(text: str) -> bytes:
    out = bytearray()
    at = 0
    while at < len(text):
        gap = _SEPARATORS.match(text, at)
        if gap:
            at = gap.end()
            continue
        prefixed = _PREFIXED.match(text, at)
        digits = prefixed[1] if prefixed else _DIGITS.match(text, at)[0]  # type: ignore[index]
        if not digits:
            raise ValueError(f"{text[at]!r} at character {at} is not a hexadecimal digit")
        if prefixed and len(digits) == 1:
            digits = f"0{digits}"
        if len(digits) % 2:
            raise ValueError(f"{digits[-8:]!r} at character {at} is an odd number of digits")
        out += bytes.fromhex(digits)
        at = prefixed.end() if prefixed else at + len(digits)
    return bytes(out)


def from_base64(text: str) -> bytes:
    """The bytes of base64, also URL-safe or without its padding; white space may stand anywhere.

    ValueError: what is wrong.
    """
    digits = "".join(text.split()).rstrip("=")
    odd = re.search(r"[^A-Za-z0-9+/_-]", digits)
    if odd:
        raise ValueError(f"{odd[0]!r} is not of base64's alphabet")
    if re.search(r"[+/]", digits) and re.search(r"[_-]", digits):
        raise ValueError("both of base64's alphabets in one text")
    if len(digits) % 4 == 1:
        raise ValueError(f"{len(digits)} characters can't be base64: one is missing or too many")
    try:
        padded = digits + "=" * (-len(digits) % 4)
        return base64.b64decode(padded.translate(str.maketrans("-_", "+/")), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
