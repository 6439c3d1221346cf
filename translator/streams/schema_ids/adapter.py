"""An adapter: a plan for messages that say which schema they were written by (S32).

Theory of operation. Each message's reference decides on its plan. A batch is sorted into groups of one plan, each group
is one call of the core on the batch's own bytes, and the results are put back into the order of the messages. What a
message begins with is remembered with the plan and the length of the framing, so that most are not looked at twice.
A message that refers to no schema, or to one that makes no plan, is refused alone, as one that is damaged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from native.errors import DataError, PlanError, tombstone
from translator import framing as frames
from translator.contract import RUN, Data, Delimiting, End, Made, Message, Messages, Run, delimiter
from translator.engine.plan import Plan
from translator.framing import Framing, Headers, Part
from translator.losses import Losses
from translator.plan.told import never
from translator.streams.schema_ids.groups import Group, merged
from translator.streams.schema_ids.out import Out, ResultHeaders, refuse_lines
from translator.streams.schema_ids.plans import SchemaPlans

if TYPE_CHECKING:
    from schemas.model import Schema
    from translator.engine.sources import SchemaSource

_SIZES: dict[Framing, int] = {"confluent": 5, "avro-single": 10}
"""Bytes of the reference before the payload, in its usual form."""
MOST_HEADS = 4096
"""Beginnings of messages that are remembered."""


class Adapter:
    """Translates messages by the schemas that they refer to (`contract.Translation`). Safe to share between threads;
    plans are compiled when first needed, and kept."""

    def __init__(
        self,
        source: SchemaSource,
        compile_: Callable[[Schema], Plan],
        target: End,
        *,
        framing: Framing = "confluent",
        part: Part = "value",
        out: Out | None = None,
    ) -> None:
        """`compile_`: makes the plan from a schema to `target` (`translator.adapter` knows how)."""
        self._arguments = source, compile_, target, framing, part, out
        self._plans = SchemaPlans(source, compile_)
        self.source = End(framing, None)
        self.target = target
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

    @property
    def many(self) -> bool:
        """Whether a message makes any number of results, as far as plans have been needed."""
        return any(plan.many for plan in self._plans.all())

    @property
    def losses(self) -> Losses:
        """Of all plans that have been needed; of what is lost differently, the worst."""
        found = Losses()
        for plan in self._plans.all():
            for each in plan.losses:
                found.add(each.path, each.verdict, each.reason)
        return found

    def translate(self, data: bytes, headers: Headers = None) -> Message:
        """One message, with what its headers become. DataError: it is refused; offsets are in the message with its
        framing."""
        plan, begin = self.route(data, headers)
        try:
            payload = plan.translate(data[begin:])
        except DataError as error:
            error.offset += begin
            raise
        return Message(self._prefix + payload, self._out.headers(headers))

    def decode(self, data: bytes, type: Any = Any, headers: Headers = None) -> Any:  # noqa: A002
        """One message as Python objects, as `Plan.decode` gives them. DataError: it is refused."""
        plan, begin = self.route(data, headers)
        try:
            return plan.decode(data[begin:], type)
        except DataError as error:
            error.offset += begin
            raise

    def translate_many(
        self,
        data: Iterable[Data] | Data,
        offsets: object = None,
        *,
        headers: Sequence[Headers] | None = None,
        delimiting: Delimiting = "none",
    ) -> Made:
        """Many messages in one call of the core for each plan that they need; results stand in their order.

        `data`: as for `Plan.translate_many`; `headers`: of each message, if they have any. A refused message is an
        entry in the `errors` and nothing in the data. PlanError: the mapping makes any number of messages of one.
        """
        made = self.translate_batch(Messages.given(data, offsets, headers), delimiting)
        if made.items is not None:
            raise PlanError([("", "the mapping makes any number of messages of one: use translate_each")])
        return made

    def translate_each(
        self,
        data: Iterable[Data] | Data,
        offsets: object = None,
        *,
        headers: Sequence[Headers] | None = None,
        delimiting: Delimiting = "none",
    ) -> Made:
        """Messages that each make any number, as the mapping's `for_each` says (`Plan.translate_each`)."""
        return self.translate_batch(Messages.given(data, offsets, headers), delimiting).each()

    def translate_batch(self, messages: Messages, delimiting: Delimiting = "none") -> Made:
        """What the core makes of each message, by its own plan. PlanError: lines can't hold such results."""
        if self._prefix:
            refuse_lines(delimiting)
        groups, errors = self._grouped(messages)
        if len(groups) == 1 and not errors and not self._prefix:
            made = groups[0].translate(messages, delimiting)
        else:
            inner: Delimiting = "none" if self._prefix else delimiting
            made = merged(messages, groups, errors, inner, self._wrapping(delimiting) if self._prefix else None)
        return replace(made, headers=ResultHeaders(self._out, messages.headers, made.inputs))

    def translate_run(
        self, data: Data, count: int | None = None, *, partial: bool = False, delimiting: Delimiting = "none",
        batch: int = RUN,
    ) -> Run:  # fmt: skip
        """PlanError: framing tells where a message begins, not where it ends."""
        raise PlanError([("", "messages with framing of their own need a container that says where each one ends")])

    def ignored(self) -> dict[str, int]:
        """Members that no schema names, over all plans in this thread (S14), by path."""
        return _added(plan.ignored() for plan in self._plans.all())

    def defaulted(self) -> dict[str, int]:
        """Defaults, over all plans in this thread (S36), by the target's path."""
        return _added(plan.defaulted() for plan in self._plans.all())

    def never_found(self) -> dict[str, int]:
        """What no record of any schema had that was looked for it in this thread (S36), by the source's path."""
        plans = [plan.sought() for plan in self._plans.all()]
        had = {path for each in plans for path, missed in each.items() if not missed}
        return never({path: times for path, times in _added(plans).items() if path not in had})

    def route(self, data: bytes | memoryview, headers: Headers = None) -> tuple[Plan, int]:
        """A message's plan, and where its payload begins. DataError: FRAME_…, or it is a tombstone."""
        if data is None:
            raise tombstone()
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

    def _wrapping(self, delimiting: Delimiting) -> Callable[[bytes], bytes]:
        """What goes around a payload that has a prefix."""
        around, prefix = delimiter(delimiting), self._prefix
        return lambda payload: around(prefix + payload)

    def _grouped(self, messages: Messages) -> tuple[list[Group], list[DataError]]:
        """Which messages go to which plan; and the refusals of those that go to none."""
        whole = messages.data if isinstance(messages.data, bytes) else bytes(messages.data)
        size, headers = self._size, messages.headers
        groups: dict[Plan, Group] = {}
        known: dict[bytes, tuple[Group, int]] = {}
        errors: list[DataError] = []
        for i, (first, last) in enumerate(zip(messages.begins, messages.ends, strict=True)):
            head = whole[first : first + size]
            found = None if headers else known.get(head) or known.get(whole[first : first + size + 1])
            if found is None or first + found[1] > last:
                try:
                    plan, skip = self.route(whole[first:last], headers[i] if headers else None)
                except DataError as error:
                    error.index = i
                    errors.append(error)
                    continue
                group = groups.get(plan) or groups.setdefault(plan, Group(plan))
                found = known[whole[first : first + skip]] = group, skip
            found[0].indexes.append(i)
            found[0].begins.append(first + found[1])
        return list(groups.values()), errors


def _added(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total = Counter[str]()
    for each in counts:
        total.update(each)
    return dict(total)


def _rebuild(
    source: SchemaSource, compile_: Callable[[Schema], Plan], target: End, framing: Framing, part: Part,
    out: Out | None,
) -> Adapter:  # fmt: skip
    return Adapter(source, compile_, target, framing=framing, part=part, out=out)
