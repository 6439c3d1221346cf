"""`translator formats`: what can be read and written, in what, and what it can't say."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from translator import containers
from translator import formats as formats_
from translator.cli.shared.exits import DONE
from translator.cli.shared.output import Report
from translator.containers import detect
from translator.engine.transformers import SHARED
from translator.policies import choices


def formats(*, json: Annotated[bool, Parameter(negative=(), show_default=False)] = False) -> int:
    """List the formats and containers, what each format loses, the policies, and transformers of other packages.

    Parameters
    ----------
    json
        As one JSON document.
    """
    report = Report(json=json)
    found = [_format(name) for name in formats_.NAMES]
    pairs = [(each.source, each.target) for each in SHARED.entries() if each.kind == "registered"]
    if json:
        registered = [{"source": source, "target": target} for source, target in pairs]
        report.document(
            {"formats": found, "containers": _containers(), "transformers": registered, "policies": choices()}
        )
        return DONE
    _tell(found, _containers(), report)
    if pairs:
        report.line()
        report.table(("registered transformer from", "to"), pairs)
    return DONE


def _format(name: str) -> dict[str, Any]:
    known = formats_.get(name)
    return {
        "name": name,
        "schemas": sorted(known.languages),
        "needs_schema": not known.schemaless,
        "containers": detect.containers_of(name),
        "extensions": _extensions(name),
        "loses": list(known.loses),
    }


def _extensions(name: str) -> list[str]:
    """Of files that are taken for that format."""
    every = (detect.suffixes_of(each) for each in containers.NAMES)
    return [suffix for suffixes in every for suffix, meant in suffixes.items() if meant == name]


def _containers() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "formats": detect.formats_in(name),
            "extensions": detect.suffixes_of(name),
            "what": containers.get(name).doc.partition("\n\n")[0].replace("\n", " "),
        }
        for name in containers.NAMES
    ]


def _tell(found: list[dict[str, Any]], containers_: list[dict[str, Any]], report: Report) -> None:
    rows = [_row(each) for each in found]
    report.table(("format", "schema", "containers (the first is the usual)", "extensions"), rows)
    report.line()
    report.table(("container", "extensions", "what it is"), [_container_row(each) for each in containers_])
    report.line()
    losses = [(each["name"], loss) for each in found for loss in each["loses"] or ["nothing"]]
    report.table(("format", "loses"), losses)
    report.line()
    report.table(("policy", "values (the first is the default)"), [(k, ", ".join(v)) for k, v in choices().items()])


def _container_row(each: dict[str, Any]) -> tuple[str, str, str]:
    return each["name"], " ".join(each["extensions"]), each["what"].rstrip(".")


def _row(each: dict[str, Any]) -> tuple[str, str, str, str]:
    schema = ", ".join(each["schemas"]) + ("" if each["needs_schema"] else " (or none)")
    return each["name"], schema, ", ".join(each["containers"]), " ".join(each["extensions"])
