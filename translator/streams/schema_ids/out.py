"""How results say which schema they were written by: by what stands before each, or in a header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from native.errors import PlanError
from schemas.places import Place
from translator import framing
from translator.contract import Delimiting, HeaderList
from translator.framing import Headers, Part, SchemaReference


@dataclass(frozen=True, slots=True)
class Out:
    """How results are framed. `reference`: of the target's schema; None: they aren't. `place`: its message's, in
    Protobuf."""

    reference: SchemaReference | None = None
    place: Place | None = None
    part: Part = "value"

    @property
    def prefix(self) -> bytes:
        """What stands before each payload."""
        return b"" if self.reference is None else framing.prefix(self.reference, self.place)

    def headers(self, given: Headers) -> HeaderList:
        """A result's headers: the message's own, but for what they said of its schema."""
        kept = framing.without(given, self.part) if given else []
        own = None if self.reference is None else framing.header(self.reference, self.place, self.part)
        return [*kept, own] if own else kept


class ResultHeaders(Sequence[HeaderList]):
    """The headers of a batch's results, made when they are asked for. `given`: of the messages, `inputs`: of which
    message each result is."""

    def __init__(self, out: Out, given: Sequence[Headers] | None, inputs: Sequence[int]) -> None:
        self._out = out
        self._given = given
        self._inputs = inputs

    def __len__(self) -> int:
        return len(self._inputs)

    def __getitem__(self, index: Any) -> Any:
        return self._out.headers(self._given[self._inputs[index]] if self._given is not None else None)


def refuse_lines(delimiting: Delimiting) -> None:
    """PlanError: lines can't hold what begins with binary bytes."""
    if delimiting == "newline":
        reason = "lines can't hold messages with a binary framing before them: take another container"
        raise PlanError([("", reason)])
