"""A plan whose messages are translated by a transformer that a user has registered.

A transformer is code of somebody else's: whatever it raises for a message refuses that message, and never its
neighbours. A batch that fails as a whole is therefore translated again one by one.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from native.errors import DataError, PlanError, TranslatorError
from translator import formats
from translator.contract import RUN, Data, Delimiting, End, Made, Messages, Run, Translation, delimiter, offsets_of
from translator.engine.plan import Plan, of_ends
from translator.engine.transformers import SHARED, Factory, Options, Transformer
from translator.formats.msgpack import PYTHON
from translator.losses import Losses
from translator.plan.compiler import Side

if TYPE_CHECKING:
    from schemas.model import Schema
    from translator.mapping.document import Mapping

T = TypeVar("T")


class RegisteredPlan(Plan):
    """A plan like any other, but that a transformer translates. Pickles as the transformer's factory does."""

    def __init__(self, source: End, target: End, factory: Factory, mapping: Mapping | None, options: Options) -> None:
        """PlanError: the factory makes none. What else is ours passes as the factory raises it."""
        self._settle(_side(source), _side(target), mapping, options.policies, options.drop, options.limits)
        self._factory = factory
        self._transformer = _made_by(factory, source, target, mapping, options)
        self._whole = self._transformer if isinstance(self._transformer, Translation) else None
        self.losses = getattr(self._transformer, "losses", Losses())
        self.warnings = [text for each in (source, target) if each.schema for text in each.schema.warnings]
        self.many = self._whole is not None and self._whole.many
        self.translate = self._one

    def _one(self, data: bytes) -> bytes:
        result = _guarded(self._transformer.translate, data)
        if not isinstance(result, bytes):
            raise DataError("TRANSFORMER", f"the transformer gave no bytes, but {type(result).__name__}")
        return result

    def translate_batch(self, messages: Messages, delimiting: Delimiting = "none") -> Made:
        """As the transformer does it: all at once if it can, else one after another."""
        around = delimiter(delimiting)
        if self._whole is None:
            return _each(messages, lambda message: _alone(around(self._one(message[0]))))
        whole = self._whole
        try:
            return _whole(whole, messages, delimiting)
        except DataError:
            return _each(messages, lambda message: _whole(whole, message, delimiting), whole.many)

    def translate_run(
        self, data: Data, count: int | None = None, *, partial: bool = False, delimiting: Delimiting = "none",
        batch: int = RUN,
    ) -> Run:  # fmt: skip
        """Where messages end, the core's own reader of the source's format tells.

        PlanError: the core does not speak the format, so that the container must say it.
        """
        found = self._finder().translate_run(data, count, partial=partial, batch=batch)
        made = self.translate_batch(found.messages, delimiting).refusing(found.made.errors)
        return Run(made, found.messages, found.used)

    def _finder(self) -> Plan:
        if self.source.format not in formats.NAMES:
            reason = f"{self.source.format} is a registered format: its container must say where each message ends"
            raise PlanError([("", reason)])
        return of_ends(self.source, self.source, policies=self.policies, drop=("*",), limits=self.limits)

    def ignored(self) -> dict[str, int]:
        """As the transformer counts it, if it does."""
        return {} if self._whole is None else self._whole.ignored()

    def defaulted(self) -> dict[str, int]:
        """As the transformer counts it, if it does."""
        return {} if self._whole is None else self._whole.defaulted()

    def never_found(self) -> dict[str, int]:
        """As the transformer counts it, if it does."""
        return self.sought()

    def sought(self) -> dict[str, int]:
        """Of what was found no transformer tells."""
        return {} if self._whole is None else self._whole.never_found()

    def _decoded_schema(self) -> Schema | None:
        return self.target.schema

    def _translation_to_python(self, schema: Schema | None) -> Callable[[bytes], bytes]:
        self._must_be_built_in()
        target = self.sides[1]
        read = Plan(target, Side(PYTHON, schema), policies=self.policies, limits=self.limits).translate
        return lambda data: read(self.translate(data))

    def _translation_from_python(self) -> Callable[[bytes], bytes]:
        self._must_be_built_in()
        return super()._translation_from_python()

    def _must_be_built_in(self) -> None:
        if self.target.format not in formats.NAMES:
            reason = f"{self.target.format} is a registered format: it has no Python objects but its bytes"
            raise PlanError([("", reason)])

    def __reduce__(self) -> Any:
        """A factory of the table that all share is looked up there; one of a table of its own travels along."""
        options = Options(self.policies, self.drop, self.limits)
        shared = SHARED.find(self.source.format, self.target.format) is self._factory
        factory = None if shared else self._factory
        return _rebuild, (self.source, self.target, factory, self.mapping, options)


def _rebuild(source: End, target: End, factory: Factory | None, mapping: Mapping | None, options: Options) -> Plan:
    found = factory or SHARED.find(source.format, target.format)
    if found is None:
        reason = f"no transformer from {source.format} to {target.format} is registered in this process"
        raise PlanError([("", reason)])
    return RegisteredPlan(source, target, found, mapping, options)


def _made_by(factory: Factory, source: End, target: End, mapping: Mapping | None, options: Options) -> Transformer:
    """PlanError: the factory fails, or what it gives is not a transformer."""
    pair = f"the transformer from {source.format} to {target.format}"
    try:
        found = factory(source.schema, target.schema, mapping, options)
    except TranslatorError:
        raise
    except Exception as error:
        raise PlanError([("", f"{pair} can't be made: {type(error).__name__}: {error}")]) from error
    if not isinstance(found, Transformer):
        raise PlanError([("", f"{pair} can't be made: {type(found).__name__} has no `translate`")])
    return found


def _whole(transformer: Translation, messages: Messages, delimiting: Delimiting) -> Made:
    """What a transformer makes of a whole batch. DataError: it refuses or fails, or gives what is not that."""
    made = _guarded(transformer.translate_batch, messages, delimiting)
    if not isinstance(made, Made) or (made.items is None and len(made) != len(messages)):
        raise DataError("TRANSFORMER", f"the transformer gave {made!r:.80} for {len(messages)} messages")
    return made


def _guarded(function: Callable[..., T], *arguments: Any) -> T:
    """What a transformer's function gives. DataError: it refuses the message, or fails at it."""
    try:
        return function(*arguments)
    except DataError:
        raise
    except Exception as error:
        raise DataError("TRANSFORMER", f"the transformer failed: {type(error).__name__}: {error}") from error


def _alone(result: bytes) -> Made:
    """One message's one result."""
    return Made(result, array("q", (0, len(result))), [], range(1))


def _each(messages: Messages, translate: Callable[[Messages], Made], many: bool = False) -> Made:
    """A batch, one message after another; a refused one is an error at its index."""
    parts: list[bytes] = []
    inputs, items = array("q"), array("q")
    errors: list[DataError] = []
    for i in range(len(messages)):
        try:
            made = translate(messages.some(range(i, i + 1)))
        except DataError as error:
            made = Made(b"", array("q", (0,) if many else (0, 0)), [error], range(0 if many else 1))
        parts += [made[k] for k in range(len(made))]
        inputs.extend(i for _ in range(len(made)))
        items.extend(made.items or bytes(len(made)))
        errors += [_at(error, i) for error in made.errors]
    return Made(b"".join(parts), offsets_of(parts), errors, inputs, items if many else None)


def _at(error: DataError, index: int) -> DataError:
    error.index = index
    return error


def _side(end: End) -> Side:
    return Side(formats.known(end.format), end.schema)
