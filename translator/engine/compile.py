"""`translator.compile`: from what users name to a plan."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from native.binding import Limits
from native.errors import PlanError
from translator.engine import transformers as table
from translator.engine.plan import Plan
from translator.engine.specs import Document, End, SchemaSpec, end
from translator.policies import Policies, choices

if TYPE_CHECKING:
    from translator.mapping.document import Mapping

MappingSource: TypeAlias = "str | Path | dict[str, Any] | Mapping"
"""A mapping: its file, its document as parsed, or as `translator.mapping.document.load` gave it."""


def compile(  # noqa: A001
    source: SchemaSpec,
    target: SchemaSpec = "neuron:NeuronSignal",
    mapping: MappingSource | None = None,
    *,
    source_format: str | None = None,
    source_type: str | None = None,
    target_format: str | None = None,
    target_type: str | None = None,
    policies: Policies | MappingOf[str, str] | None = None,
    drop: Sequence[str] = (),
    limits: Limits | None = None,
) -> Plan:
    """The plan that translates messages of `source` into messages of `target`.

    `source`, `target`: a schema, or a pair of a format and a schema (see `SchemaSpec`). `mapping`: where fields come
    from, if not from their namesakes. `drop`: patterns of source fields (`payload.*`) that may be lost. `policies`: the
    choices that differ from the default (`{"rounding": "round"}`).

    SchemaError: a schema can't be loaded. MappingError: the mapping can't. PlanError: they don't make a plan; it lists
    every reason. A transformer registered for the two formats is taken before the native one.
    """
    ends = end(source, source_format, source_type), end(target, target_format, target_type)
    chosen = mapping_of(mapping)
    options = table.Options(
        policies_of(policies), (drop,) if isinstance(drop, str) else tuple(drop), limits or Limits()
    )
    factory = table.find(ends[0].format, ends[1].format)
    if factory is not None:
        from translator.engine.registered import RegisteredPlan

        return RegisteredPlan(*ends, factory, chosen, options)
    return _native(*ends, chosen, options)


def _native(source: End, target: End, mapping: Mapping | None, options: table.Options) -> Plan:
    from translator import formats
    from translator.plan.compiler import Side

    s, t = (Side(formats.get(each.format), each.schema) for each in (source, target))
    return Plan(s, t, mapping=mapping, policies=options.policies, drop=options.drop, limits=options.limits)


def mapping_of(source: MappingSource | None) -> Mapping | None:
    """The mapping that users name. MappingError: it can't be loaded."""
    if source is None:
        return None
    from translator.mapping import document

    if isinstance(source, document.Mapping):
        return source
    is_name = isinstance(source, str) and "\n" not in source and "=" not in source
    return document.load(Path(source) if is_name else source)  # type: ignore[arg-type]


def policies_of(chosen: Policies | MappingOf[str, str] | None) -> Policies:
    """The policies that users name. PlanError: there is no such policy, or it has no such value."""
    if chosen is None or isinstance(chosen, Policies):
        return chosen or Policies()
    known, problems = choices(), []
    for name, value in chosen.items():
        if name not in known:
            problems.append(("", f"no policy {name!r}; there are {', '.join(known)}"))
        elif value not in known[name]:
            problems.append(("", f"policy {name} is one of {', '.join(known[name])}, not {value!r}"))
    if problems:
        raise PlanError(problems)
    return Policies(**chosen)  # type: ignore[arg-type]


__all__ = ["Document", "MappingSource", "SchemaSpec", "compile"]
