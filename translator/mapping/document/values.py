"""Reading the values and conditions of a mapping document, and the rules that values are made of.

Values stand in values (`first`, `join`), in conditions, and in the rules of records that are values themselves; so one
reader has all of them.
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast, get_args
from uuid import UUID

from translator.mapping.document.errors import BARE, Problems, child, did_you_mean, item
from translator.mapping.document.model import (
    DEFAULT_NAMESPACE,
    MOST_DIGITS,
    AllOf,
    AnyOf,
    Cast,
    Collection,
    Comparison,
    Condition,
    Constant,
    ConstSource,
    Digits,
    EntriesSource,
    FieldsSource,
    FirstSource,
    GenerateSource,
    Generator,
    JoinSource,
    ListSource,
    MapSource,
    MergeSource,
    Not,
    OneOf,
    Operator,
    Present,
    Rounding,
    Rule,
    Source,
    TimeUnit,
    Truth,
    Uuid5Source,
    Value,
)
from translator.mapping.document.places import LoopNames, place_of, read_path, read_target, refuse_meeting
from translator.mapping.document.tables import MAX_DEPTH, TomlTable, kind, read_constant

SINGLE = ("path", "const", "first", "join", "uuid5", "generate")
COLLECTIONS = ("for_each", "merge", "entries", "fields")
SOURCES = SINGLE + COLLECTIONS
PARTS = ("where", "key", "value", "item")
"""What stands next to a value's `for_each`."""
MODIFIERS = (
    "when", "namespace", "decode", "decimal", "encode", "time", "enum", "otherwise", "scale", "offset", "cast",
    "rounding", "truncate", "lower", "upper", "default", "required",
)  # fmt: skip
VALUE_KEYS = SINGLE + MODIFIERS
OPERATORS: tuple[Operator, ...] = get_args(Operator)
TESTS = (*OPERATORS, "in", "present")
GROUPS = ("all", "any", "not")
_OPERAND_KEYS = tuple(name for name in VALUE_KEYS if name not in ("when", "required"))
_TEXT_OPERATORS = ("starts_with", "ends_with", "contains")
_ORDERED_OPERATORS = ("less", "less_equal", "greater", "greater_equal")
_DIGITS: tuple[Digits, ...] = get_args(Digits)
_TIMES: tuple[TimeUnit, ...] = get_args(TimeUnit)
_CASTS: tuple[Cast, ...] = get_args(Cast)
_ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)
_GENERATORS: tuple[Generator, ...] = get_args(Generator)


class ValueReader:
    """Reads values and conditions; what is wrong goes to `problems`, and the result is then None or incomplete."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.names = LoopNames(problems)
        self._depth = 0

    # --- values ---

    def value(self, key: str, given: Any) -> Value | None:
        """A path, or a table with a source and modifiers."""
        if isinstance(given, str):
            source = read_path(key, given, self.problems)
            return None if source is None else Value(key, source)
        if not isinstance(given, dict):
            self.problems.add(key, f"a value is a path (a string) or a table, not {kind(given)}")
            return None
        if not self.enter(key):
            return None
        value = self._table(TomlTable(key, given, self.problems))
        self.leave()
        return value

    def _table(self, table: TomlTable) -> Value | None:
        if any(table.has(name) for name in COLLECTIONS):
            return self._collected(table)
        if not is_dotted(table):
            table.refuse_unknown(VALUE_KEYS)
        return self._operand(table)

    def _operand(self, table: TomlTable) -> Value | None:
        """The source and modifiers of a table whose other members are someone else's."""
        source = self._source(table)
        lower, upper = table.boolean("lower") or False, table.boolean("upper") or False
        if lower and upper:
            table.wrong("upper", 'can\'t be true together with "lower"')
        value = partial(
            Value, table.key, lower=lower, upper=upper, decode=table.choice("decode", _DIGITS),
            decimal=self._decimal(table), encode=table.choice("encode", _DIGITS), time=table.choice("time", _TIMES),
            enum=self._enum(table), otherwise=self._otherwise(table), scale=table.number("scale"),
            offset=table.number("offset"), cast=table.choice("cast", _CASTS),
            rounding=table.choice("rounding", _ROUNDINGS), truncate=table.boolean("truncate"),
            when=self.condition_of(table, "when"), default=table.constant("default"),
            required=table.boolean("required") or False,
        )  # fmt: skip
        return None if source is None else value(source)

    @staticmethod
    def _decimal(table: TomlTable) -> int | None:
        scale = table.number("decimal")
        if scale is None:
            return None
        if scale != int(scale) or not 0 <= scale <= MOST_DIGITS:
            table.wrong("decimal", f"must be a scale, a whole number from 0 to {MOST_DIGITS}")
            return None
        return int(scale)

    def _enum(self, table: TomlTable) -> tuple[tuple[str, Constant], ...] | None:
        if not table.has("enum"):
            return None
        key, given = table.at("enum"), table.members["enum"]
        if not isinstance(given, dict):
            self.problems.add(key, f"must be a table of texts and what they become, not {kind(given)}")
            return None
        if not given:
            self.problems.add(key, "an empty table says nothing")
        entries = TomlTable(key, given, self.problems)
        constants = [(name, entries.constant(name)) for name in entries.members]
        return tuple((name, constant) for name, constant in constants if constant is not None)

    def _otherwise(self, table: TomlTable) -> Constant | None:
        if table.has("otherwise") and not table.has("enum"):
            table.wrong("otherwise", 'has no meaning without "enum"')
        return table.constant("otherwise")

    # --- sources ---

    def _source(self, table: TomlTable) -> Source | None:
        given = [name for name in SINGLE if table.has(name)]
        if table.has("namespace") and not table.has("uuid5"):
            table.wrong("namespace", 'has no meaning without "uuid5"')
        if len(given) != 1:
            self.problems.add(table.key, self._why_no_source(table, given))
            return None
        match given[0]:
            case "path":
                text = table.text("path")
                return None if text is None else read_path(table.at("path"), text, self.problems)
            case "const":
                constant = table.constant("const")
                return None if constant is None else ConstSource(table.at("const"), constant)
            case "generate":
                what = table.choice("generate", _GENERATORS)
                return None if what is None else GenerateSource(table.at("generate"), what)
            case name:
                return self._several(table, name)

    def _why_no_source(self, table: TomlTable, given: list[str]) -> str:
        if given:
            return f"has {' and '.join(given)}; a value has one source"
        quoted = dotted(table)
        hint = f'; is it a target with dots? Write the target in quotes: "{quoted}"' if quoted else ""
        return f"has no source: one of {', '.join(SOURCES)}{hint}"

    def _several(self, table: TomlTable, name: str) -> Source | None:
        """`first`, `join` or `uuid5` of a list of values."""
        given, key = table.array(name), table.at(name)
        namespace = self._namespace(table) if name == "uuid5" else DEFAULT_NAMESPACE
        if given is None:
            return None
        read = [self.value(item(key, index), each) for index, each in enumerate(given)]
        values = tuple(value for value in read if value is not None)
        if name == "uuid5":
            return Uuid5Source(key, values, namespace)
        return FirstSource(key, values) if name == "first" else JoinSource(key, values)

    def _namespace(self, table: TomlTable) -> UUID:
        text = table.text("namespace")
        if text is None:
            return DEFAULT_NAMESPACE
        try:
            namespace = UUID(text)
        except ValueError:
            namespace = None
        if namespace is None or str(namespace) != text.lower():
            table.wrong("namespace", "is not a UUID (8-4-4-4-12 hexadecimal digits)")
            return DEFAULT_NAMESPACE
        return namespace

    # --- lists, maps and records ---

    def _collected(self, table: TomlTable) -> Value | None:
        """A value that is a list, a map or a record; of the modifiers it has `when` and `required`."""
        given = [name for name in SOURCES if table.has(name)]
        if len(given) != 1:
            self.problems.add(table.key, f"has {' and '.join(given)}; a value has one source")
            return None
        own = ("for_each", *PARTS) if given[0] == "for_each" else (given[0],)
        table.refuse_unknown((*own, "when", "required"))
        when = self.condition_of(table, "when")
        required = table.boolean("required") or False
        source = self._collection(table, given[0])
        return None if source is None else Value(table.key, source, when=when, required=required)

    def _collection(self, table: TomlTable, name: str) -> Collection | None:
        if name == "for_each":
            return self._for_each(table)
        if name == "merge":
            return self._merge(table)
        given = table.members[name]
        if not isinstance(given, dict):
            table.wrong(name, f"must be a table, not {kind(given)}")
            return None
        if not given:
            table.wrong(name, "an empty table says nothing")
        inner = TomlTable(table.at(name), given, self.problems)
        return self._entries(inner) if name == "entries" else FieldsSource(inner.key, self.rules(table.key, inner))

    def _for_each(self, table: TomlTable) -> Collection | None:
        key = table.at("for_each")
        with self.names.scope():
            found = self.names.read(key, table.members["for_each"])
            where = self.condition_of(table, "where")
            item_, name, value = (self._part(table, name) for name in ("item", "key", "value"))
        if table.has("item") is (table.has("key") or table.has("value")):
            self.problems.add(table.key, "for_each makes a list of each `item`, or a map of each `key` and `value`")
            return None
        if table.has("item"):
            return None if item_ is None else ListSource(key, found, where, item_)
        for each in ("key", "value"):
            if not table.has(each):
                table.wrong(each, "is missing: a map has both key and value")
        return None if name is None or value is None else MapSource(key, found, where, name, value)

    def _part(self, table: TomlTable, name: str) -> Value | None:
        return self.value(table.at(name), table.members[name]) if table.has(name) else None

    def _merge(self, table: TomlTable) -> Collection | None:
        given = table.array("merge")
        if given is None:
            return None
        read = [self.value(item(table.at("merge"), i), each) for i, each in enumerate(given)]
        return MergeSource(table.at("merge"), tuple(value for value in read if value is not None))

    def _entries(self, table: TomlTable) -> Collection:
        read = [(name, self.value(table.at(name), given)) for name, given in table.members.items()]
        return EntriesSource(table.key, tuple((name, value) for name, value in read if value is not None))

    def rules(self, block: str, table: TomlTable) -> tuple[Rule, ...]:
        """The rules of a table of fields; `block`: the key of what has the table."""
        found, places = [], []
        for name, given in table.members.items():
            key = child(child(block, "fields"), name)
            target = read_target(key, name, table.problems)
            value = self.value(key, given)
            if target:
                places.append((key, place_of(target)))
            if target and value is not None:
                found.append(Rule(key, target, value))
        refuse_meeting({}, places, table.problems)
        return tuple(found)

    # --- conditions ---

    def condition_of(self, table: TomlTable, name: str) -> Condition | None:
        """The condition that a table may have."""
        return self.condition(table.at(name), table.members[name]) if table.has(name) else None

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
        table = TomlTable(key, given, self.problems)
        condition = self._group(table) if any(table.has(name) for name in GROUPS) else self._test(table)
        self.leave()
        return condition

    def _group(self, table: TomlTable) -> Condition | None:
        name = next(name for name in GROUPS if table.has(name))
        for other in table.members:
            if other != name:
                table.wrong(other, f'is not allowed next to "{name}"')
        key = table.at(name)
        if name == "not":
            condition = self.condition(key, table.members[name])
            return None if condition is None else Not(key, condition)
        given = table.array(name) or []
        read = [self.condition(item(key, index), each) for index, each in enumerate(given)]
        conditions = tuple(condition for condition in read if condition is not None)
        return AllOf(key, conditions) if name == "all" else AnyOf(key, conditions)

    def _test(self, table: TomlTable) -> Condition | None:
        table.refuse_unknown(_OPERAND_KEYS + TESTS + GROUPS)
        given = [name for name in TESTS if table.has(name)]
        value = self._operand(table)
        if len(given) != 1:
            self.problems.add(table.key, self._why_no_test(given))
            return None
        name = given[0]
        if name == "present":
            wanted = table.boolean(name)
            return None if value is None or wanted is None else Present(table.key, value, wanted)
        if name == "in":
            return self._one_of(table, value)
        return self._comparison(table, value, name)

    def _why_no_test(self, given: list[str]) -> str:
        if given:
            return f"has {' and '.join(given)}; a condition has one test, several are combined by all = [..]"
        return f"has no test: one of {', '.join(TESTS)}"

    def _one_of(self, table: TomlTable, value: Value | None) -> Condition | None:
        key = table.at("in")
        given = table.array("in") or []
        read = [self._comparable(item(key, index), each) for index, each in enumerate(given)]
        constants = tuple(constant for constant in read if constant is not None)
        return None if value is None else OneOf(table.key, value, constants)

    def _comparison(self, table: TomlTable, value: Value | None, name: str) -> Condition | None:
        constant = self._comparable(table.at(name), table.members[name])
        if constant is None:
            return None
        if name in _TEXT_OPERATORS and not isinstance(constant, str):
            table.wrong(name, f"must be a string, not {kind(constant)}")
        if name in _ORDERED_OPERATORS and isinstance(constant, bool):
            table.wrong(name, "must be a number or a string: booleans have no order")
        operator = next(each for each in OPERATORS if each == name)
        return None if value is None else Comparison(table.key, value, operator, constant)

    def _comparable(self, key: str, given: Any) -> Constant | None:
        constant = read_constant(key, given, self.problems)
        if isinstance(constant, float) and constant != constant:
            self.problems.add(key, "nothing equals nan")
        return constant

    def enter(self, key: str) -> bool:
        """One level deeper; False where that is too deep."""
        if self._depth == MAX_DEPTH:
            self.problems.add(key, f"more than {MAX_DEPTH} levels of values in values")
            return False
        self._depth += 1
        return True

    def leave(self) -> None:
        """One level up again."""
        self._depth -= 1


def dotted(table: TomlTable) -> str:
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


def is_dotted(table: TomlTable) -> bool:
    """Whether a table can only be a target without quotes: no member of it is nearly a key of a value."""
    return bool(dotted(table)) and not any(did_you_mean(name, VALUE_KEYS) for name in table.members)
