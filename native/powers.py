"""Writes native/src/values/powers.h: the powers of ten that float.c multiplies by, to 128 bits.

Entry k is ceil(10^k * 2^(127 - floor(log2 10^k))), so the top bit is always set. Printing takes it as it is
(Giulietti, "The Schubfach way to render doubles", section 9: g rounded up, exact powers exact); parsing wants the
floor outside the range where a power of five fits 64 or 128 bits (Lemire, "Number Parsing at a Gigabyte per Second",
section 5), and gets it by taking one from the low word. `check` proves that this never borrows.

Run as `python native/powers.py > native/src/values/powers.h`, or call write(path).
"""

import sys
from pathlib import Path

FIRST = -342  # below this the largest mantissa of 19 digits rounds to zero as float64
LAST = 324  # what printing the smallest subnormal float64 multiplies by
EXACT_PARSE = range(-27, 56)  # where float.c takes the entry without subtracting one


def power(k: int) -> int:
    """10^k normalised to 128 bits, rounded up."""
    value: int = 10 ** abs(k)
    if k >= 0:
        shift = 127 - (value.bit_length() - 1)
        return value << shift if shift >= 0 else -(-value >> -shift)
    return -(-(1 << (127 + value.bit_length())) // value)


def check(k: int, entry: int) -> None:
    """The entry is normalised, and one less stays in the low word where parsing subtracts."""
    if entry.bit_length() != 128:
        raise ValueError(f"10^{k} is not normalised")
    if k not in EXACT_PARSE and entry & (2**64 - 1) == 0:
        raise ValueError(f"10^{k} would borrow")


def render() -> str:
    """The header as text."""
    lines = [
        "/* Written by native/powers.py: 10^k to 128 bits, rounded up, {high, low}. Not edited by hand. */",
        f"#define H9_POWER_FIRST ({FIRST})",
        f"#define H9_POWER_LAST {LAST}",
        f"static const uint64_t h9_powers[{LAST - FIRST + 1}][2] = {{",
    ]
    for k in range(FIRST, LAST + 1):
        entry = power(k)
        check(k, entry)
        lines.append(f"    {{UINT64_C(0x{entry >> 64:016x}), UINT64_C(0x{entry & (2**64 - 1):016x})}}, /* 1e{k} */")
    return "\n".join([*lines, "};", ""])


def write(path: Path) -> None:
    """Writes the header to path, only where it differs (so that make does not rebuild)."""
    text = render()
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


if __name__ == "__main__":
    sys.stdout.write(render())
