"""Writes schemas: from the type model to `.avsc`, `.proto` and JSON Schema, with what is lost on the way.

    written = write(schemas.load("order.avsc"), "protobuf", naming=Naming("snake"), lock=lock)
    written.text, written.losses, written.lock

What is written reads back as `written.schema`. How each language says what it has no form for stands at the head of its
file (avro.py, protobuf.py, jsonschema.py); the wrapper rule (S33) in wrappers.py, the lock in lock.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.model import Language, Schema
from schemas.writing import avro, jsonschema
from schemas.writing.lock import Lock
from schemas.writing.names import AS_THEY_ARE, Naming
from schemas.writing.protobuf import ProtobufShaper
from schemas.writing.prototext import ProtoPrinter
from schemas.writing.report import Fidelity, SchemaLoss
from schemas.writing.shapes import Choices, Shaper

__all__ = ["Choices", "Fidelity", "Lock", "Naming", "SchemaLoss", "Written", "write"]

_USUAL = Choices()


@dataclass(frozen=True)
class Written:
    """A schema in another language. `lock`: Protobuf's numbers, to be kept for the next time; empty elsewhere.
    `schema`: what `text` reads back as."""

    text: str
    losses: list[SchemaLoss]
    schema: Schema
    lock: Lock = field(default_factory=Lock)


def write(
    schema: Schema,
    language: Language,
    *,
    naming: Naming = AS_THEY_ARE,
    lock: Lock | None = None,
    choices: Choices = _USUAL,
) -> Written:
    """The schema in `language`. `lock`: numbers given before (it stays as it is; the new one comes back).

    Raises SchemaError: names that a policy made one, an untyped value in Avro, symbols that clash in Protobuf, a
    union without branches, or nesting that the language's reader wouldn't take.
    """
    shaper: Shaper
    match language:
        case "avro":
            shaper = avro.AvroShaper(schema, naming, choices)
            made = shaper.shaped()
            return Written(avro.text(made), list(shaper.report), made)
        case "jsonschema":
            shaper = jsonschema.JsonShaper(schema, naming, choices)
            made = shaper.shaped()
            return Written(jsonschema.text(made), list(shaper.report), made)
        case "protobuf":
            return _protobuf(schema, naming, lock, choices)


def _protobuf(schema: Schema, naming: Naming, lock: Lock | None, choices: Choices) -> Written:
    shaper = ProtobufShaper(schema, naming, choices)
    shaper.lock = lock.copy() if lock else Lock()
    made = shaper.shaped()
    text = ProtoPrinter(shaper.package, choices.syntax, shaper.lock).text(shaper.made)
    return Written(text, list(shaper.report), made, shaper.lock)
