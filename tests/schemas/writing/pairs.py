"""There and back: data of one schema, translated to a schema that was written of it, read by other people's libraries,
and translated back."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import fastavro
import jsonschema as validators
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.json_format import MessageToDict
from google.protobuf.message_factory import GetMessageClass

import translator
from schemas import protoc
from schemas.model import Language, Record, Schema
from schemas.writing import Choices, Naming, Written
from schemas.writing.names import AS_THEY_ARE
from tests.schemas.writing.support import ANY_AS_JSON, read, written
from translator.engine.plan import Plan

FORMATS = {"avro": "avro", "protobuf": "protobuf", "jsonschema": "json"}


def message(text: str, name: str) -> Any:
    """Protobuf's own class for a message of a .proto."""
    files = descriptor_pb2.FileDescriptorSet.FromString(protoc.compiled({"written.proto": text}))
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(name))


def avro_data(document: Any, value: Any) -> bytes:
    """By fastavro. It takes counts and bytes for logical types once it can't see them."""
    plain = json.loads(json.dumps(document).replace('"logicalType"', '"was"'))
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(plain), value)
    return out.getvalue()


@dataclass
class Pair:
    """A schema and what was written of it, each with the plan to the other. `plain` data in, what others read out."""

    source: Schema
    language: Language
    naming: Naming = AS_THEY_ARE
    choices: Choices = ANY_AS_JSON
    policies: dict[str, str] = field(default_factory=dict)
    made: Written = field(init=False)

    def __post_init__(self) -> None:
        self.made = written(self.source, self.language, naming=self.naming, choices=self.choices)
        root = self.made.schema.root
        back = read(self.made.text, self.language, root.name if isinstance(root, Record) else "")
        self.ends = ((FORMATS[self.source.language], self.source), (FORMATS[self.language], back))
        self.there = translator.compile(*self.ends, policies=self.policies)

    @cached_property
    def back(self) -> Plan:
        return translator.compile(*reversed(self.ends), policies=self.policies)

    def read(self, data: bytes) -> Any:
        """What the other library reads of translated data: every value, as plain Python."""
        match self.language:
            case "avro":
                return fastavro.schemaless_reader(
                    io.BytesIO(data), fastavro.parse_schema(json.loads(self.made.text)), None
                )
            case "protobuf":
                root = self.made.schema.root
                assert isinstance(root, Record)
                found = message(self.made.text, root.name).FromString(data)
                return MessageToDict(found, preserving_proto_field_name=True)
        value = json.loads(data)
        checker = validators.Draft202012Validator.FORMAT_CHECKER
        validators.Draft202012Validator(json.loads(self.made.text), format_checker=checker).validate(value)
        return value
