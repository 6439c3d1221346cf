"""What the tests of compatibility share: short ways to write schemas, and to compare two."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from schemas.compatibility import Difference, differences, read


def field(name: str, type_: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type_, **more}


def record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def enum(*symbols: str, name: str = "E", **more: Any) -> dict[str, Any]:
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def fixed(size: int, name: str = "F", **more: Any) -> dict[str, Any]:
    return {"type": "fixed", "name": name, "size": size, **more}


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


def avro(writer: Any, reader: Any) -> list[Difference]:
    return differences(read(json.dumps(writer), "avro"), read(json.dumps(reader), "avro"))


def jsonschema(writer: Any, reader: Any) -> list[Difference]:
    return differences(read(json.dumps(writer), "jsonschema"), read(json.dumps(reader), "jsonschema"))


def protobuf(
    writer: str, reader: str, writers: Mapping[str, str] | None = None, readers: Mapping[str, str] | None = None
) -> list[Difference]:
    return differences(read(writer, "protobuf", writers), read(reader, "protobuf", readers))


def told(found: list[Difference]) -> list[str]:
    """Kinds and places; what can't be told with a question mark."""
    return [f"{each.kind}{'?' if each.unknown else ''} {each.path}" for each in found]
