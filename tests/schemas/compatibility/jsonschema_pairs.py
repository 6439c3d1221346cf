"""Random JSON Schemas over few names and values, what a change or two make of them, and values to try."""

from __future__ import annotations

import json
from random import Random
from typing import Any

TYPES = ("string", "integer", "number", "null", "boolean", "object", "array")
VALUES = ("a", "b", "", "abc", "abcde", 0, 1, 2, 3, 5, 12, -1, -3, 0.5, 1.5, 2.0, None, True, False)
NAMES = ("p", "q", "r")


def some(chance: Random, **keywords: Any) -> dict[str, Any]:
    """A third of the keywords; each is made when it is taken."""
    return {name: make() for name, make in keywords.items() if chance.random() < 0.35}


def schema(chance: Random, depth: int = 0) -> Any:
    if chance.random() < 0.06:
        return chance.choice([True, False, {}])
    makers = [number, text, listed, types] + ([] if depth > 2 else [members, items, branches, together, negated] * 2)
    return chance.choice(makers)(chance, depth + 1)


def number(chance: Random, _depth: int) -> dict[str, Any]:
    return {"type": chance.choice(["integer", "number"])} | some(
        chance, minimum=lambda: chance.randint(-2, 2), maximum=lambda: chance.randint(0, 4),
        multipleOf=lambda: chance.choice([1, 2, 3, 0.5]), exclusiveMinimum=lambda: chance.randint(-2, 2),
    )  # fmt: skip


def text(chance: Random, _depth: int) -> dict[str, Any]:
    lengths = some(chance, minLength=lambda: chance.randint(0, 2), maxLength=lambda: chance.randint(1, 4))
    return {"type": "string"} | lengths


def listed(chance: Random, _depth: int) -> dict[str, Any]:
    values = [*chance.sample(VALUES, chance.randint(1, 4)), *chance.choice([[], [{"p": 1}], [[]]])]
    return {"const": values[0]} if chance.random() < 0.3 else {"enum": values} | some(chance, type=lambda: "integer")


def types(chance: Random, _depth: int) -> dict[str, Any]:
    return {"type": chance.sample(TYPES, 2)}


def members(chance: Random, depth: int) -> dict[str, Any]:
    named = {name: schema(chance, depth) for name in chance.sample(NAMES, chance.randint(0, 2))}
    return {"properties": named} | some(
        chance, type=lambda: "object", required=lambda: chance.sample(NAMES, 1), maxProperties=lambda: 2,
        additionalProperties=lambda: chance.choice([False, schema(chance, depth)]), minProperties=lambda: 1,
        patternProperties=lambda: {"^p": schema(chance, depth)}, propertyNames=lambda: {"maxLength": 1},
        dependentRequired=lambda: {"p": ["q"]}, dependentSchemas=lambda: {"q": schema(chance, depth)},
    )  # fmt: skip


def items(chance: Random, depth: int) -> dict[str, Any]:
    return some(
        chance, type=lambda: "array", items=lambda: schema(chance, depth), maxItems=lambda: chance.randint(0, 2),
        prefixItems=lambda: [schema(chance, depth)], minItems=lambda: 1, uniqueItems=lambda: True,
    )  # fmt: skip


def branches(chance: Random, depth: int) -> dict[str, Any]:
    return {chance.choice(["anyOf", "oneOf"]): [schema(chance, depth) for _ in range(chance.randint(1, 3))]}


def together(chance: Random, depth: int) -> dict[str, Any]:
    return {"allOf": [schema(chance, depth), schema(chance, depth)]}


def negated(chance: Random, depth: int) -> dict[str, Any]:
    return {"not": schema(chance, depth)}


def changed(chance: Random, old: Any) -> Any:
    """The schema with one place of it changed, or another one."""
    new = json.loads(json.dumps(old))
    if not isinstance(new, dict) or not new or chance.random() < 0.15:
        return schema(chance, 1)
    name = chance.choice(sorted(new))
    inner = new[name]
    if chance.random() < 0.25:
        del new[name]
    elif name in ("properties", "patternProperties"):
        inner[chance.choice([*inner, "s"])] = schema(chance, 2)
    elif name in ("items", "additionalProperties", "not"):
        new[name] = changed(chance, inner)
    elif name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        at = chance.randrange(len(inner))
        inner[at : at + chance.randint(0, 1)] = [changed(chance, inner[at])]
    elif isinstance(inner, int | float) and not isinstance(inner, bool) and name != "const":
        new[name] = abs(inner + chance.choice([-1, 1])) or 1
    else:
        more = schema(chance, 3)
        new |= more if isinstance(more, dict) else {}
    return new


def value(chance: Random, depth: int = 0) -> Any:
    kind = chance.random()
    if depth < 2 and kind < 0.35:
        return {name: value(chance, depth + 1) for name in chance.sample([*NAMES, "s", "pp"], chance.randint(0, 3))}
    if depth < 2 and kind < 0.5:
        return [value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    return chance.choice(VALUES)
