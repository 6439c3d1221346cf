"""MessagePack.

Loses: nothing that its schema types. Timestamps are extension -1 (S29) and read from text too; decimals, UUIDs, dates,
times and local timestamps are text; union branches of one kind can't be told apart (S19).
"""

from __future__ import annotations

from dataclasses import replace

from native.binding import C
from schemas.model import Timestamp, Type
from translator.formats.base import ALL_LANGUAGES, PLAIN, Check, Format, Seconds, WireForm, by_name
from translator.formats.common import calendar_checks
from translator.policies import Policies

INSTANTS = Seconds(-(1 << 63), (1 << 63) - 1)
"""The seconds of a timestamp's extension."""


_EXTENSION = WireForm(extension=True)


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    return _EXTENSION if isinstance(type_, Timestamp) and not type_.local else PLAIN


def python_scalar(type_: Type, policies: Policies) -> WireForm | None:
    """Times as text, since a Python datetime doesn't hold their nanoseconds."""
    return PLAIN


def checks(type_: Type, policies: Policies) -> list[Check]:
    """A date or local timestamp is text, so its year has four digits; an instant isn't."""
    if not isinstance(type_, Timestamp) or type_.local:
        return calendar_checks(type_, policies)
    return [] if type_.unit == "ns" else [INSTANTS]


def encode_key(name: str) -> bytes:
    """A member's name as a MessagePack string, header included."""
    text = name.encode()
    if len(text) < 32:
        return bytes([0xA0 | len(text)]) + text
    if len(text) < 256:
        return bytes([0xD9, len(text)]) + text
    return b"\xda" + len(text).to_bytes(2, "big") + text


FORMAT = Format(
    name="msgpack",
    core=C.H9_FORMAT_MSGPACK,
    languages=ALL_LANGUAGES,
    scalar=scalar,
    checks=checks,
    spellings=by_name,
    self_describing=True,
    encode_key=encode_key,
    loses=(
        "which of two branches of one kind a union value came from: such unions don't compile (policy unions=first)",
    ),
)

PYTHON = replace(FORMAT, scalar=python_scalar, checks=calendar_checks, tells_branches=False)
"""The dialect in which messages become Python objects, and Python objects messages."""
