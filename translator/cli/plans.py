"""The plans of a conversion: one for each kind of input, made when it is met first."""

from __future__ import annotations

from native.binding import Limits
from translator.cli import sides
from translator.cli.options import PlanOptions, make_plan
from translator.cli.output import Report
from translator.plan.handle import Plan

_Key = tuple[str, str | None, str, str]


class Plans:
    """`schema`, `to_schema`: as they were named. `one`: there is one output, whose schema the first input settles."""

    def __init__(
        self, options: PlanOptions, schema: str | None, to_schema: str | None, limits: Limits, report: Report, *,
        one: bool,
    ) -> None:  # fmt: skip
        self._options = options
        self._schema = schema
        self._to_schema = to_schema
        self._limits = limits
        self._report = report
        self._one = one
        self._first: sides.Ends | None = None
        self._made: dict[_Key, tuple[sides.Ends, Plan]] = {}

    def get(self, source: sides.Input, target: sides.Target) -> tuple[Plan, str | None]:
        """The plan from an input to a target, and the text of the target's schema where its container carries one.

        UsageError, SchemaError, MappingError, PlanError.
        """
        key = source.format, source.reader.schema, target.format, target.container
        if key not in self._made:
            self._made[key] = self._make(source, target)
        ends, plan = self._made[key]
        return plan, ends.text

    def _make(self, source: sides.Input, target: sides.Target) -> tuple[sides.Ends, Plan]:
        ends = sides.ends(
            source, target, self._schema, self._to_schema, mapped=self._options.map is not None, first=self._first
        )
        plan = make_plan(ends.source, ends.target, self._options, self._limits, strict=not self._made)
        self._first = ends if self._one else None
        for warning in plan.warnings:
            self._report.note(f"translator: warning: {warning}")
        return ends, plan
