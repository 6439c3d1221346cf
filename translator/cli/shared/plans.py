"""The plans of a conversion: one for each kind of input, made when it is met first."""

from __future__ import annotations

from native.binding import Limits
from translator.cli.shared import sides
from translator.cli.shared.framed import SchemaNaming
from translator.cli.shared.options import PlanOptions, make_plan
from translator.cli.shared.output import Report
from translator.contract import End, Translation
from translator.streams.schema_ids.prefixed import Prefixed

_PlanKey = tuple[str, str | None, str, str]


class Plans:
    """`naming`: of both schemas. `one`: there is one output, whose schema the first input settles."""

    def __init__(
        self, options: PlanOptions, naming: SchemaNaming, limits: Limits, report: Report, *, one: bool
    ) -> None:
        self._options = options
        self._naming = naming
        self._limits = limits
        self._report = report
        self._one = one
        self._first: sides.Ends | None = None
        self._made: dict[_PlanKey, tuple[Translation, str | None]] = {}

    def get(self, source: sides.Input, target: sides.Target) -> tuple[Translation, str | None]:
        """What translates an input into a target, and the text of the target's schema where its container carries one.

        UsageError, SchemaError, MappingError, PlanError, and what a registry raises.
        """
        key = source.format, source.reader.schema, target.format, target.container
        if key not in self._made:
            self._naming.check_target(target)
            framed = self._naming.framing is not None
            made = self._naming.adapter(target, self._options, self._limits) if framed else self._make(source, target)
            self._made[key] = made
        return self._made[key]

    def _make(self, source: sides.Input, target: sides.Target) -> tuple[Translation, str | None]:
        naming = self._naming
        mapped = self._options.map is not None
        ends = sides.ends(source, target, naming.source, naming.target, mapped=mapped, first=self._first)
        plan = make_plan(ends.source, ends.target, self._options, self._limits, strict=not self._made)
        self._first = ends if self._one else None
        for warning in plan.warnings:
            self._report.note(f"translator: warning: {warning}")
        return self._framed(plan, ends.target), ends.text

    def _framed(self, plan: Translation, end: End) -> Translation:
        out = self._naming.out(end)
        if out is None:
            return plan
        return Prefixed(plan, out)
