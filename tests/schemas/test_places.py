"""Where messages stand in a .proto file (S32)."""

from __future__ import annotations

import pickle

import pytest

from native.errors import SchemaError
from schemas import places, protobuf

PROTO = """
syntax = "proto3";
package p;
import "other.proto";
message A { int32 x = 1; message In { message Deep {} } enum E { Z = 0; } B b = 2; }
enum Top { NONE = 0; }
message B { map<string, int32> m = 1; message After {} o.Other other = 2; }
message C {}
"""
FILES = {"main.proto": PROTO, "other.proto": 'syntax = "proto3"; package o; message Other {} message More {}'}
EXPECTED = {
    (0,): "p.A",
    (0, 0): "p.A.In",
    (0, 0, 0): "p.A.In.Deep",
    (1,): "p.B",
    (1, 1): "p.B.After",  # after the entry that the map has
    (2,): "p.C",
}


def test_places_are_those_of_the_main_file() -> None:
    """Enums take none, a map field's entry takes one, an imported file's messages aren't there."""
    assert protobuf.read(FILES, message=(0,)).messages == EXPECTED


def test_the_root_may_be_named_by_its_place() -> None:
    """A file of several messages has no root of its own: the place says which is meant."""
    for place, name in EXPECTED.items():
        schema = protobuf.read(FILES, message=place)
        assert schema.root.name == name  # type: ignore[attr-defined]
        assert places.of_root(schema) == place
        assert places.at(protobuf.read(FILES, message=(0,)), place).root.name == name  # type: ignore[attr-defined]
    with pytest.raises(SchemaError, match="it may be"):
        protobuf.read(FILES)


@pytest.mark.parametrize("place", [(), (3,), (0, 1), (1, 0), (0, 0, 0, 0), (-1,)])
def test_a_place_without_a_message_is_refused(place: tuple[int, ...]) -> None:
    """A map's entry is not a message that can be meant, either."""
    schema = protobuf.read(FILES, message=(0,))
    for act in (lambda: places.at(schema, place), lambda: protobuf.read(FILES, message=place)):
        with pytest.raises(SchemaError, match="no message at"):
            act()


def test_a_root_of_another_file_has_no_place() -> None:
    with pytest.raises(SchemaError, match=r"own \.proto file"):
        places.of_root(protobuf.read(FILES, message="o.Other"))


def test_places_pickle_and_the_same_root_is_the_same_schema() -> None:
    schema = protobuf.read(FILES, message=(0,))
    assert pickle.loads(pickle.dumps(schema)).messages == EXPECTED
    assert places.at(schema, (0,)) is schema


def test_confluents_client_counts_the_same() -> None:
    """confluent-kafka's index of each message of real descriptors, nested ones with maps among them."""
    common = pytest.importorskip("confluent_kafka.schema_registry.common.protobuf")
    from google.protobuf import descriptor_pb2, struct_pb2

    for module in (descriptor_pb2, struct_pb2):
        files = descriptor_pb2.FileDescriptorSet()
        module.DESCRIPTOR.CopyToProto(files.file.add())
        schema = protobuf.read_descriptor_set(files.SerializeToString(), message=(0,))
        pending, count = list(module.DESCRIPTOR.message_types_by_name.values()), 0
        while pending:
            message = pending.pop()
            pending += message.nested_types
            if not message.GetOptions().map_entry:
                count += 1
                assert schema.messages[tuple(common._create_index_array(message))] == message.full_name
        assert count == len(schema.messages)
