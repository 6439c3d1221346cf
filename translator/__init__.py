"""Schema-driven message translation: compiled once per pair of schemas, run in C, exact or refused.

    import translator

    plan = translator.compile("readings.avsc", "signals.proto#Signal")
    plan.translate(message)

Everything is loaded when first used, so that the import itself costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from native.binding import Limits
    from native.errors import (
        ContainerError,
        DataError,
        LimitError,
        PlanError,
        SchemaError,
        TranslatorError,
    )
    from translator.contract import End, Made, Message, Messages, Translation
    from translator.engine.compile import (
        MappingSource,
        MessageTranslator,
        SchemaSpec,
        compile,  # noqa: A004
    )
    from translator.engine.plan import Plan
    from translator.engine.sources import SchemaSource
    from translator.engine.transformers import Transformer, register, transformers, unregister
    from translator.losses import Loss, Losses
    from translator.mapping.document import MappingError
    from translator.messages import LearningComplete, NeuronActivated, NeuronSignal, TopologyChanged
    from translator.policies import Policies
    from translator.streams.schema_ids.adapter import Adapter
    from translator.streams.schema_ids.making import adapter

__version__ = "0.1.0"
"""The distribution's version: pyproject.toml reads it here, since asking the installed metadata takes 70 ms."""

_HOMES = {
    "native.binding": ("Limits",),
    "native.errors": ("ContainerError", "DataError", "LimitError", "PlanError", "SchemaError", "TranslatorError"),
    "translator.streams.schema_ids.adapter": ("Adapter",),
    "translator.streams.schema_ids.making": ("adapter",),
    "translator.contract": ("End", "Made", "Message", "Messages", "Translation"),
    "translator.engine.compile": (
        "MappingSource",
        "MessageTranslator",
        "SchemaSpec",
        "compile",
    ),
    "translator.mapping.document": ("MappingError",),
    "translator.messages": ("LearningComplete", "NeuronActivated", "NeuronSignal", "TopologyChanged"),
    "translator.engine.plan": ("Plan",),
    "translator.losses": ("Loss", "Losses"),
    "translator.policies": ("Policies",),
    "translator.engine.sources": ("SchemaSource",),
    "translator.engine.transformers": ("Transformer", "register", "transformers", "unregister"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Adapter", "ContainerError", "DataError", "End", "LearningComplete", "LimitError", "Limits", "Loss", "Losses",
    "Made", "MappingError", "MappingSource", "Message", "MessageTranslator", "Messages", "NeuronActivated",
    "NeuronSignal", "Plan", "PlanError", "Policies", "SchemaError", "SchemaSource", "SchemaSpec", "TopologyChanged",
    "Transformer", "Translation", "TranslatorError", "adapter", "compile", "register", "transformers", "unregister",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
