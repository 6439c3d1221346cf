"""The wire formats, one file each; looked up by name, loaded when first asked for.

A new format is a file that says all of itself (base.py), and a line in `_BUILT_IN`; or, of another package, an entry
point of the group `translator.formats`, whose name is the format's and whose value has the form of the lines here:

    [project.entry-points."translator.formats"]
    strict-json = "my_package.strict:FORMAT"

A name that is taken stays what it is. Entry points are looked for only when the formats here don't answer, since that
takes longer than everything else that is done with a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, overload

from native.errors import PlanError

if TYPE_CHECKING:
    from schemas.model import Language
    from translator.formats.base import Format

GROUP: Final = "translator.formats"
USUAL: Final = "neuron"
"""What neurons speak: the format of what a conversion makes, and of the built-in schemas, where none is named."""
_BUILT_IN: Final = {
    "avro": "translator.formats.avro:FORMAT",
    "avro-json": "translator.formats.avrojson:FORMAT",
    "cbor": "translator.formats.cbor:FORMAT",
    "json": "translator.formats.json:FORMAT",
    "msgpack": "translator.formats.msgpack:FORMAT",
    "neuron": "translator.formats.neuron:FORMAT",
    "otlp-json": "translator.formats.otlpjson:FORMAT",
    "protobuf": "translator.formats.protobuf:FORMAT",
    "protojson": "translator.formats.protojson:FORMAT",
    "txtpb": "translator.formats.txtpb:FORMAT",
}
_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")


class _FormatNames(Sequence[str]):
    """The names of all formats: those here, then those of other packages."""

    def __contains__(self, name: object) -> bool:
        return name in _BUILT_IN or (isinstance(name, str) and bool(_NAME.fullmatch(name)) and name in _plugged_in())

    def __iter__(self) -> Iterator[str]:
        yield from _BUILT_IN
        yield from _plugged_in()

    def __len__(self) -> int:
        return len(_BUILT_IN) + len(_plugged_in())

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return [*self][index]


NAMES: Final = _FormatNames()


@cache
def _plugged_in() -> dict[str, str]:
    """The formats of other packages: where each `Format` stands."""
    from importlib.metadata import entry_points

    found = {each.name: each.value for each in entry_points(group=GROUP)}
    return {name: found[name] for name in sorted(found) if _NAME.fullmatch(name) and name not in _BUILT_IN}


@cache
def get(name: str) -> Format:
    """The format called `name`. PlanError: there is none; ImportError: its package can't be loaded."""
    if name not in NAMES:
        raise PlanError([("", f"no format {name!r}; there are {', '.join(NAMES)}")])
    module, _, attribute = (_BUILT_IN.get(name) or _plugged_in()[name]).partition(":")
    found: Format = getattr(import_module(module), attribute)
    return found


@cache
def known(name: str) -> Format:
    """The format called `name`; of one that only registered transformers speak, all that can be said of it."""
    if name in NAMES:
        return get(name)
    from translator.formats.base import foreign

    return foreign(name)


def is_text(name: str) -> bool:
    """Whether messages in that format are JSON text; False of a name that only registered transformers know."""
    return name in NAMES and get(name).text


def usual_for(language: Language) -> str:
    """The format of messages that a schema in that language describes, where no format is named."""
    return next(name for name in _BUILT_IN if get(name).usual_for == language)


def by_suffix(suffix: str) -> tuple[str, str] | None:
    """The format and the container of files with that suffix (`.pb`); None: no format has it."""
    for name in NAMES if suffix else ():
        container = get(name).suffixes.get(suffix)
        if container is not None:
            return name, container
    return None
