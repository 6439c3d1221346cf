"""From what users name to what translates: `MessageTranslator`, and `translator.compile`, which is a shared one's."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from native.binding import Limits
from native.errors import PlanError
from translator.contract import End
from translator.engine import specs
from translator.engine.known import Known, Schemas
from translator.engine.plan import Plan, of_ends
from translator.engine.registered import RegisteredPlan
from translator.engine.sources import SchemaSource
from translator.engine.specs import SchemaSpec, SpecDocument
from translator.engine.transformers import SHARED, Entry, Factory, Options, Pair, Table
from translator.mapping import document
from translator.mapping.document import Mapping
from translator.mapping.document.errors import did_you_mean
from translator.policies import Policies, choices

MappingSource: TypeAlias = "str | Path | dict[str, Any] | Mapping"
"""A mapping: its file, its document as parsed, or as `translator.mapping.document.load` gave it."""


class MessageTranslator:
    """The table (source format, target format) → what translates between them, with the schemas that it knows.

    `translator.compile`, `register` and `transformers` are those of one that all share. Safe to share between threads.
    """

    def __init__(
        self,
        schema_registry: SchemaSource | Schemas | None = None,
        transformers: MappingOf[Pair, Factory] | Table | None = None,
    ) -> None:
        """`schema_registry`: where schemas named `registry:SUBJECT[@VERSION]` or `registry:ID` are looked up (without
        it, in the installed registry client); a `SchemaSource`, or schemas by id. `transformers`: by (source format,
        target format); every pair that is not named is served by the core.

        SchemaError: one of the schemas can't be loaded. ValueError: a name is not a format's.
        """
        if schema_registry is None or isinstance(schema_registry, SchemaSource):
            self.schema_registry = schema_registry
        else:
            self.schema_registry = Known(schema_registry)
        self._table = transformers if isinstance(transformers, Table) else Table(transformers)

    def register(self, source: str, target: str, factory: Factory) -> None:
        """From now on `factory` makes what translates from format `source` to format `target`.

        The formats may be built-in ones or of any new name; a pair that was registered before is replaced.
        ValueError: a name is not a format's.
        """
        self._table.register(source, target, factory)

    def unregister(self, source: str, target: str) -> None:
        """Takes a registered transformer out again; the core's own plan, if there is one, serves the pair as before.

        KeyError: none is registered.
        """
        self._table.unregister(source, target)

    def transformers(self) -> list[Entry]:
        """The table: every pair of formats that can be translated, in order."""
        return self._table.entries()

    def formats(self) -> list[str]:
        """The names of the formats that can be translated from or into: built-in ones and registered ones."""
        return self._table.formats()

    def end(self, spec: SchemaSpec, format_: str | None = None, type_: str | None = None) -> End:
        """What `spec` means (`specs.end`). SchemaError, PlanError."""
        return specs.end(spec, format_, type_, known=self.formats(), registry=self.schema_registry)

    def compile(
        self,
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

        `source`, `target`: a schema, or a pair of a format and a schema (see `SchemaSpec`). `mapping`: where fields
        come from, if not from their namesakes. `drop`: source fields that may be lost, and patterns of them
        (`payload.*`), which may match none.
        `policies`: the choices that differ from the default (`{"rounding": "round"}`).

        SchemaError: a schema can't be loaded. MappingError: the mapping can't. PlanError: they don't make a plan, or
        `drop` names what isn't there; it lists every reason. A transformer registered for the two formats is taken
        before the core's plan.
        """
        ends = self.end(source, source_format, source_type), self.end(target, target_format, target_type)
        patterns = (drop,) if isinstance(drop, str) else tuple(drop)
        plan = self.plan(*ends, mapping_of(mapping), policies=policies_of(policies), drop=patterns, limits=limits)
        _refuse_unknown(patterns, plan)
        return plan

    def plan(
        self,
        source: End,
        target: End,
        mapping: Mapping | None = None,
        *,
        policies: Policies | None = None,
        drop: Sequence[str] = (),
        limits: Limits | None = None,
    ) -> Plan:
        """The plan from one end to the other, where both are known already. PlanError: there is none."""
        factory = self._table.find(source.format, target.format)
        if factory is None:
            return of_ends(source, target, mapping, policies, drop, limits)
        options = Options(policies or Policies(), tuple(drop), limits or Limits())
        return RegisteredPlan(source, target, factory, mapping, options)


shared = MessageTranslator(transformers=SHARED)
"""The one of the module's functions; installed plug-ins have registered what they translate."""
compile = shared.compile  # noqa: A001


def _refuse_unknown(drop: tuple[str, ...], plan: Plan) -> None:
    """PlanError: a name in `drop` is no field's. (What a registered transformer loses isn't known by names.)"""
    if isinstance(plan, RegisteredPlan):
        return
    paths = [each.path for each in plan.losses]
    unknown = [each for each in drop if not _MAGIC.search(each) and each not in paths]
    if unknown:
        reasons = [f"drop names {each!r}, and no field is called that{did_you_mean(each, paths)}" for each in unknown]
        raise PlanError([("", reason) for reason in reasons])


_MAGIC = re.compile(r"[*?[]")


def mapping_of(source: MappingSource | None) -> Mapping | None:
    """The mapping that users name. MappingError: it can't be loaded."""
    if source is None or isinstance(source, document.Mapping):
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


__all__ = ["MappingSource", "MessageTranslator", "SchemaSpec", "SpecDocument", "compile", "shared"]
