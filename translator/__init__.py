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
    from translator.adapters.adapter import Adapter, Message
    from translator.adapters.making import adapter
    from translator.api import MappingSource, SchemaSpec, compile  # noqa: A004
    from translator.mapping.document import MappingError
    from translator.messages import LearningComplete, NeuronActivated, NeuronSignal, TopologyChanged
    from translator.plan.handle import Batch, EachBatch, Plan
    from translator.plan.losses import Loss, Losses
    from translator.plan.policies import Policies
    from translator.sources import SchemaSource
    from translator.table import Transformer, register, transformers

__version__ = "0.1.0"
"""The distribution's version: pyproject.toml reads it here, since asking the installed metadata takes 70 ms."""

_HOMES = {
    "native.binding": ("Limits",),
    "native.errors": ("ContainerError", "DataError", "LimitError", "PlanError", "SchemaError", "TranslatorError"),
    "translator.adapters.adapter": ("Adapter", "Message"),
    "translator.adapters.making": ("adapter",),
    "translator.api": ("MappingSource", "SchemaSpec", "compile"),
    "translator.mapping.document": ("MappingError",),
    "translator.messages": ("LearningComplete", "NeuronActivated", "NeuronSignal", "TopologyChanged"),
    "translator.plan.handle": ("Batch", "EachBatch", "Plan"),
    "translator.plan.losses": ("Loss", "Losses"),
    "translator.plan.policies": ("Policies",),
    "translator.sources": ("SchemaSource",),
    "translator.table": ("Transformer", "register", "transformers"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Adapter", "Batch", "ContainerError", "DataError", "EachBatch", "LearningComplete", "LimitError", "Limits", "Loss",
    "Losses", "MappingError", "MappingSource", "Message", "NeuronActivated", "NeuronSignal", "Plan", "PlanError",
    "Policies", "SchemaError", "SchemaSource", "SchemaSpec", "TopologyChanged", "Transformer", "TranslatorError",
    "adapter", "compile", "register", "transformers",
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
