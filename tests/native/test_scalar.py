"""The scalar files of the C core against Python's own answers: floats, integers, decimals, times, text, hashes."""

import base64
import binascii
import ctypes
import decimal
import hashlib
import math
import os
import runpy
import struct
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties import examples

NATIVE = Path(__file__).parents[2] / "native"
SOURCE = NATIVE / "src"
SCALAR_FILES = ("utf8", "number", "float", "decimal", "time", "base64", "uuid", "hash")
MAX_PRECISION = 1000
EXACT = decimal.Context(prec=2500, Emax=10**6, Emin=-(10**6), traps=[decimal.Inexact])
# By path: the package itself would want the compiled extension, which these tests do not need.
POWERS = runpy.run_path(str(NATIVE / "powers.py"))
quick = examples(300)


class Number(ctypes.Structure):
    """h9_number."""

    _fields_ = (
        ("text", ctypes.c_void_p),
        ("length", ctypes.c_uint32),
        ("negative", ctypes.c_bool),
        ("integral", ctypes.c_bool),
        ("exact", ctypes.c_bool),
        ("mantissa", ctypes.c_uint64),
        ("exponent", ctypes.c_int64),
    )


class Core:
    """The compiled scalar functions, one Python method for each shape of them."""

    def __init__(self, path: Path) -> None:
        self.lib = ctypes.CDLL(str(path))
        self.lib.h9_number_scan.restype = ctypes.c_void_p
        self.lib.h9_siphash.restype = ctypes.c_uint64

    def prints(self, name: str, *arguments: Any, room: int = 2048) -> bytes | None:
        """What a printer (or parser to bytes) wrote; None: it returned NULL."""
        out = ctypes.create_string_buffer(room)
        function = self.lib[name]
        function.restype = ctypes.c_void_p
        end = function(out, *arguments)
        return None if end is None else out.raw[: end - ctypes.addressof(out)]

    def says(self, name: str, *arguments: Any) -> bool:
        function = self.lib[name]
        function.restype = ctypes.c_bool
        return bool(function(*arguments))

    def size(self, name: str, *arguments: Any) -> int:
        function = self.lib[name]
        function.restype = ctypes.c_size_t
        return int(function(*arguments))

    def number(self, name: str, text: str, kind: Any) -> tuple[int, Any]:
        """What h9_number_<name> returns for the whole text, and its result."""
        data, number, out = ctypes.create_string_buffer(text.encode(), len(text)), Number(), kind()
        end = ctypes.addressof(data) + len(data)
        assert self.lib.h9_number_scan(data, ctypes.c_void_p(end), ctypes.byref(number)) == end, text
        function = self.lib[f"h9_number_{name}"]
        function.restype = ctypes.c_bool if name[0] == "f" else ctypes.c_int
        return function(ctypes.byref(number), ctypes.byref(out)), out.value

    def f64(self, text: str) -> float | None:
        ok, value = self.number("f64", text, ctypes.c_double)
        return value if ok else None

    def f32(self, text: str) -> float | None:
        ok, value = self.number("f32", text, ctypes.c_float)
        return value if ok else None

    def print_f64(self, value: float, point: bool = True) -> str:
        return (self.prints("h9_print_f64", ctypes.c_double(value), point) or b"").decode()

    def print_f32(self, value: float) -> str:
        return (self.prints("h9_print_f32", ctypes.c_float(value), True) or b"").decode()


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Core:
    folder = tmp_path_factory.mktemp("scalar")
    (folder / "values").mkdir()
    POWERS["write"](folder / "values/powers.h")
    library = folder / "scalar.so"
    files = [str(SOURCE / f"values/{name}.c") for name in SCALAR_FILES]
    options = ["-std=c11", "-shared", "-fPIC", "-O2", f"-I{folder}", f"-I{SOURCE}"]
    subprocess.run(["gcc", *options, *files, "-o", str(library)], check=True)
    return Core(library)


# --- floats ---


def f64_of(bits: int) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", bits))[0])


def f32_of(bits: int) -> float:
    return float(struct.unpack("<f", struct.pack("<I", bits))[0])


def layout(shortest: str) -> str:
    """Python's digits in our layout: plain from 1e-5 to below 1e16, else d.ddde-7."""
    sign, digits, exponent = Decimal(shortest).as_tuple()
    text = "".join(map(str, digits)).rstrip("0") or "0"
    assert isinstance(exponent, int)
    point = len(digits) + exponent
    if text == "0":
        out = "0.0"
    elif 0 < point <= 16:
        out = text.ljust(point, "0")[:point] + "." + (text[point:] or "0")
    elif -5 < point <= 0:
        out = "0." + "0" * -point + text
    else:
        out = text[0] + ("." + (text[1:] or "0" * (point > 0))).rstrip(".") + f"e{point - 1}"
    return "-" * sign + out


def nearest_f32(value: Fraction) -> float | None:
    """The nearest float32, ties to even, from exact arithmetic; None: over the largest."""
    if value == 0:
        return 0.0
    size = abs(value)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    exponent -= Fraction(2) ** exponent > size
    unit = Fraction(2) ** (max(exponent, -126) - 23)
    rounded = round(size / unit) * unit
    return None if rounded >= 2**128 else math.copysign(float(rounded), value)


def is_f32(text: str, value: float) -> bool:
    return nearest_f32(Fraction(text)) == value


HARD_F64 = (5e-324, 1.5e-323, 1.7976931348623157e308, 2.2250738585072014e-308, 2.225073858507201e-308, 0.1, 0.3, 4.35)
HARD_BY_SIZE = (9007199254740992.0, 9007199254740993.0, 2e23, 1e23, 9.5367431640625e-07, 1e15, 1e16, 1e-5, 9.999e-6)


@quick
@given(bits=st.integers(0, 2**64 - 1) | st.floats(width=64).map(lambda x: struct.unpack("<Q", struct.pack("<d", x))[0]))
def test_f64_prints_as_repr_and_reads_back(core: Core, bits: int) -> None:
    """S5: any float64 prints Python's shortest digits and reads back as itself, bit for bit."""
    value = f64_of(bits)
    if math.isfinite(value):
        check_f64(core, value)


def check_f64(core: Core, value: float) -> None:
    text = core.print_f64(value)
    assert text == layout(repr(value))
    assert core.print_f64(value, point=False) == text.removesuffix(".0").replace(".0e", "e")
    back = core.f64(text)
    assert back is not None
    assert struct.pack("<d", back) == struct.pack("<d", value)


def test_hard_f64(core: Core) -> None:
    """Ends of the range, ends of binades, and every power of two and ten."""
    for value in (
        *HARD_F64,
        *HARD_BY_SIZE,
        *(2.0**e for e in range(-1074, 1024)),
        *(float(f"1e{e}") for e in range(-323, 309)),
    ):
        for near in (value, math.nextafter(value, 0), -math.nextafter(value, math.inf)):
            if math.isfinite(near):
                check_f64(core, near)


def check_f32(core: Core, value: float) -> None:
    text = core.print_f32(value)
    assert is_f32(text, value)
    back = core.f32(text)
    assert back is not None
    assert struct.pack("<f", back) == struct.pack("<f", value)
    assert layout(text) == text
    shortest = next(s for n in range(9) if is_f32(s := f"{value:.{n}e}", value))
    ours, theirs = Decimal(text).normalize().as_tuple().digits, Decimal(shortest).normalize().as_tuple().digits
    assert len(ours) < len(theirs) or Decimal(text) == Decimal(shortest)


@quick
@given(bits=st.integers(0, 2**32 - 1))
def test_f32_prints_shortest_and_reads_back(core: Core, bits: int) -> None:
    """S5: any float32 prints the shortest, nearest digits that read back as itself."""
    value = f32_of(bits)
    if math.isfinite(value):
        check_f32(core, value)


def test_hard_f32(core: Core) -> None:
    """Every power of two, and its neighbours."""
    for exponent in range(255):
        for bits in (exponent << 23, (exponent << 23) + 1, (exponent << 23) + 0x7FFFFF):
            check_f32(core, f32_of(bits))


@quick
@given(
    digits=st.integers(0, 10**40) | st.integers(0, 2**64) | st.integers(0, 10**800),
    exponent=st.integers(-400, 320),
    cut=st.integers(0, 30),
)
def test_reads_any_decimal(core: Core, digits: int, exponent: int, cut: int) -> None:
    """Any digits with any exponent read as the nearest float64 and float32; over the largest is refused (S3)."""
    whole, fraction = str(digits)[:cut] or "0", str(digits)[cut:]
    text = f"-{whole}{'.' * bool(fraction)}{fraction}e{exponent}" if whole[0] != "0" else f"{digits}E{exponent:+}"
    want = float(text)
    assert core.f64(text) == (want if math.isfinite(want) else None)
    assert core.f32(text) == nearest_f32(Fraction(text))


@quick
@given(share=st.fractions(0, 1), extra=st.integers(0, 30))
@example(share=Fraction(0), extra=0)
@example(share=Fraction(1), extra=0)
@pytest.mark.parametrize(("name", "of", "last"), [("f64", f64_of, 0x7FEFFFFFFFFFFFFE), ("f32", f32_of, 0x7F7FFFFE)])
def test_halfway(core: Core, name: str, of: Callable[[int], float], last: int, share: Fraction, extra: int) -> None:
    """A point halfway between two floats (up to 767 digits) goes to even, and a last digit breaks the tie."""
    bits = int(share * last)
    read, low, high = getattr(core, name), of(bits), of(bits + 1)
    _, digits, exponent = EXACT.divide(EXACT.add(Decimal(low), Decimal(high)), Decimal(2)).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    assert read(f"{text}e{exponent}") == (high if bits & 1 else low)
    assert read(f"{text}{'0' * extra}1e{exponent - extra - 1}") == high
    assert read(f"{int(text) * 10 - 1}{'9' * extra}e{exponent - extra - 1}") == low


# --- integers ---

INTEGERS = (("i64", ctypes.c_int64, -(2**63), 2**63), ("u64", ctypes.c_uint64, 0, 2**64))


@quick
@given(value=st.integers(-(2**65), 2**65), zeros=st.integers(0, 30), shift=st.integers(-25, 25))
def test_integers(core: Core, value: int, zeros: int, shift: int) -> None:
    """S2, S3: an integer in any spelling is read exactly, or refused as no integer or out of range."""
    text = f"{value}.{'0' * zeros}0e{shift}"
    exact = Fraction(value) * Fraction(10) ** shift
    for name, kind, low, high in INTEGERS:
        status, got = core.number(name, text, kind)
        if exact.denominator != 1:
            assert status == 1
        else:
            assert status == (0 if low <= exact < high else 2)
            assert status or got == exact


@quick
@given(value=st.integers(-(2**63), 2**64 - 1))
def test_prints_integers(core: Core, value: int) -> None:
    """64-bit integers print as str does."""
    if value < 2**63:
        assert core.prints("h9_print_i64", ctypes.c_int64(value)) == str(value).encode()
    if value >= 0:
        assert core.prints("h9_print_u64", ctypes.c_uint64(value)) == str(value).encode()


# --- decimals ---


def twos_complement(value: int) -> bytes:
    return value.to_bytes((value if value >= 0 else ~value).bit_length() // 8 + 1, "big", signed=True)


def digit_count(value: int) -> int:
    return len(str(abs(value))) if value else 0


@quick
@given(
    value=st.integers(-(10**40), 10**40) | st.integers(-(10**1005), 10**1005) | st.integers(-300, 300),
    scale=st.integers(0, 1000) | st.integers(0, 9),
    precision=st.integers(1, 1100),
    padding=st.integers(0, 20),
)
def test_decimals(core: Core, value: int, scale: int, precision: int, padding: int) -> None:
    """S26: bytes to text as Decimal prints, and back to the shortest bytes; over the precision is refused."""
    data = value.to_bytes(len(twos_complement(value)) + padding, "big", signed=True)
    out = ctypes.create_string_buffer(1064)
    size = core.size("h9_decimal_print", data, ctypes.c_size_t(len(data)), scale, precision, out)
    why, back = ctypes.c_int(), ctypes.create_string_buffer(420)
    want = format(Decimal(value).scaleb(-scale, EXACT), "f").encode()
    length = core.size("h9_decimal_parse", want, ctypes.c_size_t(len(want)), scale, precision, back, ctypes.byref(why))
    if digit_count(value) > min(precision, MAX_PRECISION):
        assert (size, length, why.value) == (0, 0, 3)
    else:
        assert out.raw[:size] == want
        assert back.raw[:length] == twos_complement(value)


@quick
@given(value=st.decimals(allow_nan=False, allow_infinity=False), scale=st.integers(-50, 50))
def test_parses_decimals(core: Core, value: Decimal, scale: int) -> None:
    """What str(Decimal) writes is read, where it needs no rounding."""
    text = str(value).encode()
    out, why = ctypes.create_string_buffer(420), ctypes.c_int()
    size = core.size("h9_decimal_parse", text, ctypes.c_size_t(len(text)), scale, 1000, out, ctypes.byref(why))
    unscaled = Fraction(value) * Fraction(10) ** scale if abs(value.adjusted()) < 2000 else None
    if unscaled is not None and unscaled.denominator != 1:
        assert (size, why.value) == (0, 2)
    elif unscaled is not None and digit_count(int(unscaled)) <= 1000:
        assert out.raw[:size] == twos_complement(int(unscaled))
    elif value:
        assert (size, why.value in (2, 3)) == (0, True)


@quick
@given(value=st.integers(-(10**30), 10**30), start=st.integers(-40, 40), to=st.integers(-40, 40))
def test_rescales_decimals(core: Core, value: int, start: int, to: int) -> None:
    """The same number at another scale, or refused where it would round or grow too long."""
    data, out, why = twos_complement(value), ctypes.create_string_buffer(420), ctypes.c_int()
    size = core.size("h9_decimal_rescale", data, ctypes.c_size_t(len(data)), start, to, 60, out, ctypes.byref(why))
    moved = Fraction(value) * Fraction(10) ** (to - start)
    if moved.denominator != 1:
        assert (size, why.value) == (0, 2)
    elif digit_count(int(moved)) > 60:
        assert (size, why.value) == (0, 3)
    else:
        assert out.raw[:size] == twos_complement(int(moved))


@quick
@given(value=st.integers(-(2**66), 2**66), padding=st.integers(0, 12))
def test_decimal_integers(core: Core, value: int, padding: int) -> None:
    """64-bit integers come out of and go into two's complement of any length."""
    data = value.to_bytes(len(twos_complement(value)) + padding, "big", signed=True)
    for name, kind, low, high in INTEGERS:
        got = kind()
        fits = low <= value < high
        assert core.says(f"h9_decimal_get_{name}", data, ctypes.c_size_t(len(data)), ctypes.byref(got)) == fits
        if fits:
            out = ctypes.create_string_buffer(9)
            size = core.size(f"h9_decimal_put_{name}", kind(value), out)
            assert (got.value, out.raw[:size]) == (value, twos_complement(value))


# --- times ---


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_time(core: Core, text: str, local: bool = False) -> tuple[int, int] | None:
    seconds, nanos, data = ctypes.c_int64(), ctypes.c_uint32(), text.encode()
    name = "h9_time_parse_local" if local else "h9_time_parse"
    ok = core.says(name, data, ctypes.c_size_t(len(data)), ctypes.byref(seconds), ctypes.byref(nanos))
    return (seconds.value, nanos.value) if ok else None


@quick
@given(moment=st.datetimes(), minutes=st.integers(-1439, 1439))
def test_times(core: Core, moment: datetime, minutes: int) -> None:
    """S23: any datetime at any offset is read as its instant and printed in UTC."""
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    try:
        instant = zoned.astimezone(UTC)
    except OverflowError:
        assert read_time(core, zoned.isoformat()) is None
        return
    since = instant - EPOCH
    seconds, nanos = since.days * 86400 + since.seconds, since.microseconds * 1000
    assert read_time(core, zoned.isoformat()) == (seconds, nanos)
    printed = core.prints("h9_time_print", ctypes.c_int64(seconds), ctypes.c_uint32(nanos), False)
    spec = "microseconds" if nanos % 10**6 else "milliseconds" if nanos else "seconds"
    assert printed == instant.replace(tzinfo=None).isoformat(timespec=spec).encode() + b"Z"
    assert read_time(core, instant.replace(tzinfo=None).isoformat(), local=True) == (seconds, nanos)


@quick
@given(day=st.dates())
def test_dates(core: Core, day: date) -> None:
    """Any date is read and printed."""
    days = ctypes.c_int64()
    written = day.isoformat().encode()
    assert core.prints("h9_date_print", ctypes.c_int64(day.toordinal() - 719163)) == written
    assert core.says("h9_date_parse", written, ctypes.c_size_t(10), ctypes.byref(days))
    assert days.value == day.toordinal() - 719163


@quick
@given(nanos=st.integers(-(10**9) * 315576000000, 10**9 * 315576000000))
def test_durations(core: Core, nanos: int) -> None:
    """S25: ProtoJSON's durations are printed with one sign and read back."""
    sign = -1 if nanos < 0 else 1
    seconds, rest = sign * (abs(nanos) // 10**9), sign * (abs(nanos) % 10**9)
    text = core.prints("h9_duration_print", ctypes.c_int64(seconds), ctypes.c_int32(rest))
    got, part = ctypes.c_int64(), ctypes.c_int32()
    assert text is not None
    assert Fraction(text[:-1].decode()) == Fraction(nanos, 10**9)
    assert core.says("h9_duration_parse", text, ctypes.c_size_t(len(text)), ctypes.byref(got), ctypes.byref(part))
    assert (got.value, part.value) == (seconds, rest)


# --- text, binary, hashes ---


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


pieces = st.sampled_from([b"a", b" plain text ", b"\xc3\xa9", b"\xe4\xb8\xad", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80"])


@quick
@given(data=st.binary() | st.text().map(str.encode) | st.lists(pieces | st.binary(max_size=2)).map(b"".join))
def test_utf8(core: Core, data: bytes) -> None:
    """S9: valid is what bytes.decode accepts, for whole input and each suffix of it."""
    for start in range(min(len(data), 20) + 1):
        part = data[start:]
        assert core.says("h9_utf8_valid", part, ctypes.c_size_t(len(part))) == is_utf8(part)
        stop = next((i for i, c in enumerate(part) if c < 0x20 or c > 0x7F or c in b'"\\'), len(part))
        assert core.size("h9_plain_run", part, ctypes.c_size_t(len(part))) == stop


@quick
@given(data=st.binary(), noise=st.text("ABQgw/+-_= \n", max_size=12))
def test_base64(core: Core, data: bytes, noise: str) -> None:
    """S8: both alphabets, padded or not; what base64.b64decode refuses in strict form is refused."""
    size = ctypes.c_size_t(len(data))
    standard, url = base64.b64encode(data), base64.urlsafe_b64encode(data).rstrip(b"=")
    assert core.prints("h9_base64_print", data, size, False) == standard
    assert core.prints("h9_base64_print", data, size, True) == url
    for text in (standard, url, standard.rstrip(b"="), base64.urlsafe_b64encode(data)):
        assert core.prints("h9_base64_parse", text, ctypes.c_size_t(len(text))) == data
    text = noise.encode()
    got = core.prints("h9_base64_parse", text, ctypes.c_size_t(len(text)))
    try:
        filled = noise if "=" in noise else noise + "=" * (-len(noise) % 4)
        want = base64.b64decode(filled.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error:
        want = None
    if want is not None and "=" in noise and base64.b64encode(want).decode() != noise.translate({45: "+", 95: "/"}):
        want = None  # Python does not look at the bits left over
    assert got == want


@quick
@given(data=st.binary(min_size=16, max_size=16), name=st.text(max_size=200))
def test_uuid_and_sha1(core: Core, data: bytes, name: str) -> None:
    """S10: text as uuid.UUID prints and reads; SHA-1 in pieces makes the same version 5."""
    value, back = uuid.UUID(bytes=data), ctypes.create_string_buffer(16)
    assert core.prints("h9_uuid_print", data) == str(value).encode()
    assert core.says("h9_uuid_parse", str(value).upper().encode(), ctypes.c_size_t(36), back)
    assert back.raw == data
    state, digest, encoded = ctypes.create_string_buffer(96), ctypes.create_string_buffer(20), name.encode()
    core.lib.h9_sha1_start(state)
    for piece in (data, encoded[:7], encoded[7:]):
        core.lib.h9_sha1_add(state, piece, ctypes.c_size_t(len(piece)))
    core.lib.h9_sha1_end(state, digest)
    assert digest.raw == hashlib.sha1(data + encoded, usedforsecurity=False).digest()
    assert uuid.UUID(bytes=digest.raw[:16], version=5) == uuid.uuid5(value, name)


@pytest.mark.skipif(sys.hash_info.algorithm != "siphash13", reason="this Python hashes bytes in another way")
def test_siphash(core: Core) -> None:
    """SipHash-1-3 as Python itself uses it, whose key is zero under PYTHONHASHSEED=0."""
    code = "print(*(hash(bytes(range(n))) for n in range(1, 100)))"
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True)
    key = (ctypes.c_uint64 * 2)(0, 0)
    ours = [ctypes.c_int64(core.lib.h9_siphash(key, bytes(range(n)), ctypes.c_size_t(n))).value for n in range(1, 100)]
    assert ours == [int(word) for word in done.stdout.split()]


def test_powers_are_exact() -> None:
    """Each entry of the table is the least 128-bit number not below its power of ten."""
    for k in (POWERS["FIRST"], -28, -27, -1, 0, 1, 27, 55, 56, POWERS["LAST"]):
        scale = Fraction(10) ** k
        shift = scale.numerator.bit_length() - scale.denominator.bit_length()
        shift -= Fraction(2) ** shift > scale
        assert POWERS["power"](k) == math.ceil(scale * Fraction(2) ** (127 - shift))
