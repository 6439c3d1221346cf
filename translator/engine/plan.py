"""A plan as users hold it: compile once, translate many."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, overload

import msgspec

from native import binding
from native.binding import Limits
from native.errors import DataError, PlanError
from translator import formats
from translator.contract import RUN, Data, Delimiting, End, Made, Messages, Run
from translator.engine.objects import for_objects, narrowed, widened
from translator.engine.words import RefusalWords
from translator.formats.msgpack import PYTHON
from translator.losses import Losses
from translator.mapping.program import compile_mapping
from translator.plan.compiler import Compiled, Side, compile_pair
from translator.plan.told import never
from translator.policies import Policies

if TYPE_CHECKING:
    from schemas.model import Schema
    from translator.mapping.document import Mapping

T = TypeVar("T")
Translate = Callable[[bytes], bytes]


class Plan:
    """A translation, compiled for one pair of schemas. Immutable; safe to share between threads.

    Pickles as its schemas and options, and is compiled again where it is loaded.
    """

    def __init__(
        self,
        source: Side,
        target: Side,
        *,
        mapping: Mapping | None = None,
        policies: Policies | None = None,
        drop: Sequence[str] = (),
        limits: Limits | None = None,
    ) -> None:
        """PlanError: the pair doesn't make a plan; it lists every reason."""
        self._settle(source, target, mapping, policies or Policies(), tuple(drop), limits or Limits())
        compiled = self._compile()
        self.losses: Losses = compiled.losses
        """What is lost, field by field."""
        self.warnings = compiled.warnings
        """What the schemas say in a way that its author may not have meant (S27)."""
        self._told = compiled.told
        self._core = binding.LoadedPlan(compiled.image, compiled.names, self.limits)
        self._core.words = RefusalWords(source, target, mapped=mapping is not None)
        self.many = self._core.many
        """Whether its mapping makes any number of messages of one: then `translate_each` is for it."""
        self.translate: Callable[[bytes], bytes] = self._core.translate if not self.many else _needs_each
        """Translates one message. DataError: it is refused, and why and where."""

    def _settle(
        self, source: Side, target: Side, mapping: Mapping | None, policies: Policies, drop: tuple[str, ...],
        limits: Limits,
    ) -> None:  # fmt: skip
        """What it is made of, and what `decode` and `encode` make when they are first called."""
        self.sides = source, target
        self.source, self.target = (End(side.format.name, side.schema) for side in self.sides)
        self.mapping, self.policies, self.drop, self.limits = mapping, policies, drop, limits
        self._lock = threading.Lock()
        self._decoders: dict[Any, tuple[Translate, Callable[[bytes], Any]]] = {}
        self._encoder: tuple[Callable[[Any], bytes], Translate] | None = None
        self._plain_decoder: Translate | None = None

    def __repr__(self) -> str:
        kinds = ", ".join(f"{len(self.losses.of(verdict))} {verdict}" for verdict in ("exact", "checked", "dropped"))
        return f"<Plan {self.source.format} to {self.target.format}: {kinds}>"

    def _compile(self) -> Compiled:
        try:
            if self.mapping is None:
                return compile_pair(*self.sides, self.policies, self.drop)
            return compile_mapping(*self.sides, self.mapping, self.policies)
        except RecursionError:
            raise PlanError([("", "the schemas are nested too deep")]) from None
        except OverflowError as error:  # a table or a frame over the image's 16 bits
            raise PlanError([("", f"the schemas are too large: {error}")]) from None

    def translate_batch(self, messages: Messages, delimiting: Delimiting = "none") -> Made:
        """A batch in one call of the core (`contract.Translation`)."""
        return Made(*self._core.translate_many(messages.data, messages.begins, messages.ends, delimiting))

    def translate_run(
        self, data: Data, count: int | None = None, *, partial: bool = False, delimiting: Delimiting = "none",
        batch: int = RUN,
    ) -> Run:  # fmt: skip
        """Messages that stand back to back, in one call of the core (`contract.Translation`)."""
        made, begins, ends, used = self._core.translate_run(
            data, count, partial=partial, delimiting=delimiting, batch=batch
        )
        return Run(Made(*made), Messages(data, begins, ends), used)

    def translate_many(
        self, data: Iterable[Data] | Data, offsets: object = None, *, delimiting: Delimiting = "none"
    ) -> Made:
        """Translates many messages in one call.

        `data`: a sequence of messages; or one buffer with `offsets`, an int64 buffer of n + 1 (Arrow's large_binary).
        A refused message is an entry in the `errors` and nothing in the data. PlanError: the mapping makes any number
        of messages of one.
        """
        if self.many:
            _needs_each(b"")
        return self.translate_batch(Messages.given(data, offsets), delimiting)

    def translate_each(
        self, data: Iterable[Data] | Data, offsets: object = None, *, delimiting: Delimiting = "none"
    ) -> Made:
        """Translates messages, each of which makes any number, as the mapping's `for_each` says.

        `data`: one message, a sequence of messages, or one buffer with `offsets` as in `translate_many`. What is
        refused is an entry in the `errors`, by input and item; its neighbours are there.
        """
        if offsets is None and isinstance(data, (bytes, bytearray, memoryview)):
            data = [data]
        return self.translate_batch(Messages.given(data, offsets), delimiting).each()

    @overload
    def decode(self, data: bytes) -> Any: ...
    @overload
    def decode(self, data: bytes, type: type[T]) -> T: ...

    def decode(self, data: bytes, type: Any = Any) -> Any:  # noqa: A002
        """One message as Python objects: dicts, or a `msgspec.Struct` (or what msgspec can make) if `type` is given.

        In dicts decimals, UUIDs and times are text, with nanoseconds where there are any (RFC 3339), enums names.
        What a type can't hold is refused (nanoseconds in a datetime: INEXACT); members that it does not have are passed
        over. DataError: the message is refused. msgspec.ValidationError: it doesn't fit `type`. PlanError: `type` has
        times, and no schema says where they are.
        """
        try:
            translate, read = self._decoders[type]
        except (KeyError, TypeError):
            translate, read = self._decoder(type)
        return read(translate(data))

    def decode_each(self, data: bytes, type: Any = Any) -> list[Any]:  # noqa: A002
        """All that one message makes (`translate_each`), as `decode` gives it. DataError: the first that is refused."""
        made = self._plan_to_python(self._schema_for(type)).translate_each(data)
        if made.errors:
            raise made.errors[0]
        read = msgspec.msgpack.Decoder(type).decode
        return [read(made[i]) for i in range(len(made))]

    def encode(self, value: Any) -> bytes:
        """Python objects (as `decode` gives them, Structs, datetimes, UUIDs, Decimals) as a message of the target.

        A float is rounded to a float32; None leaves an optional field unset; a member that the schema does not have is
        refused (unless by policy unknown=ignore). DataError: they don't fit its schema. TypeError: msgspec has no such
        type.
        """
        write, translate = self._encoder or self._make_encoder()
        try:
            return translate(write(value))
        except OverflowError:  # beyond 64 bits, where MessagePack ends
            raise DataError("RANGE", "out of the target's range") from None

    def _decoder(self, type_: Any) -> tuple[Translate, Callable[[bytes], Any]]:
        pair = self._to_python(type_), msgspec.msgpack.Decoder(type_).decode
        with suppress(TypeError), self._lock:  # TypeError: a type without a hash is prepared each time
            self._decoders[type_] = pair
        return pair

    def _to_python(self, type_: Any) -> Translate:
        """What turns a message of the source into MessagePack for `type_`."""
        schema = self._schema_for(type_)
        if schema is not self._decoded_schema():
            return self._translation_to_python(schema)
        with self._lock:
            found = self._plain_decoder = self._plain_decoder or self._translation_to_python(self.target.schema)
        return found

    def _schema_for(self, type_: Any) -> Schema | None:
        """The schema of what is decoded, with just what `type_` can hold."""
        schema = self._decoded_schema()
        return schema if type_ is Any else narrowed(schema, type_)

    def _decoded_schema(self) -> Schema | None:
        """Of the messages that `decode` gives."""
        return self.target.schema or (None if self.mapping else self.source.schema)

    def _translation_to_python(self, schema: Schema | None) -> Translate:
        return self._plan_to_python(schema).translate

    def _plan_to_python(self, schema: Schema | None) -> Plan:
        return Plan(
            self.sides[0], Side(PYTHON, schema),
            mapping=self.mapping, policies=self.policies, drop=self.drop, limits=self.limits,
        )  # fmt: skip

    def _make_encoder(self) -> tuple[Callable[[Any], bytes], Translate]:
        with self._lock:
            if self._encoder is None:
                self._encoder = msgspec.msgpack.Encoder().encode, self._translation_from_python()
            return self._encoder

    def _translation_from_python(self) -> Translate:
        schema = self._decoded_schema()
        source = Side(PYTHON, widened(schema) if schema else None)
        target = Side(self.sides[1].format, schema)
        return Plan(source, target, policies=for_objects(self.policies), limits=self.limits).translate

    def ignored(self) -> dict[str, int]:
        """Members passed over in this thread because the source's schema doesn't name them (S14), by path."""
        return self._told.ignored(self._core.ignored())

    def defaulted(self) -> dict[str, int]:
        """Defaults filled in in this thread because the message, or its schema, lacked a value, by the target's path
        (S36). A default of null isn't counted: it is what absence means."""
        return self._told.defaulted(self._core.filled)

    def never_found(self) -> dict[str, int]:
        """What was looked for in this thread and no record had, not even as null, by the source's path, with the number
        of records (S36). With a mapping: what its rules read. A field whose absence is a value isn't told."""
        return never(self.sought())

    def sought(self) -> dict[str, int]:
        """All that was looked for in this thread, by the source's path: 0 where a record had it, else the number of
        records that were looked at in vain."""
        return self._told.found(self._core.found)

    def __reduce__(self) -> Any:
        return of_ends, (self.source, self.target, self.mapping, self.policies, self.drop, self.limits)


def of_ends(
    source: End,
    target: End,
    mapping: Mapping | None = None,
    policies: Policies | None = None,
    drop: Sequence[str] = (),
    limits: Limits | None = None,
) -> Plan:
    """The core's plan from one end to the other. PlanError: there is none, or a format that the core does not speak."""
    for name in (source.format, target.format):
        if name not in formats.NAMES:
            reason = f"no format {name!r} in the core, and no transformer from {source.format} to {target.format}"
            raise PlanError([("", f"{reason} is registered")])
    sides = (Side(formats.get(end.format), end.schema) for end in (source, target))
    return Plan(*sides, mapping=mapping, policies=policies, drop=drop, limits=limits)


def _needs_each(data: bytes) -> bytes:
    raise PlanError([("", "its mapping makes any number of messages of one: use translate_each")])


__all__ = ["Plan", "of_ends"]
