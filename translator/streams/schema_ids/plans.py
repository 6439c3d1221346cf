"""The plans of an adapter: one for each schema (in Protobuf: for each message of it) that a message has referred to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from native.errors import DataError, PlanError, SchemaError
from schemas import places
from schemas.model import Schema
from schemas.places import Place
from translator.engine.plan import Plan
from translator.engine.sources import SchemaSource, referred
from translator.framing import Framed, SchemaReference, alone, message

K = TypeVar("K")
V = TypeVar("V")
MOST = 1024
"""Plans that are kept; of more the oldest go."""


class SchemaPlans:
    """Compiles when a schema is first met. Shared between threads.

    What can't be compiled is known after the first time, too; what has no schema is asked for again, since its source
    knows for how long that holds (B76).
    """

    def __init__(self, source: SchemaSource, compile_: Callable[[Schema], Plan]) -> None:
        self._source = source
        self._compile = compile_
        self._lock = threading.Lock()
        self._schemas: dict[SchemaReference, Schema] = {}
        self._plans: dict[tuple[SchemaReference, Place | None], Plan | PlanError] = {}

    def find(self, framed: Framed, data: bytes | memoryview) -> tuple[Plan, int, Place | None]:
        """A message's plan, where its payload begins in `data`, and in Protobuf its place.

        DataError: FRAME_TRUNCATED, INDEX, HEADER, SCHEMA, MESSAGE, PLAN.
        """
        schema = self._schema(framed)
        if schema.language == "protobuf" and not isinstance(framed.reference, bytes):
            place, begin = message(framed, data)
            return self._plan(framed, schema, place), begin, place
        return self._plan(framed, schema, None), alone(framed), None

    def all(self) -> list[Plan]:
        """Those that there are."""
        return [each for each in list(self._plans.values()) if isinstance(each, Plan)]

    def _schema(self, framed: Framed) -> Schema:
        reference = framed.reference
        found = self._schemas.get(reference)
        if found is not None:
            return found
        try:
            found = referred(self._source, reference)
        except SchemaError as error:
            raise DataError("FRAME_SCHEMA", f"{_said(reference)}: {error}", 0, path=framed.name) from error
        with self._lock:
            return _put(self._schemas, reference, found)

    def _plan(self, framed: Framed, schema: Schema, place: Place | None) -> Plan:
        key = framed.reference, place
        found = self._plans.get(key)
        if found is None:
            rooted = self._rooted(framed, schema, place)
            with self._lock:
                found = self._plans.get(key) or _put(self._plans, key, self._compiled(rooted))
        if isinstance(found, PlanError):
            raise DataError("FRAME_PLAN", f"{_said(framed.reference)}: {found}", 0, path=framed.name) from found
        return found

    def _rooted(self, framed: Framed, schema: Schema, place: Place | None) -> Schema:
        try:
            return schema if place is None else places.at(schema, place)
        except SchemaError as error:
            at = framed.begin if framed.header is None else framed.behind
            raise DataError("FRAME_MESSAGE", f"{_said(framed.reference)}: {error}", at, path=framed.name) from error

    def _compiled(self, schema: Schema) -> Plan | PlanError:
        try:
            return self._compile(schema)
        except PlanError as error:
            return error


def _put(kept: dict[K, V], key: K, value: V) -> V:
    """Keeps what was there first, and never more than there is room for."""
    found = kept.setdefault(key, value)
    while len(kept) > MOST:
        del kept[next(iter(kept))]
    return found


def _said(reference: SchemaReference) -> str:
    """A reference in words."""
    match reference:
        case int():
            return f"schema id {reference}"
        case UUID():
            return f"schema GUID {reference}"
    return f"schema fingerprint {reference.hex()}"
