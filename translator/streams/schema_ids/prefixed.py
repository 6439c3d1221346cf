"""A translation whose results say which schema they were written by; its messages don't."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from translator.contract import RUN, Data, Delimiting, End, Made, Messages, Run, Translation, delimiter
from translator.losses import Losses
from translator.streams.schema_ids.out import Out, refuse_lines


@dataclass(frozen=True)
class Prefixed:
    """`inner`'s results, framed as `out` says (without headers)."""

    inner: Translation
    out: Out

    @property
    def source(self) -> End:
        """As of the inner one."""
        return self.inner.source

    @property
    def target(self) -> End:
        """As of the inner one."""
        return self.inner.target

    @property
    def losses(self) -> Losses:
        """As of the inner one."""
        return self.inner.losses

    @property
    def many(self) -> bool:
        """As of the inner one."""
        return self.inner.many

    def ignored(self) -> dict[str, int]:
        """As of the inner one."""
        return self.inner.ignored()

    def defaulted(self) -> dict[str, int]:
        """As of the inner one."""
        return self.inner.defaulted()

    def never_found(self) -> dict[str, int]:
        """As of the inner one."""
        return self.inner.never_found()

    def translate_batch(self, messages: Messages, delimiting: Delimiting = "none") -> Made:
        """PlanError: lines can't hold such results."""
        wrap = self._around(delimiting)
        return self.inner.translate_batch(messages).wrapped(wrap)

    def translate_run(
        self, data: Data, count: int | None = None, *, partial: bool = False, delimiting: Delimiting = "none",
        batch: int = RUN,
    ) -> Run:  # fmt: skip
        """PlanError: lines can't hold such results."""
        wrap = self._around(delimiting)
        run = self.inner.translate_run(data, count, partial=partial, batch=batch)
        return run._replace(made=run.made.wrapped(wrap))

    def _around(self, delimiting: Delimiting) -> Callable[[bytes], bytes]:
        refuse_lines(delimiting)
        around, prefix = delimiter(delimiting), self.out.prefix
        return lambda payload: around(prefix + payload)
