"""Reading values and conditions of a mapping document."""

from __future__ import annotations

from typing import Any, cast, get_args
from uuid import UUID

from translator.mapping.document.errors import BARE, Problems, child, did_you_mean, item
from translator.mapping.document.model import (
    DEFAULT_NAMESPACE,
    MOST_DIGITS,
    AllOf,
    AnyOf,
    Cast,
    Comparison,
    Condition,
    Constant,
    ConstSource,
    Digits,
    FirstSource,
    GenerateSource,
    Generator,
    JoinSource,
    Not,
    OneOf,
    Operator,
    PathSource,
    Present,
    Rounding,
    Source,
    Time,
    Truth,
    Uuid5Source,
    Value,
)
from translator.mapping.document.path import PathError, parse_path
from translator.mapping.document.tables import MAX_DEPTH, Table, is_text, kind, read_constant

SINGLE = ("path", "const", "first", "join", "uuid5", "generate")
COLLECTIONS = ("for_each", "merge", "entries", "fields")
SOURCES = SINGLE + COLLECTIONS
MODIFIERS = (
    "when", "namespace", "decode", "decimal", "encode", "time", "enum", "otherwise", "scale", "offset", "cast",
    "rounding", "truncate", "lower", "upper", "default", "required",
)  # fmt: skip
VALUE_KEYS = SINGLE + MODIFIERS
OPERATORS: tuple[str, ...] = get_args(Operator)
TESTS = (*OPERATORS, "in", "present")
GROUPS = ("all", "any", "not")
_OPERAND_KEYS = tuple(name for name in VALUE_KEYS if name not in ("when", "required"))
_TEXT_OPERATORS = ("starts_with", "ends_with", "contains")
_ORDERED_OPERATORS = ("less", "less_equal", "greater", "greater_equal")


class ValueReader:
    """Reads values and conditions; what is wrong goes to `problems`, and the result is then None or incomplete."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.depth = 0
        self.names: list[str] = []
        """The loops' names in scope."""

    # --- values ---

    def value(self, key: str, given: Any) -> Value | None:
        """A path, or a table with a source and modifiers."""
        if isinstance(given, str):
            source = self.path(key, given)
            return None if source is None else Value(key, source)
        if not isinstance(given, dict):
            self.problems.add(key, f"a value is a path (a string) or a table, not {kind(given)}")
            return None
        if not self.enter(key):
            return None
        value = self.table(Table(key, given, self.problems))
        self.depth -= 1
        return value

    def table(self, table: Table) -> Value | None:
        if any(table.has(name) for name in COLLECTIONS):
            from translator.mapping.document.collections import collection

            return collection(self, table)
        if not is_dotted(table):
            table.refuse_unknown(VALUE_KEYS)
        return self.operand(table)

    def operand(self, table: Table) -> Value | None:
        """The source and modifiers of a table whose other members are someone else's."""
        source = self.source(table)
        modifiers = {**self.conversions(table), **self.presence(table)}
        return None if source is None else Value(table.key, source, **modifiers)

    def conversions(self, table: Table) -> dict[str, Any]:
        lower, upper = table.boolean("lower") or False, table.boolean("upper") or False
        if lower and upper:
            table.wrong("upper", 'can\'t be true beside "lower"')
        return {
            "decode": table.choice("decode", Digits),
            "decimal": self.decimal(table),
            "encode": table.choice("encode", Digits),
            "time": table.choice("time", Time),
            "enum": self.enum(table),
            "otherwise": self.otherwise(table),
            "scale": table.number("scale"),
            "offset": table.number("offset"),
            "cast": table.choice("cast", Cast),
            "rounding": table.choice("rounding", Rounding),
            "truncate": table.boolean("truncate"),
            "lower": lower,
            "upper": upper,
        }

    @staticmethod
    def decimal(table: Table) -> int | None:
        scale = table.number("decimal")
        if scale is None:
            return None
        if scale != int(scale) or not 0 <= scale <= MOST_DIGITS:
            table.wrong("decimal", f"must be a scale, a whole number from 0 to {MOST_DIGITS}")
            return None
        return int(scale)

    def presence(self, table: Table) -> dict[str, Any]:
        when = self.condition(table.at("when"), table.members["when"]) if table.has("when") else None
        return {"when": when, "default": table.constant("default"), "required": table.boolean("required") or False}

    def enum(self, table: Table) -> tuple[tuple[str, Constant], ...] | None:
        if not table.has("enum"):
            return None
        key, given = table.at("enum"), table.members["enum"]
        if not isinstance(given, dict):
            self.problems.add(key, f"must be a table of texts and what they become, not {kind(given)}")
            return None
        if not given:
            self.problems.add(key, "an empty table says nothing")
        entries = Table(key, given, self.problems)
        constants = [(name, entries.constant(name)) for name in entries.members]
        return tuple((name, constant) for name, constant in constants if constant is not None)

    def otherwise(self, table: Table) -> Constant | None:
        if table.has("otherwise") and not table.has("enum"):
            table.wrong("otherwise", 'has no meaning without "enum"')
        return table.constant("otherwise")

    # --- sources ---

    def source(self, table: Table) -> Source | None:
        given = [name for name in SINGLE if table.has(name)]
        if table.has("namespace") and not table.has("uuid5"):
            table.wrong("namespace", 'has no meaning without "uuid5"')
        if len(given) != 1:
            self.problems.add(table.key, self.why_no_source(table, given))
            return None
        match given[0]:
            case "path":
                text = table.text("path")
                return None if text is None else self.path(table.at("path"), text)
            case "const":
                constant = table.constant("const")
                return None if constant is None else ConstSource(table.at("const"), constant)
            case "generate":
                what: Generator | None = table.choice("generate", Generator)
                return None if what is None else GenerateSource(table.at("generate"), what)
            case name:
                return self.several(table, name)

    def why_no_source(self, table: Table, given: list[str]) -> str:
        if given:
            return f"has {' and '.join(given)}; a value has one source"
        quoted = dotted(table)
        hint = f'; is it a target with dots? Write the target in quotes: "{quoted}"' if quoted else ""
        return f"has no source: one of {', '.join(SOURCES)}{hint}"

    def several(self, table: Table, name: str) -> Source | None:
        """`first`, `join` or `uuid5` of a list of values."""
        given, key = table.array(name), table.at(name)
        namespace = self.namespace(table) if name == "uuid5" else DEFAULT_NAMESPACE
        if given is None:
            return None
        read = [self.value(item(key, index), each) for index, each in enumerate(given)]
        values = tuple(value for value in read if value is not None)
        if name == "uuid5":
            return Uuid5Source(key, values, namespace)
        return FirstSource(key, values) if name == "first" else JoinSource(key, values)

    def namespace(self, table: Table) -> UUID:
        text = table.text("namespace")
        if text is None:
            return DEFAULT_NAMESPACE
        try:
            namespace = UUID(text)
        except ValueError:
            namespace = None
        if namespace is None or str(namespace) != text.lower():
            table.wrong("namespace", "is no UUID (8-4-4-4-12 hexadecimal digits)")
            return DEFAULT_NAMESPACE
        return namespace

    def path(self, key: str, text: str) -> PathSource | None:
        if not is_text(text):
            self.problems.add(key, f"a path can't be {kind(text)}")
            return None
        try:
            return PathSource(key, parse_path(text), text)
        except PathError as error:
            self.problems.add(key, f"no path: {error}")
            return None

    # --- conditions ---

    def condition(self, key: str, given: Any) -> Condition | None:
        """A path to a boolean, a value with a test, or a group of conditions."""
        if isinstance(given, str):
            value = self.value(key, given)
            return None if value is None else Truth(key, value)
        if not isinstance(given, dict):
            self.problems.add(key, f"a condition is a path (a string) or a table, not {kind(given)}")
            return None
        if not self.enter(key):
            return None
        table = Table(key, given, self.problems)
        condition = self.group(table) if any(table.has(name) for name in GROUPS) else self.test(table)
        self.depth -= 1
        return condition

    def group(self, table: Table) -> Condition | None:
        name = next(name for name in GROUPS if table.has(name))
        for other in table.members:
            if other != name:
                table.wrong(other, f'can\'t stand beside "{name}"')
        key = table.at(name)
        if name == "not":
            condition = self.condition(key, table.members[name])
            return None if condition is None else Not(key, condition)
        given = table.array(name) or []
        read = [self.condition(item(key, index), each) for index, each in enumerate(given)]
        conditions = tuple(condition for condition in read if condition is not None)
        return AllOf(key, conditions) if name == "all" else AnyOf(key, conditions)

    def test(self, table: Table) -> Condition | None:
        table.refuse_unknown(_OPERAND_KEYS + TESTS + GROUPS)
        given = [name for name in TESTS if table.has(name)]
        value = self.operand(table)
        if len(given) != 1:
            self.problems.add(table.key, self.why_no_test(given))
            return None
        name = given[0]
        if name == "present":
            wanted = table.boolean(name)
            return None if value is None or wanted is None else Present(table.key, value, wanted)
        if name == "in":
            return self.one_of(table, value)
        return self.comparison(table, value, name)

    def why_no_test(self, given: list[str]) -> str:
        if given:
            return f"has {' and '.join(given)}; a condition has one test, several are combined by all = [..]"
        return f"has no test: one of {', '.join(TESTS)}"

    def one_of(self, table: Table, value: Value | None) -> Condition | None:
        key = table.at("in")
        given = table.array("in") or []
        read = [self.comparable(item(key, index), each) for index, each in enumerate(given)]
        constants = tuple(constant for constant in read if constant is not None)
        return None if value is None else OneOf(table.key, value, constants)

    def comparison(self, table: Table, value: Value | None, name: str) -> Condition | None:
        constant = self.comparable(table.at(name), table.members[name])
        if constant is None:
            return None
        if name in _TEXT_OPERATORS and not isinstance(constant, str):
            table.wrong(name, f"must be a string, not {kind(constant)}")
        if name in _ORDERED_OPERATORS and isinstance(constant, bool):
            table.wrong(name, "must be a number or a string: booleans have no order")
        operator: Operator = next(each for each in get_args(Operator) if each == name)
        return None if value is None else Comparison(table.key, value, operator, constant)

    def comparable(self, key: str, given: Any) -> Constant | None:
        constant = read_constant(key, given, self.problems)
        if isinstance(constant, float) and constant != constant:
            self.problems.add(key, "nothing equals nan")
        return constant

    def enter(self, key: str) -> bool:
        """One level deeper; False where that is too deep."""
        if self.depth == MAX_DEPTH:
            self.problems.add(key, f"more than {MAX_DEPTH} levels of values in values")
            return False
        self.depth += 1
        return True


def dotted(table: Table) -> str:
    """The target that a rule's table makes where it was written without quotes, so that TOML split it; "" where it
    can't have been."""
    names, at = [table.key.rpartition("fields.")[2]], cast(Any, table.members)
    if not BARE.fullmatch(names[0]):
        return ""
    while isinstance(at, dict) and at and len(names) <= MAX_DEPTH:
        if any(name in at for name in SOURCES):
            return ".".join(names) if len(names) > 1 else ""
        if any(name in at for name in MODIFIERS):
            return ""
        name, at = next(iter(at.items()))
        names.append(str(name))
    return ".".join(names) if isinstance(at, str) else ""


def is_dotted(table: Table) -> bool:
    """Whether a table can only be a target without quotes: none of its members is nearly a key of a value."""
    return bool(dotted(table)) and not any(did_you_mean(name, VALUE_KEYS) for name in table.members)


def field_key(target: str, block: str = "") -> str:
    """The key of a rule."""
    return child(child(block, "fields"), target)
