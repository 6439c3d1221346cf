"""google.protobuf.Any: a message of any type, with the URL of that type.

Protobuf has it as two fields, the URL and the message's bytes; so has every format but JSON, for that is what its
schema says. JSON shows the message, with its URL as "@type" (`expands`). Between the two, the bytes are read or
made on the reading side, by a step (UNPACK, PACK): so the message is translated like any other, and what it can't be is
refused at its byte.

Which message comes is the sender's choice, so a plan has tables for all that the schemas know. They are made only
where an Any can be reached, once for each pair of formats, and each message once: the work is linear in the schemas. A
message has the same type on both sides, the source's where it knows it: the target's schema says nothing of what is in
an Any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from native.binding import C
from schemas.model import Bytes, Field, Record, Schema
from schemas.wellknown import built_in
from translator.formats import protobuf
from translator.formats.base import Format
from translator.losses import Losses
from translator.plan import matching, nodes
from translator.plan.compilation import Compilation, Embedded
from translator.plan.fields import RecordTables
from translator.plan.frames import Frames
from translator.plan.image import Image
from translator.plan.reading import Reading
from translator.plan.resolve import expands, is_any, mask_flag, meaning
from translator.plan.rows import NO_SLOT, FieldRow, RecordRow
from translator.plan.writing import Writing

VALUE: Final = "value"
"""The member of a message that JSON has in a form of its own."""


class EmbeddedMessages(Embedded):
    """The messages that an Any may hold in one plan."""

    def __init__(self, context: Compilation, schemas: Iterable[Schema | None]) -> None:
        """`schemas`: where the types are looked for, those of the first before those of the next; the well-known
        messages are always there."""
        self._context = context
        self._types: dict[str, Record] = {}
        for schema in schemas:
            if schema is not None and schema.language == "protobuf":
                found = {name: each for name, each in schema.names.items() if isinstance(each, Record)}
                self._types = {**found, **self._types}
        self._types = {**built_in(), **self._types}
        self._pairs: dict[tuple[str, str], _MessageTables] = {}

    def read(self, source: Format, target: Format) -> int:
        return self._pair(source, target).read

    def written(self, source: Format, target: Format) -> int:
        return self._pair(source, target).written

    def _pair(self, source: Format, target: Format) -> _MessageTables:
        """The tables for what is read from `source` and written to `target`; one that doesn't show the message has it
        as Protobuf's bytes."""
        ends = [each if expands(each) else protobuf.FORMAT for each in (source, target)]
        key = ends[0].name, ends[1].name
        if key not in self._pairs:
            frames = Frames(keep_unknown=False, mergeable=ends[0].tagged, resolve=meaning)
            context = replace(self._context, source=ends[0], target=ends[1], frames=frames, losses=Losses(), carried={})
            self._pairs[key] = _MessageTables(context, self._types)
        return self._pairs[key]

    def finish(self) -> None:
        for pair in self._pairs.values():
            pair.finish()


@dataclass(frozen=True)
class _Held:
    """A message as one side has it. `alone`: in JSON it is the member VALUE of this record."""

    record: Record
    alone: Record | None


class _MessageTables:
    """The tables of all messages for one pair of formats, one of which is JSON."""

    def __init__(self, context: Compilation, types: Mapping[str, Record]) -> None:
        self._context = context
        self._types = types
        self._image: Image = context.image
        self.read = self._image.reserve()
        self.written = self._image.reserve()
        self._single = Frames(keep_unknown=False, mergeable=True, resolve=meaning, inline_slots=0)
        camel = context.policies.naming == "camel"
        self._tables = RecordTables(context, lambda s, placed: matching.by_name(s, placed, camel=camel))
        self._reading = Reading(context, context.source, self._tables)
        self._writing = Writing(context)

    def finish(self) -> None:
        """Makes the tables, with all that they need."""
        shown = [self._shown(each) for each in self._types.values()]
        names = [(name.encode(), i) for i, name in enumerate(self._types)]
        keeps = self._context.policies.types == "base64"
        if keeps:
            shown.append(_Held(Record(""), Record("", [Field(VALUE, Bytes(), number=1)])))
        reads = [self._read_node(each) for each in shown]
        self._tables.finish()
        writes = [self._written_node(each) for each in shown]
        self._writing.finish()
        keys = self._image.key_table(names)
        self._image.records[self.read] = self._table(shown, reads, keys, keeps=keeps)
        self._image.records[self.written] = self._table(shown, writes, keys, keeps=keeps)

    def _shown(self, record: Record) -> _Held:
        json = self._context.source if expands(self._context.source) else self._context.target
        single = meaning(record) is not record or is_any(record) or mask_flag(json, record)
        return _Held(record, Record("", [Field(VALUE, record, number=1)]) if single else None)

    def _read_node(self, shown: _Held) -> int:
        if not expands(self._context.source):
            return self._raw() if shown.record.name == "" else self._reading.solid(shown.record, shown.record, "")
        record = shown.alone or shown.record
        frames = self._context.frames if shown.alone is None else self._single
        return self._image.node(nodes.record(self._tables.table(self._reading, record, frames.of(record), "")))

    def _written_node(self, shown: _Held) -> int:
        if not expands(self._context.target):
            return self._raw() if shown.record.name == "" else self._writing.solid(shown.record, "")
        record = shown.alone or shown.record
        frames = self._context.frames if shown.alone is None else self._single
        return self._image.node(nodes.record(self._writing.table(frames.of(record))))

    def _raw(self) -> int:
        return self._image.node(nodes.bytes_())

    def _table(self, shown: list[_Held], made: list[int], keys: tuple[int, int], *, keeps: bool) -> RecordRow:
        rows = [FieldRow(node, NO_SLOT if each.alone is None else 0) for node, each in zip(made, shown, strict=True)]
        unknown = C.H9_UNKNOWN_KEEP if keeps else C.H9_UNKNOWN_REFUSE
        return RecordRow(
            self._image.add_fields(rows), len(rows), slots=1, words=1, keys=keys[0], key_mask=keys[1], unknown=unknown,
            unknown_slot=NO_SLOT,
        )  # fmt: skip
