"""Compiles a mapping into a plan: the source is read into a view, the view is mapped to the target's frame, in C.

bytes --reader--> view's frame --instructions--> target's frame --writer--> bytes
"""

from __future__ import annotations

from functools import partial

from msgspec.structs import asdict

from native.errors import PlanError
from translator.mapping.document.model import Mapping
from translator.mapping.program.blocks import Blocks
from translator.mapping.program.emit import Emitter
from translator.mapping.terms.typed import TypedMapping, in_block
from translator.plan.compiler import Compiled, Side, check_sides, skip_root
from translator.plan.told import told
from translator.plan.writing import Writing
from translator.policies import Policies

_REGISTERS = 1 << 16


def compile_mapping(source: Side, target: Side, mapping: Mapping, policies: Policies) -> Compiled:
    """PlanError: every key of the mapping that can't be, and every field of the target that must be and isn't."""
    check_sides(source, target)
    chosen = Policies(**{**asdict(policies), **dict(mapping.policies)})
    typed = TypedMapping(source, target, mapping, chosen)
    read_root = typed.read()
    emitter = Emitter(typed)
    blocks = Blocks(emitter)
    make = blocks.many if mapping.many else blocks.one
    make(typed.block)
    if emitter.asm.most > _REGISTERS:
        raise PlanError([("fields", f"too many values: {emitter.asm.most}, where {_REGISTERS} can be held at once")])
    write_root = _written(typed, emitter)
    image = typed.context.image
    lookups = image.seek(2 * len(image.insns))
    data = image.dump(
        reader=source.format.core, writer=target.format.core, read_root=read_root, write_root=write_root,
        skip_root=skip_root(typed.tables, source.format, typed.source_root),
        registers=emitter.asm.most, many=int(mapping.many), tags=int(chosen.tags == "value"), lookups=lookups,
    )  # fmt: skip
    warnings = [text for side in (source, target) if side.schema for text in side.schema.warnings]
    return Compiled(data, image.names, typed.losses(), warnings, told(image, read_root, lookups=lookups))


def _written(typed: TypedMapping, emitter: Emitter) -> int:
    """The node that writes the target, with all record tables that are still to be made."""
    with typed.blaming(partial(in_block, "")):
        typed.goal_tables.finish()
        writing = Writing(typed.goal)
        node = writing.value(typed.root, "")
        writing.finish()
        emitter.wholes.finish()
        typed.context.natural.finish()
        typed.context.embedded.finish()
    typed.stop_at_problems()
    return node
