"""How messages stand in a file or a stream: one file per container, which says all of it (`base.Container`).

Containers move bytes. They know nothing of schemas beyond carrying a schema's text (Avro), and of a format only what
its `Format` says. Importing this package imports none of them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from translator.containers.base import Container

_MODULES: Final = {
    "avro": "avro",
    "ndjson": "ndjson",
    "delimited": "delimited",
    "msgpack-stream": "msgpack_stream",
    "cbor-seq": "cbor_seq",
    "hal9-frames": "hal9_frames",
    "json-array": "json_array",
    "lone": "lone",
    "dead-letter": "dead_letter",
}

NAMES: Final = tuple(_MODULES)
"""The names of all containers."""


@cache
def get(name: str) -> Container:
    """The container of that name. KeyError where there is none."""
    found: Container = import_module(f"{__name__}.{_MODULES[name]}").CONTAINER
    return found
