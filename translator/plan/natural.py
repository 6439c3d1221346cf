"""Typed values where the target has no type: each becomes what plain JSON makes of it or, where the target has bytes of
its own, what MessagePack makes of it (S34).

Such a value is read as what it is, into a frame of its own type; then a step (UNTYPE) writes it in that format and
reads it again as an untyped value. So nothing is said twice of how a decimal or a date stands there, and the way is as
long only where it is wanted.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from schemas.model import Any, Array, Map, Record, String, Type, Union, walk
from translator.formats import json, msgpack
from translator.formats.base import Format
from translator.plan import matching, steps
from translator.plan.compilation import Compilation, Natural
from translator.plan.fields import RecordTables
from translator.plan.frames import Frames
from translator.plan.reading import Reading
from translator.plan.resolve import meaning
from translator.plan.writing import Writing


class NaturalValues(Natural):
    """The tables of one plan's typed values that become untyped ones; made when they are first asked for."""

    def __init__(self, context: Compilation) -> None:
        self._main = context
        self._tables: RecordTables | None = None
        self._writing: Writing | None = None
        self._made: dict[tuple[Type, Any, str], int] = {}
        self._copies: dict[Type, Type] = {}

    def node(self, source: Format, s: Type, t: Any, path: str) -> int:
        memo = s, t, source.name
        if memo not in self._made:
            self._made[memo] = self._node(source, s, t, path)
        return self._made[memo]

    def _node(self, source: Format, s: Type, t: Any, path: str) -> int:
        as_is, writing = self._parts(source)
        image = self._main.image
        form = writing.format
        own_type = s if form.text or not _has_other_keys(s) else _with_text_keys(s, self._copies)
        node = as_is.value(s, own_type, path)
        again = replace(self._main, source=form)
        untyped = Reading(again, form, as_is.records).value(Any(), t, path)
        return image.with_steps(node, [steps.untype(writing.value(own_type, path), untyped, form.core)])

    def _parts(self, source: Format) -> tuple[Reading, Writing]:
        """What reads values as they are, and what writes them again."""
        if self._tables is None:
            main = self._main
            own = main.target.self_describing and main.target.has_bytes
            form = msgpack.FORMAT if own else json.FORMAT
            policies = msgspec.structs.replace(main.policies, unions="first")
            frames = Frames(keep_unknown=False, mergeable=main.source.tagged, resolve=meaning)
            context = replace(main, target=form, policies=policies, frames=frames)
            self._tables = RecordTables(context, matching.by_name)
            self._reading = Reading(context, source, self._tables)
            self._writing = Writing(context)
        assert self._writing is not None
        return self._reading, self._writing

    def finish(self) -> None:
        if self._tables is not None and self._writing is not None:
            self._tables.finish()
            self._writing.finish()


def _has_other_keys(type_: Type) -> bool:
    return any(isinstance(each, Map) and not isinstance(each.keys, String) for each in walk(type_))


def _with_text_keys(type_: Type, made: dict[Type, Type]) -> Type:
    """The type with every map's keys as text, which those of an untyped map are (S22)."""
    if type_ in made:
        return made[type_]
    match type_:
        case Record():
            record = made[type_] = replace(type_, fields=[])
            record.fields = [replace(each, type=_with_text_keys(each.type, made)) for each in type_.fields]
            return record
        case Array():
            made[type_] = replace(type_, items=_with_text_keys(type_.items, made))
        case Map():
            made[type_] = Map(String(), _with_text_keys(type_.values, made))
        case Union():
            made[type_] = Union(tuple(_with_text_keys(each, made) for each in type_.branches))
        case _:
            made[type_] = type_
    return made[type_]
