"""What the tests of adapters share: a few schemas, their messages, and framing by hand."""

from __future__ import annotations

import io
from typing import Any

import fastavro
import pytest

from native.errors import DataError, SchemaError
from schemas.model import Schema
from translator.engine.known import Known
from translator.engine.sources import SchemaSource

ONE = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}
TWO = {"type": "record", "name": "R", "fields": [{"name": "b", "type": "string"}, {"name": "a", "type": "long"}]}
WANTED = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}]}
PROTO = """
syntax = "proto3";
package p;
message First { int64 a = 1; message Inner { int64 a = 2; } }
message Second { map<string, int64> m = 1; int64 a = 3; message Deep { int64 a = 4; } }
"""


def avro(schema: Any, value: Any) -> bytes:
    """A message as fastavro writes it."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), value)
    return out.getvalue()


def one(a: int) -> bytes:
    return b"\0\0\0\0\1" + avro(ONE, {"a": a})


def two(a: int, b: str = "x") -> bytes:
    return b"\0\0\0\0\2" + avro(TWO, {"a": a, "b": b})


def refusal(act: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        act()
    return caught.value


class Counting(SchemaSource):
    """A source that counts what it is asked, and can be down."""

    def __init__(self, schemas: Any) -> None:
        self.known = Known(schemas)
        self.asked: list[int] = []
        self.down = False

    def by_id(self, id: int, /) -> Schema:  # noqa: A002
        self.asked.append(id)
        if self.down:
            raise ConnectionError("the registry is down")
        if id == 99:
            raise SchemaError("its text can't be read")
        return self.known.by_id(id)
