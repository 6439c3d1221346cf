"""MessagePack.

Loses: nothing that its schema types. Decimals, UUIDs, dates and times are text; timestamps are read from text or
extension -1; union branches of one kind can't be told apart (S19).
"""

from __future__ import annotations

from native.binding import C
from schemas.model import Float, Timestamp, Type
from translator.formats.base import ALL_LANGUAGES, Format, Row, Spec, by_name
from translator.formats.common import calendar_check, text_spec
from translator.plan.policies import Policies


def scalar(type_: Type, policies: Policies) -> Spec | None:
    return text_spec(type_)


def checks(type_: Type, policies: Policies) -> list[Row]:
    return [calendar_check(type_)] if isinstance(type_, Timestamp) else []


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
    loses=("which of two branches of one kind a union value came from: such unions don't compile (policy unions=first)",),
)
