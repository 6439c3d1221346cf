"""An adapter: a plan for messages that say which schema they were written by (S32).

Theory of operation. Each message's reference decides on its plan. A batch is sorted into groups of one plan, each group
is one call of the core on the batch's own bytes, and the results are put back into the order of the messages. What a
message begins with is remembered with the plan and the length of the framing, so that most are not looked at twice.
A message that refers to no schema, or to one that makes no plan, is refused alone, as one that is damaged.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from native.binding import Run
from native.errors import DataError, PlanError
from translator import framing as frames
from translator.engine.plan import Batch, EachBatch, Plan
from translator.engine.transformers import frame_of
from translator.framing import Framing, Headers, Part, Place, Reference
from translator.streams.schema_ids.groups import Group, merged, results_of
from translator.streams.schema_ids.plans import Plans

if TYPE_CHECKING:
    from schemas.model import Schema
    from translator.engine.sources import SchemaSource

HeaderList = list[tuple[str, "bytes | None"]]
_SIZES: dict[Framing, int] = {"confluent": 5, "avro-single": 10}
"""Bytes of the reference before the payload, in its usual form."""
MOST_HEADS = 4096
"""Beginnings of messages that are remembered."""


class Message(NamedTuple):
    """A message with its headers (Kafka's: names may come more than once, a value may be None)."""

    data: bytes
    headers: HeaderList


@dataclass(frozen=True, slots=True)
class Out:
    """How results are framed. `reference`: of the target's schema; None: they aren't. `place`: its message's, in
    Protobuf."""

    reference: Reference | None = None
    place: Place | None = None
    part: Part = "value"

    @property
    def prefix(self) -> bytes:
        """What stands before each payload."""
        return b"" if self.reference is None else frames.prefix(self.reference, self.place)

    def headers(self, given: Headers) -> HeaderList:
        """A result's headers: the message's own, but for what they said of its schema."""
        kept = frames.without(given, self.part) if given else []
        own = None if self.reference is None else frames.header(self.reference, self.place, self.part)
        return [*kept, own] if own else kept


class Translated(Batch):
    """A batch whose messages have headers."""

    __slots__ = ("_given", "_out")

    def __init__(self, run: Run, out: Out, given: Sequence[Headers] | None) -> None:
        super().__init__(run.data, array("q", (0,)) + run.ends, run.errors)
        self._out = out
        self._given = given

    def message(self, index: int) -> Message:
        """Result `index` with its headers; a refused one has no data."""
        return Message(self[index], self._out.headers(self._given[index] if self._given else None))


class Adapter:
    """Translates messages by the schemas that they refer to. Safe to share between threads; plans are compiled when
    first needed, and kept."""

    def __init__(
        self,
        source: SchemaSource,
        compile_: Callable[[Schema], Plan],
        *,
        framing: Framing = "confluent",
        part: Part = "value",
        out: Out | None = None,
    ) -> None:
        """`compile_`: makes the plan from a schema (`translator.adapter` knows how)."""
        self._arguments = source, compile_, framing, part, out
        self._plans = Plans(source, compile_)
        self._framing: Framing = framing
        self._part: Part = part
        self._out = out or Out(part=part)
        self._prefix = self._out.prefix
        self._size = _SIZES[framing]
        self._heads: dict[bytes, tuple[Plan, int]] = {}

    def __reduce__(self) -> Any:
        return _rebuild, self._arguments

    @property
    def framed(self) -> bool:
        """Whether results begin with bytes that lines can't hold."""
        return bool(self._prefix)

    def translate(self, data: bytes, headers: Headers = None) -> Message:
        """One message, with what its headers become. DataError: it is refused; offsets are in the message with its
        framing."""
        plan, begin = self._route(data, headers)
        try:
            payload = plan.translate(data[begin:])
        except DataError as error:
            error.offset += begin
            raise
        return Message(self._prefix + payload, self._out.headers(headers))

    def translate_many(
        self,
        data: Sequence[bytes] | bytes | bytearray | memoryview,
        offsets: Any = None,
        *,
        headers: Sequence[Headers] | None = None,
        framing: str = "none",
    ) -> Translated:
        """Many messages in one call of the core for each plan that they need; results stand in their order.

        `data`: as for `Plan.translate_many`; `headers`: of each message, if they have any. A refused message is an
        entry in the batch's `errors` and nothing in its data.
        """
        run = self._many(data, offsets, headers, framing)
        if run.results is not None:
            raise PlanError([("", "the mapping makes any number of messages of one: use translate_each")])
        return Translated(run, self._out, headers)

    def translate_each(
        self,
        data: Sequence[bytes] | bytes | bytearray | memoryview,
        offsets: Any = None,
        *,
        headers: Sequence[Headers] | None = None,
        framing: str = "none",
    ) -> EachBatch:
        """Messages of which each makes any number, as the mapping's `for_each` says (`Plan.translate_each`).

        The results' headers are those of `translate_many`: what `message` there says of their input.
        """
        run = self._many(data, offsets, headers, framing)
        made = run.results or results_of(run)
        return EachBatch(run.data, array("q", (0,)) + made.ends, run.errors, made.records, made.items)

    @property
    def core(self) -> Core:
        """This, as the conversion engine asks for of a plan."""
        return Core(self._run)

    def ignored(self) -> dict[str, int]:
        """Members that no schema names, over all plans in this thread (S14), by name."""
        counts: dict[str, int] = {}
        for plan in self._plans.all():
            for name, count in plan.ignored().items():
                counts[name] = counts.get(name, 0) + count
        return counts

    def _many(self, data: Any, offsets: Any, headers: Sequence[Headers] | None, framing: str) -> Run:
        if offsets is None:
            data, offsets = _joined(data)
        bounds = memoryview(offsets).cast("B").cast("q")
        if headers is not None and len(headers) != len(bounds) - 1:
            raise ValueError(f"{len(bounds) - 1} messages, and headers of {len(headers)}")
        return self._run(data, array("q", bounds[:-1]), array("q", bounds[1:]), framing, headers)

    def _route(self, data: bytes | memoryview, headers: Headers) -> tuple[Plan, int]:
        """A message's plan, and where its payload begins. DataError: FRAME_…"""
        if headers:
            plan, begin, _ = self._plans.find(frames.parse(data, headers, self._part, self._framing), data)
            return plan, begin
        size = self._size
        head = bytes(data[: size + 1])
        found = self._heads.get(head[:size]) or self._heads.get(head)
        return found or self._remembered(head, data)

    def _remembered(self, head: bytes, data: bytes | memoryview) -> tuple[Plan, int]:
        """By a whole look at the message. Only framing that is as long as usual can be told by its first bytes."""
        plan, begin, place = self._plans.find(frames.parse(data, None, self._part, self._framing), data)
        if begin == self._size + (place is not None):
            self._heads[head[:begin]] = plan, begin
            if len(self._heads) > MOST_HEADS:
                self._heads.clear()
        return plan, begin

    def _run(
        self, data: Any, begin: Any, end: Any, framing: str = "none", headers: Sequence[Headers] | None = None
    ) -> Run:
        """What the core makes of messages data[begin[i]:end[i]], each by its own plan."""
        if self._prefix and framing == "newline":
            raise PlanError(
                [("", "lines can't hold messages with a binary framing before them: take another container")]
            )
        groups, errors = self._grouped(data, begin, end, headers)
        if len(groups) == 1 and not errors and not self._prefix:
            run = groups[0].run(data, end, framing)
            return Run(run.data, run.ends, run.errors, begin, end, run.used, run.results)
        inner, wrap = ("none", self._wrapping(framing)) if self._prefix else (framing, None)
        return merged(data, begin, end, groups, errors, inner, wrap)

    def _wrapping(self, framing: str) -> Callable[[bytes], bytes]:
        """What goes around a payload that has a prefix."""
        frame, prefix = frame_of(framing), self._prefix
        return lambda payload: frame(prefix + payload)

    def _grouped(
        self, data: Any, begin: Any, end: Any, headers: Sequence[Headers] | None
    ) -> tuple[list[Group], list[DataError]]:
        """Which messages go to which plan; and the refusals of those that go to none."""
        whole = data if isinstance(data, bytes) else bytes(data)
        size = self._size
        groups: dict[int, Group] = {}
        known: dict[bytes, tuple[Group, int]] = {}
        errors: list[DataError] = []
        for i, (first, last) in enumerate(zip(begin, end, strict=True)):
            head = whole[first : first + size]
            found = None if headers else known.get(head) or known.get(whole[first : first + size + 1])
            if found is None or first + found[1] > last:
                try:
                    plan, skip = self._route(whole[first:last], headers[i] if headers else None)
                except DataError as error:
                    error.index = i
                    errors.append(error)
                    continue
                group = groups.get(id(plan)) or groups.setdefault(id(plan), Group(plan, begin))
                found = known[whole[first : first + skip]] = group, skip
            found[0].indexes.append(i)
            found[0].begin.append(first + found[1])
        return list(groups.values()), errors


@dataclass(frozen=True)
class Core:
    """What the conversion engine uses of `Plan.core`: batches of messages whose ends are known."""

    translate_many: Callable[..., Run]

    def translate_run(self, *arguments: Any, **options: Any) -> Run:
        """PlanError: framing tells where a message begins, not where it ends."""
        raise PlanError([("", "messages with framing of their own need a container that says where each one ends")])


def _joined(messages: Iterable[bytes] | Any) -> tuple[bytes, array[int]]:
    """Messages side by side, with their offsets."""
    if isinstance(messages, (bytes, bytearray, memoryview)):
        raise TypeError("one buffer of messages needs its offsets")
    messages = list(messages)
    return b"".join(messages), array("q", accumulate(map(len, messages), initial=0))


def _rebuild(
    source: SchemaSource, compile_: Callable[[Schema], Plan], framing: Framing, part: Part, out: Out | None
) -> Adapter:
    return Adapter(source, compile_, framing=framing, part=part, out=out)
