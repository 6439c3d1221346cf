"""What a schema adds to values that bring their own structure (JSON, MessagePack): names of types, no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schemas.model import Any, Array, Field, Map, Null, Record, Type, nullable
from schemas.wellknown import lifted
from translator.formats.walking.kinds import short
from translator.formats.walking.walk import Walk, entry, member


def inside(type_: Type | None) -> Type | None:
    """What the value is taken for: without null, and a well-known message as what it stands for."""
    if type_ is None:
        return None
    found = nullable(type_)[0]
    if isinstance(found, Record):
        found = nullable(lifted(found) or found)[0]
    return None if isinstance(found, Any) else found


def kind(type_: Type | None, wire: str) -> str:
    """The schema's word, or what the bytes say where there is none, or where it is null."""
    found = inside(type_)
    return wire if found is None or isinstance(found, Null) or wire == "null" else short(found)


def item_of(type_: Type | None) -> Type | None:
    found = inside(type_)
    return found.items if isinstance(found, Array) else None


def every_name(field: Field) -> Sequence[str]:
    """All that a field may be called."""
    return field.name, field.json_name, *field.aliases


def own_type(field: Field) -> Type:
    return field.type


def member_of(
    w: Walk,
    type_: Type | None,
    path: str,
    key: str,
    *,
    text: bool = True,
    names: Callable[[Field], Sequence[str]] = every_name,
    held: Callable[[Field], Type] = own_type,
) -> tuple[Type | None, str, str]:
    """A member's type, its path, and a note. `text`: the key is a string. `names`: what a field is found by. `held`:
    the type of what it holds."""
    found = inside(type_)
    if isinstance(found, Map):
        return found.values, entry(path, key), ""
    field = _spelled(w, found, names).get(key) if isinstance(found, Record) and text else None
    if field is None:
        own = member(path, key) if text and key.isidentifier() else entry(path, key)
        return None, own, "not in the schema" if isinstance(found, Record) else ""
    notes = [f"oneof {field.oneof}"] if field.oneof else []
    notes += [f"spelled {key}"] if key != names(field)[0] else []
    own = member(path, field.name) if field.name.isidentifier() else entry(path, field.name)
    return held(field), own, ", ".join(notes)


def _spelled(w: Walk, record: Record, names: Callable[[Field], Sequence[str]]) -> dict[str, Field]:
    """A record's fields by their names; what one is called first goes before what others are called besides (S16)."""
    known: dict[str, Field] | None = w.memo.get(record)
    if known is None:
        known = w.memo[record] = {}
        for each in record.fields:
            known.setdefault(names(each)[0], each)
        for each in record.fields:
            for name in filter(None, names(each)[1:]):
                known.setdefault(name, each)
    return known
