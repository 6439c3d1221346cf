"""The wire formats, one file each; looked up by name, loaded when first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from native.errors import PlanError

if TYPE_CHECKING:
    from translator.formats.base import Format

NAMES = ("avro", "avro-json", "json", "msgpack", "neuron", "otlp-json", "protobuf", "protojson")


@cache
def get(name: str) -> Format:
    """The format called `name`. PlanError: no format is called so."""
    if name not in NAMES:
        raise PlanError([("", f"no format {name!r}; there are {', '.join(NAMES)}")])
    found: Format = import_module(f"translator.formats.{name.replace('-', '')}").FORMAT
    return found
