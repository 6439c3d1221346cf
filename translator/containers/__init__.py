"""How messages stand in a file or a stream: one file per container, all of one shape (`base.Container`).

Containers move bytes. They know nothing of schemas beyond carrying a schema's text (Avro), and nothing of formats
beyond the names of those that can stand in them. Importing this package imports none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from translator.containers.base import Container

_MODULES = {
    "avro": "avro",
    "ndjson": "ndjson",
    "delimited": "delimited",
    "msgpack-stream": "msgpack_stream",
    "hal9-frames": "hal9_frames",
    "json-array": "json_array",
    "lone": "lone",
    "dead-letter": "dead_letter",
}

NAMES = tuple(_MODULES)
"""The names of all containers."""


def get(name: str) -> Container:
    """The container of that name. KeyError where there is none."""
    return cast("Container", import_module(f"{__name__}.{_MODULES[name]}"))
