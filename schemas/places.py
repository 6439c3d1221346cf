"""Where messages stand in a .proto file, which is how Confluent's framing says which one it is (S32).

A place is the numbers of the messages on the way down, from 0: (0,) is the file's first message, (0, 2) the third one
inside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from native.errors import SchemaError
from schemas.model import Schema

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import DescriptorProto

Place = tuple[int, ...]
FIRST: Final[Place] = (0,)


def declared(messages: Sequence[DescriptorProto], prefix: str, above: Place = ()) -> Iterator[tuple[Place, str]]:
    """Each message's place and full name. A map field's entry takes a place, but is not a message that can be meant."""
    for number, each in enumerate(messages):
        if not each.options.map_entry:
            name = f"{prefix}.{each.name}" if prefix else each.name
            yield (*above, number), name
            yield from declared(each.nested_type, name, (*above, number))


def placed(messages: Mapping[Place, str], place: Place) -> str:
    """The full name of the message at that place. SchemaError: there is none."""
    if place not in messages:
        raise SchemaError(f"the schema has no message at {list(place)}")
    return messages[place]


def at(schema: Schema, place: Place) -> Schema:
    """The schema with the message at that place as its root. SchemaError: there is none."""
    root = schema.names[placed(schema.messages, place)]
    return schema if root is schema.root else replace(schema, root=root)


def of_root(schema: Schema) -> Place:
    """The place of the schema's root. SchemaError: it isn't a message of the schema's main file."""
    name = next((name for name, each in schema.names.items() if each is schema.root), None)
    for place, each in schema.messages.items():
        if each == name:
            return place
    raise SchemaError("the schema's root is not a message of its own .proto file")
