"""What a type stands for when it meets a type of another language.

Between two Protobuf schemas every message is just a message (`plain`): nothing is to be lost there, unknown fields
neither. In any other plan a well-known message is its value (`meaning`), as ProtoJSON has it.
"""

from __future__ import annotations

from schemas.model import Any, Array, Bytes, Map, Record, String, Type, Union, nullable
from schemas.wellknown import ANY, lifted
from translator.formats.base import Format
from translator.plan.rows import Fits, NodeFlag

ANY_MAP = Any()
"""An untyped object: google.protobuf.Struct, JSON Schema's bare "object"."""
ANY_LIST = Any()
"""An untyped list: google.protobuf.ListValue, JSON Schema's bare "array"."""

_UNTYPED = {"google.protobuf.Struct": ANY_MAP, "google.protobuf.ListValue": ANY_LIST}
_ANY_SHAPES: dict[Type, int] = {ANY_MAP: 1, ANY_LIST: 2}
NULL_VALUE = "google.protobuf.NullValue"
FIELD_MASK = "google.protobuf.FieldMask"


def plain(type_: Type) -> Type:
    """For plans between two Protobuf schemas: every message is just a message."""
    return type_


def meaning(type_: Type) -> Type:
    """What `type_` stands for: a well-known message is its value, an untyped object or list is `any`."""
    match type_:
        case Record():
            if type_.name in _UNTYPED:
                return _UNTYPED[type_.name]
            found = lifted(type_)
            return type_ if found is None else nullable(found)[0]
        case Map(keys=String(), values=Any()):
            return ANY_MAP
        case Array(items=Any()):
            return ANY_LIST
        case _:
            return type_


def any_shape(type_: Any) -> int:
    """Which of Protobuf's messages holds an untyped value: Value 0, Struct 1, ListValue 2."""
    return _ANY_SHAPES.get(type_, 0)


def shape_fits(type_: Any) -> int:
    """What holds an untyped value to its shape."""
    return (0, Fits.MAP, Fits.LIST)[any_shape(type_)]


def is_wrapper(type_: Type) -> bool:
    """Whether `type_` is a well-known message around one scalar (google.protobuf.Int64Value)."""
    return isinstance(type_, Record) and isinstance(lifted(type_), Union)


def mask_flag(format_: Format, record: Record) -> int:
    """The node flag of a record that is one text in the format (google.protobuf.FieldMask in ProtoJSON)."""
    return NodeFlag.MASK if format_.masks_as_text and record.name == FIELD_MASK else 0


def expands(format_: Format) -> bool:
    """Whether a google.protobuf.Any is shown as the message that is in it, rather than as its URL and bytes."""
    return format_.text and "protobuf" in format_.languages


def is_any(type_: Type) -> bool:
    """Whether `type_` is google.protobuf.Any of a .proto, whose fields have numbers."""
    return isinstance(type_, Record) and type_.name == ANY and packs(type_) and type_.fields[0].number is not None


def packs(record: Record) -> bool:
    """Whether `record` has just the fields of google.protobuf.Any, in whatever language."""
    kinds = {each.name: type(each.type) for each in record.fields}
    return kinds == {"type_url": String, "value": Bytes}
