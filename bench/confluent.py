"""Framed messages of Kafka: Avro with a schema id in front becomes Protobuf with one; ours by an adapter, theirs by
confluent-kafka's deserializer and serializer, with its registry in memory and all schemas cached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from confluent_kafka import schema_registry
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

import translator
from bench.peers import MESSAGE, filled
from schemas import neuron

CONTEXT = SerializationContext("signals", MessageField.VALUE)
OTHER = SerializationContext("translated", MessageField.VALUE)


def contestants(messages: list[bytes]) -> tuple[str, int, dict[str, Callable[[], Any]]]:
    """`messages`: signals in Avro, not framed."""
    client = schema_registry.SchemaRegistryClient.new_client({"url": "mock://"})
    read = AvroDeserializer(client)
    write = ProtobufSerializer(MESSAGE, client, {"use.deprecated.format": False})
    framed, source = framed_by_theirs(client, messages)
    theirs = [write(filled(read(each, CONTEXT)), OTHER) for each in framed]
    target = int.from_bytes(theirs[0][1:5], "big")
    schema = neuron.load("NeuronSignal", "avro")
    adapter = translator.adapter({source: schema}, "neuron:NeuronSignal", out="confluent", out_id=target)
    batch = adapter.translate_many(framed)
    assert not batch.errors
    for i, each in enumerate(theirs):
        ours = batch[i]
        assert ours[:5] == each[:5]
        assert MESSAGE.FromString(ours[6:]) == MESSAGE.FromString(each[len(each) - len(ours) + 6 :])
    runs: dict[str, Callable[[], Any]] = {
        "adapter.translate_many": lambda: adapter.translate_many(framed),
        "adapter.translate": lambda: [adapter.translate(each) for each in framed],
        "AvroDeserializer, upb, ProtobufSerializer": lambda: [
            write(filled(read(each, CONTEXT)), OTHER) for each in framed
        ],
        "AvroDeserializer": lambda: [read(each, CONTEXT) for each in framed],
    }
    return "signal, framed Avro to framed Protobuf", len(framed), runs


def framed_by_theirs(client: Any, messages: list[bytes]) -> tuple[list[bytes], int]:
    """The messages, each after the id under which their registry has the schema."""
    text = neuron.path("NeuronSignal", "avro").read_text()
    number = client.register_schema("signals-value", schema_registry.Schema(text, "AVRO"))
    return [b"\0" + number.to_bytes(4, "big") + each for each in messages], number
