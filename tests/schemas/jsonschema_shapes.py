"""What the tests of the JSON Schema reader share: drafts, and types as short plain values."""

from __future__ import annotations

from typing import Any

from schemas import model
from schemas.jsonschema import read

DRAFT_04 = "http://json-schema.org/draft-04/schema#"
DRAFT_07 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"


def shape(type_: model.Type | None) -> Any:
    """A type as short plain values; a record is its name."""
    match type_:
        case model.Record() | model.Fixed():
            return type_.name
        case model.Enum():
            return tuple(name for name, _ in type_.symbols)
        case model.Array():
            return [shape(type_.items)]
        case model.Map():
            return {"*": shape(type_.values)}
        case model.Union():
            return {"one of": [shape(each) for each in type_.branches]}
        case model.Int():
            return f"{'' if type_.signed else 'u'}int{type_.bits}"
        case model.Float():
            return f"float{type_.bits}"
        case model.Timestamp():
            return f"timestamp-{type_.unit}"
    return type(type_).__name__.lower()


def root(document: Any, **more: Any) -> Any:
    return shape(read(document, **more).root)


def record(document: Any, **more: Any) -> model.Record:
    found = read(document, **more).root
    assert isinstance(found, model.Record)
    return found


def fields(document: Any, **more: Any) -> dict[str, Any]:
    return {each.name: shape(each.type) for each in record(document, **more).fields}


def beside(**schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": schema}
