"""A plan whose results say which schema they were written by; its messages don't."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from native.binding import Run
from native.errors import PlanError
from translator.engine.plan import Plan
from translator.engine.transformers import frame_of
from translator.streams.schema_ids.adapter import Out
from translator.streams.schema_ids.groups import wrapped


@dataclass(frozen=True)
class Prefixed:
    """What the conversion engine takes in place of a plan: `plan`'s results, framed as `out` says (without headers)."""

    plan: Plan
    out: Out

    @property
    def core(self) -> Prefixed:
        """This, as the conversion engine asks for of a plan."""
        return self

    def ignored(self) -> dict[str, int]:
        """As of the plan."""
        return self.plan.ignored()

    def translate_many(self, data: Any, begin: Any, end: Any, framing: str = "none") -> Run:
        """As of the plan's core. PlanError: lines can't hold such results."""
        wrap = self._around(framing)
        return wrapped(self.plan.core.translate_many(data, begin, end), wrap)

    def translate_run(self, data: Any, count: int | None = None, *, framing: str = "none", **options: Any) -> Run:
        """As of the plan's core. PlanError: lines can't hold such results."""
        wrap = self._around(framing)
        return wrapped(self.plan.core.translate_run(data, count, **options), wrap)

    def _around(self, framing: str) -> Callable[[bytes], bytes]:
        if framing == "newline":
            reason = "lines can't hold messages with a binary framing before them: take another container"
            raise PlanError([("", reason)])
        frame, prefix = frame_of(framing), self.out.prefix
        return lambda payload: frame(prefix + payload)
