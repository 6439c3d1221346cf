"""The levels: which versions are looked at, in which direction."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.compatibility import avro, jsonschema, protobuf
from schemas.compatibility.documents import AvroDocument, Document, JsonDocument, ProtobufDocument
from schemas.compatibility.verdicts import Difference, Direction, Incompatibility, Level, Sides, Verdict


def check(
    new: Document,
    previous: Sequence[Document],
    level: Level,
    *,
    versions: Sequence[int] | None = None,
    names: Sequence[str] | None = None,
) -> Verdict:
    """Whether `new` may follow `previous` (the oldest first) at that level.

    `versions`: the numbers of the previous ones, else they are counted from 1; `names`: what messages call them, else
    `version 1`. A transitive level looks at all of them, the others at the last only. What breaks comes newest
    version first, BACKWARD before FORWARD. Raises SchemaError: a JSON Schema's reference leads nowhere.
    """
    numbers = range(1, len(previous) + 1) if versions is None else versions
    words = [f"version {each}" for each in numbers] if names is None else names
    rows = list(zip(numbers, words, previous, strict=True))
    looked_at = rows[::-1] if level.endswith("_TRANSITIVE") else rows[-1:]
    found = [
        Incompatibility(each.kind, each.path, each.message, each.detail, direction, number, each.unknown)
        for number, word, old in looked_at
        for direction in _directions(level)
        for each in _between(new, old, direction, word)
    ]
    return Verdict(tuple(found))


def differences(writer: Document, reader: Document, sides: Sides | None = None) -> list[Difference]:
    """What keeps `reader` from reading all that `writer` wrote; nothing where it can."""
    words = sides or Sides()
    match writer, reader:
        case AvroDocument(), AvroDocument():
            return avro.differences(writer, reader, words)
        case ProtobufDocument(), ProtobufDocument():
            return [each for each in protobuf.differences(writer, reader, words) if protobuf.breaks(each)]
        case JsonDocument(), JsonDocument():
            return jsonschema.differences(writer, reader, words)
    message = f"{words.writer} is {writer.language}, {words.reader} is {reader.language}"
    return [Difference("SCHEMA_TYPE_CHANGED", "/", message, reader.language)]


def _directions(level: Level) -> tuple[Direction, ...]:
    if level == "NONE":
        return ()
    if level.startswith("FULL"):
        return ("BACKWARD", "FORWARD")
    return ("BACKWARD",) if level.startswith("BACKWARD") else ("FORWARD",)


def _between(new: Document, old: Document, direction: Direction, name: str) -> list[Difference]:
    if direction == "BACKWARD":
        return differences(old, new, Sides(writer=name, reader="the new schema"))
    return differences(new, old, Sides(writer="the new schema", reader=name))
