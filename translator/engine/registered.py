"""A plan whose messages are translated by a transformer that a user has registered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from native import binding
from native.errors import PlanError
from translator import formats
from translator.engine import transformers as table
from translator.engine.plan import Batch, Plan, python_format
from translator.formats.base import ALL_LANGUAGES, Format, by_name, no_checks
from translator.losses import Losses
from translator.plan.compiler import Side

if TYPE_CHECKING:
    from schemas.model import Schema
    from translator.engine.specs import End
    from translator.mapping.document import Mapping


class RegisteredPlan(Plan):
    """A plan like any other, but for `core`, which it hasn't. Pickles where the same pair is registered."""

    def __init__(
        self, source: End, target: End, factory: table.Factory, mapping: Mapping | None, options: table.Options
    ) -> None:
        self.source, self.target = _side(source), _side(target)
        self.mapping, self.policies = mapping, options.policies
        self.drop, self.limits = options.drop, options.limits
        self._transformer = factory(source.schema, target.schema, mapping, options)
        self.losses = getattr(self._transformer, "losses", Losses())
        self.warnings = [text for each in (source, target) if each.schema for text in each.schema.warnings]
        self.many = False
        self.translate = self._transformer.translate
        self._prepare()

    def translate_many(
        self, data: Sequence[bytes] | bytes | bytearray | memoryview, offsets: Any = None, *, framing: str = "none"
    ) -> Batch:
        """As the transformer does it."""
        return self._transformer.translate_many(data, offsets, framing=framing)

    @property
    def core(self) -> binding.Plan:
        """PlanError: a registered transformer has none."""
        raise PlanError([("", f"{self.source.format.name} to {self.target.format.name} is a registered transformer")])

    def ignored(self) -> dict[str, int]:
        """What a registered transformer passes over isn't counted."""
        return {}

    def _decoded_schema(self) -> Schema | None:
        return self.target.schema

    def _translation_to_python(self, schema: Schema | None) -> Callable[[bytes], bytes]:
        self._must_be_built_in()
        read = Plan(self.target, Side(python_format(), schema), policies=self.policies, limits=self.limits).translate
        return lambda data: read(self.translate(data))

    def _translation_from_python(self) -> Callable[[bytes], bytes]:
        self._must_be_built_in()
        return super()._translation_from_python()

    def _must_be_built_in(self) -> None:
        name = self.target.format.name
        if name not in formats.NAMES:
            raise PlanError([("", f"{name} is a registered format: it has no Python objects but its bytes")])

    def __reduce__(self) -> Any:
        ends = ((side.format.name, side.schema) for side in (self.source, self.target))
        return _rebuild, (*ends, self.mapping, table.Options(self.policies, self.drop, self.limits))


def _rebuild(
    source: tuple[str, Schema | None], target: tuple[str, Schema | None], mapping: Any, options: table.Options
) -> Plan:
    from translator.engine.specs import End

    factory = table.find(source[0], target[0])
    if factory is None:
        raise PlanError([("", f"no transformer from {source[0]} to {target[0]} is registered in this process")])
    return RegisteredPlan(End(*source), End(*target), factory, mapping, options)


def _side(end: End) -> Side:
    return Side(formats.get(end.format) if end.format in formats.NAMES else _foreign(end.format), end.schema)


def _foreign(name: str) -> Format:
    """A user's format: only its registered transformers know more than its name."""
    return Format(
        name=name, core=-1, languages=ALL_LANGUAGES, scalar=lambda type_, policies: None, checks=no_checks,
        spellings=by_name, self_describing=True,
    )  # fmt: skip
