"""Runs a mapping's examples, and tells where a message differs from what it should be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from native.errors import DataError
from schemas import loading
from translator import formats
from translator.cli.shared.exits import UsageError
from translator.cli.shared.output import Report
from translator.cli.shared.summary import missed
from translator.contract import End
from translator.engine import specs
from translator.engine.compile import shared
from translator.engine.plan import Plan
from translator.mapping.document.examples import Example, Suite
from translator.plan.told import never
from translator.policies import Policies

_SHOWN: Final = 20
"""Differences of one example that are listed as text."""
_ABSENT: Final = object()


@dataclass(frozen=True)
class Mismatch:
    """A place where two JSON values differ; what isn't there is the text `(absent)`."""

    path: str
    expected: str
    actual: str


@dataclass(frozen=True)
class Trial:
    """A mapping's examples run. `never_found`: what its rules read and no example had, with the number of messages."""

    mapping: str
    results: list[dict[str, Any]]
    never_found: dict[str, int]


def run(path: str, suite: Suite, show: bool, report: Report) -> Trial:
    """Runs all examples, telling of each. UsageError, SchemaError, MappingError, PlanError."""
    ends = _ExampleEnds.of(path, suite)
    results = []
    for example in suite.examples:
        result = _try(example, ends)
        results.append({"mapping": path, **result})
        if not report.json:
            _tell(result, show, report)
    never_found = ends.never_found()
    if never_found and not report.json:
        report.line(missed(never_found, ends.ignored()))
    return Trial(path, results, never_found)


@dataclass
class _ExampleEnds:
    """Both sides of the examples' plans, which are made when first wanted."""

    source: End
    target: End
    suite: Suite

    def __post_init__(self) -> None:
        self._plans: dict[bool, Plan] = {}
        self._to_json: Plan | None = None

    @classmethod
    def of(cls, path: str, suite: Suite) -> _ExampleEnds:
        source = _side(path, "source", suite.source, suite.source_format)
        target = _side(path, "target", suite.target or f"{loading.BUILT_IN}NeuronSignal", suite.target_format)
        return cls(source, target, suite)

    def plan(self, *, from_json: bool) -> Plan:
        """The mapping's plan; from JSON by the source's schema, if that is asked for."""
        from_json = from_json and not formats.is_text(self.source.format)
        if from_json not in self._plans:
            source = End("json", self.source.schema) if from_json else self.source
            mapping = self.suite.mapping
            policies: Any = dict(mapping.policies)
            self._plans[from_json] = shared.plan(source, self.target, mapping=mapping, policies=Policies(**policies))
        return self._plans[from_json]

    def never_found(self) -> dict[str, int]:
        """What no example had that the mapping's rules read (S36), by path."""
        runs = [plan.sought() for plan in self._plans.values()]
        total: dict[str, int] = {}
        for path in {path for each in runs for path in each}:
            missed = [each[path] for each in runs if path in each]
            total[path] = sum(missed) if all(missed) else 0
        return never(total)

    def ignored(self) -> list[str]:
        """Members of the examples that no rule reads."""
        return [path for plan in self._plans.values() for path in plan.ignored()]

    def shown(self, message: bytes) -> Any:
        """A message of the target as a JSON value."""
        if formats.is_text(self.target.format):
            return json.loads(message)
        if self._to_json is None:
            target = End("json", self.target.schema)
            self._to_json = shared.plan(self.target, target, policies=Policies(nan="quote", unions="first"))
        return json.loads(self._to_json.translate(message))


def _side(path: str, name: str, spec: str | None, format_: str | None) -> End:
    if spec is None and format_ is None:
        hint = f'write it into [schemas] ({name} = "FILE.avsc" or {name}_format = "json"), or say --{name}'
        raise UsageError(f"{path}: the {name}'s schema isn't named", hint)
    return specs.end((format_, spec)) if format_ else specs.end(spec)


def _try(example: Example, ends: _ExampleEnds) -> dict[str, Any]:
    """How one example went."""
    plan = ends.plan(from_json=example.is_json)
    found: list[Any] = []
    code = text = ""
    try:
        found = [ends.shown(each) for each in _messages(plan, example.data)]
    except DataError as error:
        code, text = error.code, str(error)
    result = {"name": example.name, "ok": False, "output": found if plan.many or len(found) != 1 else found[0]}
    if example.output is None or code:
        expected = example.error or "messages"
        return result | {"ok": code == expected, "expected": expected, "refused": text or None}
    differences = [*_compared(example.output, found, example.ignore)]
    return result | {"ok": not differences, "differences": [vars(each) for each in differences]}


def _messages(plan: Plan, data: bytes) -> list[bytes]:
    """All that becomes of one message. DataError: it, or one of them, is refused."""
    if not plan.many:
        return [plan.translate(data)]
    made = plan.translate_each([data])
    if made.errors:
        raise made.errors[0]
    return [made.data[begin:end] for begin, end in zip(made.offsets, made.offsets[1:], strict=False)]


def _compared(expected: list[Any], actual: list[Any], ignore: tuple[str, ...]) -> Iterator[Mismatch]:
    """The differences, with each message's number in front where there are several."""
    if len(expected) == len(actual) == 1:
        yield from _differing(expected[0], actual[0], "", ignore)
        return
    for i in range(max(len(expected), len(actual))):
        for each in _differing(_item(expected, i), _item(actual, i), "", ignore):
            yield Mismatch(f"[{i}]" + (f".{each.path}" if each.path else ""), each.expected, each.actual)


def _differing(expected: Any, actual: Any, path: str, ignore: tuple[str, ...]) -> Iterator[Mismatch]:
    if path in ignore:
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in [*expected, *(each for each in actual if each not in expected)]:
            inner = f"{path}.{name}" if path else name
            yield from _differing(expected.get(name, _ABSENT), actual.get(name, _ABSENT), inner, ignore)
    elif isinstance(expected, list) and isinstance(actual, list):
        for i in range(max(len(expected), len(actual))):
            yield from _differing(_item(expected, i), _item(actual, i), f"{path}[{i}]", ignore)
    elif not _equal(expected, actual):
        yield Mismatch(path, _text(expected), _text(actual))


def _item(values: list[Any], i: int) -> Any:
    return values[i] if i < len(values) else _ABSENT


def _equal(one: Any, other: Any) -> bool:
    """1 and 1.0 are one number; true is not a number."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _text(value: Any) -> str:
    return "(absent)" if value is _ABSENT else json.dumps(value, ensure_ascii=False)


def _tell(result: dict[str, Any], show: bool, report: Report) -> None:
    report.line(f"{'ok    ' if result['ok'] else 'FAILED'}  {result['name']}")
    if not result["ok"] and "expected" in result:
        report.line(f"    expected {result['expected']}")
        report.line(f"    actual   {result['refused'] or 'messages'}")
    differences = result.get("differences", ())
    for each in differences[:_SHOWN]:
        report.line(f"    {each['path'] or '(message)'}")
        report.line(f"      expected {each['expected']}")
        report.line(f"      actual   {each['actual']}")
    if len(differences) > _SHOWN:
        report.line(f"    … and {len(differences) - _SHOWN} more (--json lists all)")
    if show and not result.get("refused"):
        for line in json.dumps(result["output"], indent=2, ensure_ascii=False).splitlines():
            report.line(f"    {line}")
