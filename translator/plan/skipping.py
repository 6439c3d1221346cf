"""Nodes that pass over a value by its schema alone, for a format whose bytes don't tell where it ends (Avro).

They read nothing and refuse nothing that a value means, only what breaks the wire, so a field that nobody wants costs
little and can't fail. Each type has its node made once. Records wait in a queue rather than being made at once, so that
no depth of a schema is more than Python's stack; lists, maps and unions in each other are made at once, which is why
`compile_pair` takes a RecursionError for a schema that is too deep.
"""

from __future__ import annotations

from schemas.model import Array, Enum, Map, Record, Type, Union
from translator.formats.base import Format
from translator.plan import nodes
from translator.plan.image import Image
from translator.plan.rows import FieldRow, NodeRow, RecordRow
from translator.policies import Policies


class Skipping:
    """Skipping nodes by type."""

    def __init__(self, image: Image, source: Format) -> None:
        self._image = image
        self._format = source
        self._made: dict[Type, int] = {}
        self._queue: list[tuple[Record, int]] = []

    def node(self, type_: Type) -> int:
        """A node that passes over a value of `type_`."""
        if type_ not in self._made:
            self._made[type_] = self._image.node(self._row(type_))
        return self._made[type_]

    def _row(self, type_: Type) -> NodeRow:
        match type_:
            case Array():
                return nodes.list_(self.node(type_.items), nodes.SLOT)
            case Map():
                return nodes.map_(0, self.node(type_.values), nodes.string().op)
            case Union():
                branches = self._image.many32([self.node(branch) for branch in type_.branches])
                return nodes.union(branches, len(type_.branches))
            case Record():
                table = self._image.reserve()
                self._queue.append((type_, table))
                return nodes.record(table)
            case Enum():  # an index: its table isn't needed
                return nodes.int_(32, -(1 << 31), (1 << 31) - 1)
            case _:
                return nodes.scalar(self._format, type_, Policies()) or nodes.null()

    def finish(self) -> None:
        """Makes the record tables that were reserved, and what they reserve in turn."""
        keys, mask = self._image.key_table([])
        while self._queue:
            record, index = self._queue.pop()
            rows = [FieldRow(self.node(each.type)) for each in record.fields]
            first = self._image.add_fields(rows)
            self._image.records[index] = RecordRow(first, len(rows), keys=keys, key_mask=mask)
