"""Whole values of the source in another form than a type of the target's: as JSON text, or as an untyped value.

They are read as the source has them, but held to what the form can say (no NaN in JSON), which takes types of their own
(`twin`); then written in that form.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from native.binding import C
from schemas.model import Any, Array, Map, Record, Type, Union
from translator.formats import json, msgpack
from translator.formats.base import Format
from translator.losses import Losses
from translator.mapping.wants import Marks
from translator.plan.fields import RecordTables
from translator.plan.reading import Compilation, Reading
from translator.plan.writing import Writing

HELD = (Record, Array, Map, Union)


class Wholes:
    """The twins of one mapping, and the nodes that write them. `goal`: the target's context."""

    def __init__(self, goal: Compilation, tables: RecordTables, marks: Marks) -> None:
        self._goal = goal
        self._tables = tables
        self._marks = marks
        self._twins: dict[tuple[int, int], Type] = {}
        self._writing: dict[str, Writing] = {}

    @property
    def untyped_format(self) -> Format:
        """How typed values become untyped ones; only MessagePack keeps what isn't JSON's."""
        return msgpack.FORMAT if self._goal.target.core == C.H9_FORMAT_MSGPACK else msgpack.PYTHON

    def twin(self, type_: Type, format_: Format) -> Type:
        """A type like `type_`, read as what `format_` can say."""
        memo = (id(type_), id(format_))
        if memo not in self._twins:
            self._marks.kept.append(type_)
            twin = self._twins[memo] = self._made(type_, format_)
            self._marks.written[id(twin)] = format_
        return self._twins[memo]

    def _made(self, type_: Type, format_: Format) -> Type:
        if isinstance(type_, Union):
            return Union(tuple(self.twin(each, format_) for each in type_.branches))
        copy = _copy(type_, {})
        return replace(copy) if copy is type_ else copy  # type: ignore[type-var]

    def as_json(self, type_: Type) -> Type:
        return self.twin(type_, json.FORMAT)

    def as_untyped(self, type_: Type) -> Type:
        return self.twin(type_, self.untyped_format)

    def is_json(self, type_: Type) -> bool:
        """Whether values of `type_` were read to be JSON text."""
        return self._marks.written.get(id(type_)) is json.FORMAT

    # --- nodes ---

    def json_node(self, type_: Type) -> int:
        """The node that writes `type_` as JSON."""
        return self._writer(json.FORMAT).value(type_, "")

    def untyped_nodes(self, type_: Type, target: Any) -> tuple[int, int]:
        """The nodes that write `type_` as MessagePack, and read that as what `target` can hold."""
        context = replace(self._goal, source=self.untyped_format, losses=Losses())
        reading = Reading(context, self.untyped_format, self._tables)
        return self._writer(self.untyped_format).value(type_, ""), reading.value(Any(), target, "")

    def _writer(self, format_: Format) -> Writing:
        name = format_.name
        if name not in self._writing:
            lenient = msgspec.structs.replace(self._goal.policies, unions="first")
            self._writing[name] = Writing(replace(self._goal, target=format_, policies=lenient))
        return self._writing[name]

    def finish(self) -> None:
        """Makes the record tables that the nodes need."""
        for writing in self._writing.values():
            writing.finish()


def _copy(type_: Type, made: dict[int, Type]) -> Type:
    """The containers of a type anew; what is no container is the same."""
    if id(type_) in made:
        return made[id(type_)]
    match type_:
        case Record():
            record = made[id(type_)] = replace(type_, fields=[])
            record.fields = [replace(each, type=_copy(each.type, made)) for each in type_.fields]
            return record
        case Array():
            return replace(type_, items=_copy(type_.items, made))
        case Map():
            return replace(type_, values=_copy(type_.values, made))
        case Union():
            return Union(tuple(_copy(each, made) for each in type_.branches))
        case _:
            return type_


__all__ = ["HELD", "Wholes"]
