"""Nodes that pass over a value by its schema alone, for a format whose bytes don't tell (Avro)."""

from __future__ import annotations

from native.binding import C
from schemas.model import Array, Map, Record, Type, Union
from translator.formats.base import Format
from translator.plan.image import Image
from translator.policies import Policies


class Skipping:
    """Skipping nodes by type, each made once; records wait in a queue, so that depth is no matter."""

    def __init__(self, image: Image, source: Format) -> None:
        self._image = image
        self._format = source
        self._made: dict[int, int] = {}
        self._kept: list[Type] = []
        self._queue: list[tuple[Record, int]] = []

    def node(self, type_: Type) -> int:
        """A node that passes over a value of `type_`."""
        if id(type_) not in self._made:
            self._kept.append(type_)  # so that its id stays its own
            self._made[id(type_)] = self._make(type_)
        return self._made[id(type_)]

    def _make(self, type_: Type) -> int:
        match type_:
            case Array():
                return self._image.node(C.H9_OP_LIST, a=self.node(type_.items), width=16)
            case Map():
                return self._image.node(C.H9_OP_MAP, a=0, b=self.node(type_.values), width=32, bits=C.H9_OP_STRING)
            case Union():
                branches = self._image.many32([self.node(branch) for branch in type_.branches])
                return self._image.node(C.H9_OP_UNION, a=branches, b=len(type_.branches), c=C.H9_NONE, lo=-1)
            case Record():
                self._image.records.append({})
                self._queue.append((type_, len(self._image.records) - 1))
                return self._image.node(C.H9_OP_RECORD, a=len(self._image.records) - 1)
            case _:
                spec = self._format.scalar(type_, Policies())
                values = {"op": C.H9_OP_NULL} if spec is None else {"op": spec.op, **spec.values}
                if values["op"] == C.H9_OP_ENUM:
                    values["op"] = C.H9_OP_INT  # the table isn't needed to pass over an index
                return self._image.node(values.pop("op"), **values)

    def finish(self) -> None:
        """Makes the record tables that were reserved, and what they reserve in turn."""
        keys, mask = self._image.key_table([])
        while self._queue:
            record, index = self._queue.pop()
            rows = [{"node": self.node(each.type), "slot": C.H9_NO_SLOT, "group": C.H9_NONE} for each in record.fields]
            first = len(self._image.fields)
            self._image.fields.extend(rows)
            self._image.records[index] = {
                "first": first, "count": len(rows), "need": C.H9_NONE, "keys": keys, "key_mask": mask,
                "unknown_slot": C.H9_NO_SLOT,
            }  # fmt: skip
