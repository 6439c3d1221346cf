"""The nodes that write whole values of the source in another form than a type of the target's: as JSON text, or as
MessagePack that is read as an untyped value."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from schemas.model import Any, Type
from translator.formats import json
from translator.formats.base import Format
from translator.losses import Losses
from translator.mapping.terms.typed import TypedMapping
from translator.plan.reading import Reading
from translator.plan.writing import Writing


class WholeWriters:
    """The writers of one mapping's whole values; their types are twins of the source's (terms.viewing.Twins)."""

    def __init__(self, mapping: TypedMapping) -> None:
        self._goal = mapping.goal
        self._tables = mapping.goal_tables
        self._untyped = mapping.twins.untyped
        self._writers: dict[str, Writing] = {}

    def json_node(self, type_: Type) -> int:
        """The node that writes `type_` as JSON."""
        return self._writer(json.FORMAT).value(type_, "")

    def untyped_nodes(self, type_: Type, target: Any) -> tuple[int, int]:
        """The nodes that write `type_` as MessagePack, and read that as what `target` can hold."""
        context = replace(self._goal, source=self._untyped, losses=Losses())
        reading = Reading(context, self._untyped, self._tables)
        return self._writer(self._untyped).value(type_, ""), reading.value(Any(), target, "")

    def _writer(self, format_: Format) -> Writing:
        name = format_.name
        if name not in self._writers:
            lenient = msgspec.structs.replace(self._goal.policies, unions="first")
            self._writers[name] = Writing(replace(self._goal, target=format_, policies=lenient))
        return self._writers[name]

    def finish(self) -> None:
        """Makes the record tables that the nodes need."""
        for writer in self._writers.values():
            writer.finish()
