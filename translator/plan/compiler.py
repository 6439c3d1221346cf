"""Compiles a pair of schemas into a plan's image. Done once per pair; what runs is the C core.

How a compile goes, and the file for each part:
- `protobuf.Lifting` replaces generated wrappers, `resolve.meaning` well-known messages, by what they stand for;
- `frames` lays out the frame in the *target's* order: N readers and N writers meet there, so a format is built once
  and not once for each partner;
- `reading` pairs the source's types with the target's, node by node, and `fields` its records; `matching` says which
  field goes where, `convert` which steps a single value takes, `enums` how symbols meet, `fills` what stands where the
  message has nothing, `skipping` how Avro's unwanted fields are passed over;
- `writing` makes the nodes that write the frame. It refuses nothing: the reading side has refused whatever the target
  can't say, at the byte where it stands;
- `image` keeps the rows (`rows`, made by `nodes` and `steps`) and gives their bytes.

Nothing stops at the first problem: each is noted with its path, the plan goes on with a node that is never run, and all
are told at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from native.errors import PlanError
from schemas.model import Any, Schema, Type
from translator.formats.base import Format
from translator.losses import Losses
from translator.plan import matching, nodes
from translator.plan.compilation import Compilation
from translator.plan.embedded import EmbeddedMessages
from translator.plan.fields import RecordTables
from translator.plan.frames import Frames
from translator.plan.image import Image
from translator.plan.natural import NaturalValues
from translator.plan.protobuf import Lifting
from translator.plan.reading import Reading
from translator.plan.resolve import meaning, plain
from translator.plan.rows import NONE, NodeFlag
from translator.plan.shapes import in_choices
from translator.plan.told import CountedPaths, told
from translator.plan.writing import Writing
from translator.policies import Policies


@dataclass(frozen=True)
class Side:
    """One end of a plan: a format, and the schema of its messages (None: untyped, where the format allows it)."""

    format: Format
    schema: Schema | None

    @property
    def root(self) -> Type | None:
        return self.schema.root if self.schema else None


@dataclass(frozen=True)
class Compiled:
    """An image with what is said about it."""

    image: bytes
    names: list[str]
    losses: Losses
    warnings: list[str] = field(default_factory=list)
    told: CountedPaths = field(default_factory=CountedPaths)
    """What its counts stand for."""


def compile_pair(source: Side, target: Side, policies: Policies, drop: tuple[str, ...] = ()) -> Compiled:
    """Without a mapping: fields meet by name, alias or number. `drop`: patterns of source fields that may be lost.

    PlanError: all reasons why there is no such plan.
    """
    try:
        return _compile_pair(source, target, policies, drop)
    except RecursionError:
        raise PlanError([("", "lists, maps or unions are nested deeper than any message may be")]) from None
    except OverflowError:
        raise PlanError([("", "the plan would be larger than an image can be")]) from None


def _compile_pair(source: Side, target: Side, policies: Policies, drop: tuple[str, ...]) -> Compiled:
    s, t = _roots(source, target)
    both_messages = source.format.says_messages and target.format.says_messages
    keep = both_messages and source.format.tagged  # only the wire has fields that the schema doesn't know
    context = _context(source, target, policies, plain if both_messages else meaning, keep_unknown=keep)
    if not (both_messages or _says_messages(source.format) or _says_messages(target.format)):
        lifting = Lifting()
        s, t = lifting.root(s), lifting.root(t)
        context.carried.update(lifting.carried)
    context.natural = NaturalValues(context)
    context.embedded = EmbeddedMessages(context, (source.schema, target.schema))
    match = partial(matching.by_name, camel=policies.naming == "camel", numbers=both_messages)
    tables = RecordTables(context, match)
    reading, writing = Reading(context, source.format, tables), Writing(context)
    read_root = reading.value(s, t, "")
    tables.finish()
    write_root = writing.value(t, "")
    writing.finish()
    context.natural.finish()
    context.embedded.finish()
    _refuse_silent_drops(context, drop)
    if context.problems:
        raise PlanError(_unique(context.problems))
    image = context.image.dump(
        reader=source.format.core, writer=target.format.core, read_root=read_root, write_root=write_root,
        skip_root=skip_root(tables, source.format, s), tags=int(policies.tags == "value"),
    )  # fmt: skip
    warnings = [text for side in (source, target) if side.schema for text in side.schema.warnings]
    return Compiled(image, context.image.names, context.losses, warnings, told(context.image, read_root))


def _roots(source: Side, target: Side) -> tuple[Type, Type]:
    """The two root types. A self-describing format without a schema is untyped, or takes the other side's."""
    check_sides(source, target)
    untyped = Any()
    if source.root is None and source.format.schemaless:
        return target.root or untyped, target.root or untyped
    assert source.root is not None
    return source.root, target.root or source.root


def _says_messages(format_: Format) -> bool:
    """Whether it is a JSON of Protobuf's messages, which shows wrappers as the messages that they are."""
    return format_.self_describing and format_.languages == {"protobuf"}


def check_sides(source: Side, target: Side) -> None:
    """PlanError: a format without the schema that it needs, or with one in a language that can't describe it. A target
    may do with the source's."""
    for side in (source, target):
        taken = side is target and side.format.self_describing and source.schema is not None
        if side.schema is None and not side.format.schemaless and not taken:
            raise PlanError([("", f"{side.format.name} needs a schema")])
        schema = side.schema or (source.schema if taken and side.format.needs_schema else None)
        if schema is not None and schema.language not in side.format.languages:
            wanted = " or ".join(sorted(side.format.languages))
            raise PlanError([("", f"{side.format.name} is described by {wanted}, not by {schema.language}")])


def _context(
    source: Side, target: Side, policies: Policies, resolve: Callable[[Type], Type], *, keep_unknown: bool
) -> Compilation:
    keep = keep_unknown and policies.unknown == "default"
    apart = in_choices(source.root) if source.root is not None else frozenset[str]()
    frames = Frames(keep_unknown=keep, mergeable=source.format.tagged, resolve=resolve, apart=apart)
    fills = fills_members(source)
    respells = policies.naming == "camel" and source.schema is None
    return Compilation(
        Image(), source.format, target.format, policies, frames, resolve, respells=respells, fills_members=fills
    )


def fills_members(source: Side) -> bool:
    """S13: in a format that may leave members out, a message by an Avro schema has their defaults."""
    by_avro = source.schema is not None and source.schema.language == "avro"
    return by_avro and source.format.self_describing and not source.format.needs_schema


def skip_root(tables: RecordTables, format_: Format, s: Type) -> int:
    """How to find the end of a message that was refused, where messages stand back to back."""
    image = tables.context.image
    if format_.positional:
        node = tables.skipping.node(s)
        tables.skipping.finish()
        return node
    return image.node(nodes.any_(flags=NodeFlag.SKIP)) if format_.self_describing else NONE


def _refuse_silent_drops(context: Compilation, drop: tuple[str, ...]) -> None:
    for loss in context.losses.unnamed(drop):
        context.problems.append((loss.path, f"would be dropped: {loss.reason} (name it in drop to allow that)"))


def _unique(problems: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return list(dict.fromkeys(problems))
