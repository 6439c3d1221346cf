"""What `translator inspect` was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from translator import framing as frames
from translator.cli.shared import sides
from translator.cli.shared.options import LimitOptions
from translator.engine.sources import SchemaSource
from translator.inspecting import reading


@dataclass(frozen=True)
class Asked:
    """What was asked for: the record, the framing, at most `limit` items with `cut` characters each (None: all)."""

    record: int | None
    framing: str
    limit: int | None
    cut: int | None
    limits: LimitOptions
    schema: sides.Spec | None = None
    """What all messages were written by."""
    refers: SchemaSource | None = None
    """Where the schemas are that messages refer to."""
    framed: frames.Framing = "confluent"
    """How they do, where nothing else is said."""

    @property
    def framing_of_records(self) -> frames.Framing | None:
        """Of the records of a file: None: none, or none whose schemas could be looked up."""
        if self.refers is None or self.framing not in (reading.AUTO, *frames.FRAMINGS):
            return None
        return self.framed if self.framing == reading.AUTO else cast("frames.Framing", self.framing)

    def options(self) -> reading.ReadingOptions:
        return reading.ReadingOptions(self.framing, self.limit, self.cut, self.limits.stream())
