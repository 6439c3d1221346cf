"""What the tests of the schema writers share: reading back with our readers and with other people's."""

from __future__ import annotations

import json
from typing import Any

import fastavro
import jsonschema as validators

from schemas import avro, canonical, jsonschema, protobuf
from schemas.model import Language, Record, Schema, Type
from schemas.writing import Choices, Written, write

LANGUAGES: tuple[Language, ...] = ("avro", "protobuf", "jsonschema")


def read(text: str, language: Language, root: str = "") -> Schema:
    """By our reader; a .proto goes through protoc."""
    match language:
        case "avro":
            return avro.read(text, endless=True)
        case "jsonschema":
            return jsonschema.read(text)
    return protobuf.read({"written.proto": text}, message=root)


def accepted(text: str, language: Language) -> None:
    """By fastavro or by the metaschema; protoc has had its say when our reader read it."""
    if language == "avro":
        fastavro.parse_schema(json.loads(text))
    elif language == "jsonschema":
        validators.Draft202012Validator.check_schema(json.loads(text))


def written(schema: Schema | Type, language: Language, **more: Any) -> Written:
    """What was written, known to be accepted and to read back as it says, with the same field numbers."""
    if not isinstance(schema, Schema):
        schema = Schema(schema, "avro")
    made = write(schema, language, **more)
    accepted(made.text, language)
    root = made.schema.root
    back = read(made.text, language, root.name if isinstance(root, Record) else "")
    found = canonical.differences(back.root, root)
    assert found == [], f"{found}\n{made.text}"
    return made


def notes(made: Written) -> list[tuple[str, str, str]]:
    """The losses that say something."""
    return [(each.path, each.verdict, each.reason) for each in made.losses if each.verdict != "exact"]


ANY_AS_JSON = Choices(any="json")
