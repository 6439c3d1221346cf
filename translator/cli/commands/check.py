"""`translator check S T`: whether two schemas make a plan, and what it would lose."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from native.errors import PlanError
from translator.cli.shared import advice, sides
from translator.cli.shared.exits import DONE, REFUSED
from translator.cli.shared.lookup import Lookup, LookupOptions, Url
from translator.cli.shared.options import NO_PLAN_OPTIONS, PlanOptions, make_plan
from translator.cli.shared.output import Report
from translator.cli.shared.summary import json_names
from translator.contract import End
from translator.engine.plan import Plan
from translator.losses import LossVerdict

VERDICTS: tuple[LossVerdict, ...] = ("exact", "checked", "dropped")


def check(
    source: Annotated[str, Parameter(name="S", show_default=False)],
    target: Annotated[str, Parameter(name="T", show_default=False)],
    /,
    *,
    from_: Annotated[str | None, Parameter(name=["--from", "-f"])] = None,
    to: Annotated[str | None, Parameter(name=["--to", "-t"])] = None,
    registry: Url = None,
    json: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    plan: PlanOptions = NO_PLAN_OPTIONS,
) -> int:
    """Say whether two schemas make a plan, and for each field whether it is exact, checked or dropped.

    Exact: always the same value. Checked: a value that doesn't fit is refused. Dropped: lost, because --drop says so.
    The exit code is 0 if the plan compiles, 1 if not.

    Parameters
    ----------
    source
        The schema of what there is: FILE, FILE#Type, neuron:NeuronSignal, registry:SUBJECT, or an .avro file.
    target
        The schema of what is wanted.
    from_
        The format on the source's side, where the schema's language leaves a choice (json, msgpack, ...).
    to
        The format on the target's side.
    registry
        The registry's URL, for schemas named registry:SUBJECT, registry:SUBJECT@VERSION or registry:ID.
    json
        As one JSON document.
    """
    report = Report(json=json)

    def act() -> int:
        lookup = Lookup(LookupOptions(registry=registry))
        s = sides.of_schema(lookup.spec(source), from_, "--from")
        t = sides.of_schema(lookup.spec(target), to, "--to")
        try:
            made = make_plan(s, t, plan)
        except PlanError as error:
            return _refuse(error, s, t, report, mapped=plan.map is not None)
        report.document(_facts(made)) if json else _tell(made, report)
        return DONE

    return report.guard(act)


def _refuse(error: PlanError, source: End, target: End, report: Report, *, mapped: bool) -> int:
    """Every reason, and what would help."""
    if report.json:
        told = advice.explain(error)
        report.document({"ok": False, "exit": REFUSED, **_ends(source, target), "error": told.plain()})
        return REFUSED
    report.line(f"{source.format} → {target.format}: no plan")
    report.table(("field", "what is wrong"), [(path or "(message)", reason) for path, reason in error.problems])
    hint = advice.for_problems(error)
    other = "correct the mapping" if mapped else "name a mapping with --map"
    report.note(f"  → {hint or f'change one of the schemas, or {other}'}", important=True)
    return REFUSED


def _ends(source: End, target: End) -> dict[str, Any]:
    return {"from": source.format, "to": target.format}


def _facts(plan: Plan) -> dict[str, Any]:
    rows = [{"path": each.path, "verdict": each.verdict, "reason": each.reason} for each in plan.losses]
    tally: dict[str, Any] = {verdict: len(plan.losses.of(verdict)) for verdict in VERDICTS}
    head = {"ok": True, "exit": DONE, **_ends(plan.source, plan.target)}
    return head | tally | {"fields": rows, "warnings": _warnings(plan)}


def _tell(plan: Plan, report: Report) -> None:
    tally = ", ".join(f"{len(plan.losses.of(verdict))} {verdict}" for verdict in VERDICTS)
    report.line(f"{plan.source.format} → {plan.target.format}: {tally}")
    report.table(("field", "verdict", "reason"), [(each.path, each.verdict, each.reason) for each in plan.losses])
    for warning in _warnings(plan):
        report.line(f"warning: {warning}")


def _warnings(plan: Plan) -> list[str]:
    named = [f"{own}, not {name}" for name, own in json_names(plan.source).items()]
    if not named:
        return plan.warnings
    way = "messages with the .proto's JSON names are --from protojson (or otlp-json)"
    return [*plan.warnings, f"{plan.source.format} has the names of the .proto ({named[0]}): {way}"]
