"""Bytes that were written as text are read however they were written, or refused with the place."""

from __future__ import annotations

import base64
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translator.inspecting.dumps import from_base64, from_hex

DATA = bytes(range(40)) + b"foo |bar| 12:34\n"


@pytest.mark.parametrize(
    "text",
    ["0a03666f6f", "0A 03 66 6F 6F", "0x0a 0x03 0x66 0x6f 0x6f", "0xa, 0x3, 0x66, 0x6f, 0x6f", "0x0a03666f6f",
     "0a:03:66:6f:6f", r"\x0a\x03\x66\x6f\x6f", "0a03\n666f\n6f\n", "0a-03-66-6f-6f", "  0a 03 666f6f  "],
)  # fmt: skip
def test_hexadecimal(text: str) -> None:
    assert from_hex(text) == b"\x0a\x03foo"


@pytest.mark.parametrize("command", [["xxd"], ["xxd", "-g1"], ["xxd", "-g4"], ["hexdump", "-Cv"], ["xxd", "-p"]])
@pytest.mark.parametrize("size", [1, 15, 16, 17, len(DATA)])
def test_dumps(command: list[str], size: int) -> None:
    """What the usual tools print; the text next to each line is not bytes."""
    if shutil.which(command[0]) is None:
        text = written(command, DATA[:size])
    else:
        text = subprocess.run(command, input=DATA[:size], capture_output=True, check=True).stdout.decode()
    assert from_hex(text) == DATA[:size]


def written(command: list[str], data: bytes) -> str:
    """The same as these tools print it, where they aren't installed."""
    if command[-1] == "-p":
        return "\n".join(data[i : i + 30].hex() for i in range(0, len(data), 30))
    group = {"xxd": 2, "-g1": 1, "-g4": 4, "-Cv": 1}[command[-1]]
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        text = "".join(chr(each) if 0x20 <= each < 0x7F else "." for each in row)
        if command[0] == "hexdump":
            halves = "  ".join(part.hex(" ") for part in (row[:8], row[8:]) if part)
            lines.append(f"{at:08x}  {halves:<48}  |{text}|")
        else:
            parts = " ".join(row[i : i + group].hex() for i in range(0, len(row), group))
            width = 32 + (16 + group - 1) // group - 1
            lines.append(f"{at:08x}: {parts:<{width}}  {text}")
    return "\n".join([*lines, f"{len(data):08x}"] if command[0] == "hexdump" else lines)


def test_a_dump_from_the_middle() -> None:
    """Offsets need not begin at 0, but must go on."""
    assert from_hex("00000010: 0102 03  ...\n00000013: 04  .") == b"\1\2\3\4"
    with pytest.raises(ValueError, match=r"odd|hexadecimal"):
        from_hex("00000010: 0102 03  ...\n00000020: 04  .")


def test_a_dump_with_lines_left_out() -> None:
    """What isn't there isn't made up."""
    with pytest.raises(ValueError, match="hexdump -v"):
        from_hex("00000000  00 00 |..|\n*\n00000010")


@pytest.mark.parametrize(("text", "place"), [("0a 0", "character 3"), ("0a zz", "character 3"), ("0x 1", "character")])
def test_not_hexadecimal(text: str, place: str) -> None:
    with pytest.raises(ValueError, match=place):
        from_hex(text)


@given(st.binary(max_size=40), st.booleans(), st.booleans())
def test_base64(data: bytes, safe: bool, padded: bool) -> None:
    """Both alphabets, with padding or without (S8)."""
    text = (base64.urlsafe_b64encode(data) if safe else base64.b64encode(data)).decode()
    assert from_base64(text if padded else text.rstrip("=")) == data
    assert from_base64("\n".join(text)) == data


@pytest.mark.parametrize(("text", "why"), [("a", "can't be base64"), ("a$bc", "alphabet"), ("+_==", "both")])
def test_not_base64(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        from_base64(text)
