"""Protobuf's text format, by a .proto or a FileDescriptorSet.

Loses: comments. Well-known messages are messages here; one that is untyped (Struct, Value, ListValue) goes only between
this format and Protobuf's binary one, and an Any is its URL and bytes. Unknown fields are written by their numbers, and
can't be read.
"""

from __future__ import annotations

from native.binding import C
from schemas.model import Bool, Bytes, Duration, Enum, Field, Float, Int, Record, String, Timestamp, Type, children
from translator.formats.base import PLAIN, Format, WireForm
from translator.formats.protobuf import checks
from translator.policies import Policies


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    match type_:
        case Bool() | Int() | Float() | String() | Bytes() | Enum() | Duration():
            return PLAIN
        case Timestamp():
            return WireForm(unit="ns")
        case _:
            return None


def spellings(field_: Field) -> list[str]:
    """A group is called as its type is; an extension by its full name in brackets."""
    if field_.extension:
        return [f"[{field_.name}]"]
    group = _group(field_)
    return [field_.name] if group is None else [group, field_.name]


def encode_key(name: str) -> bytes:
    return name.encode()


def _group(field_: Field) -> str | None:
    """The type's own name, where the field is a group's and is called as groups' fields are."""
    if not field_.delimited:
        return None
    record = field_.type if isinstance(field_.type, Record) else next(iter(children(field_.type)), None)
    name = record.name.rpartition(".")[2] if isinstance(record, Record) else ""
    return name if name.lower() == field_.name else None


FORMAT = Format(
    name="txtpb",
    core=C.H9_FORMAT_TXTPB,
    languages=frozenset({"protobuf"}),
    scalar=scalar,
    checks=checks,
    spellings=spellings,
    self_describing=True,
    needs_schema=True,
    text_numbers=True,
    null_unsets=True,
    bare_messages=True,
    unknown="refuse",
    has_bytes=True,
    encode_key=encode_key,
    container="lone",
    suffixes={".txtpb": "lone", ".textproto": "lone", ".pbtxt": "lone"},
    loses=(
        "comments",
        "the message in a google.protobuf.Any: it is shown as its URL and bytes",
        "google.protobuf.Struct, Value and ListValue, but between this format and protobuf",
    ),
)
