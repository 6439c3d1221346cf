"""A refusal says what was found and what was wanted, looked up when it is asked for."""

from __future__ import annotations

import pickle
from array import array

import msgspec
import pytest

import translator


def record(type_):
    """An Avro schema of one field."""
    return {"type": "record", "name": "R", "fields": [{"name": "a", "type": type_}]}


def refused(plan, data):
    """Why a plan refuses a message."""
    with pytest.raises(translator.DataError) as caught:
        plan.translate(data)
    return caught.value


VALUES = [
    ("float", "279147437", "279147437, where a float32 is wanted; the nearest is 279147424"),
    ("double", "9007199254740993", "9007199254740993, where a float64 is wanted; the nearest is 9007199254740992"),
    ("int", "5000000000", "5000000000, where an int32 is wanted; it goes from -2147483648 to 2147483647"),
    ("int", '"x"', '"x", where an int32 is wanted'),
    ("boolean", "1", "1, where true or false is wanted"),
    ("string", "[1]", "a list, where a string is wanted"),
    ("bytes", '"$$"', '"$$", where bytes is wanted'),
    ({"type": "enum", "name": "E", "symbols": ["A", "B"]}, '"C"', '"C", where one of A, B is wanted'),
    ({"type": "string", "logicalType": "uuid"}, '"zz"', '"zz", where a uuid is wanted'),
    ({"type": "long", "logicalType": "timestamp-millis"}, '"2026"', '"2026", where a timestamp ms is wanted'),
    ({"type": "array", "items": "int"}, '[1,"x"]', '"x", where an int32 is wanted'),
    ({"type": "map", "values": "int"}, '{"k":null}', "null, where an int32 is wanted"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "text", "said"), VALUES)
def test_values_in_json(type_, text, said):
    """The source's own text, and the target's type."""
    plan = translator.compile(("json", record(type_)), ("avro", record(type_)))
    assert refused(plan, b'{"a":' + text.encode() + b"}").described == said


def test_values_in_binary():
    """The value that was read."""
    plan = translator.compile(("avro", record("double")), ("avro", record("float")))
    data = plan_of_doubles().translate(b'{"a":0.1}')
    error = refused(plan, data)
    assert (error.found, error.wanted) == ("0.1", "a float32")
    untyped = translator.compile(("msgpack", None), ("avro", record("int")))
    assert refused(untyped, msgspec.msgpack.encode({"a": "é"})).described == '"é", where an int32 is wanted'


def plan_of_doubles():
    return translator.compile(("json", record("double")), ("avro", record("double")))


SLIPS = [
    (b"", "nothing: the message is empty"),
    (b'{"a":NaN}', "NaN, which JSON has no number for"),
    (b'{"a":-Infinity}', "-Infinity, which JSON has no number for"),
    (b"{'a':1}", "a single quote, where JSON has double ones"),
    (b'{"a":1,}', "a comma that nothing follows before }"),
    (b'{"a":[1,]}', "a comma that nothing follows before ]"),
    (b"{a:1}", "the name a without quotes, or a value out of its place"),
    (b'{"a":1 // c\n}', "a comment, which JSON has none of"),
    (b'# c\n{"a":1}', "a comment, which JSON has none of"),
    (b'{"a":1}\r{"a":2}', "another message: lines end in CR alone, where LF is wanted"),
    (b'\xef\xbb\xbf{"a":1}', "a byte order mark, which no JSON has"),
    ('{"a":1}'.encode("utf-16"), "UTF-16 text, where JSON is UTF-8"),
    (b'{"a":None}', "None, which is null in JSON"),
    (b'{"a":"\t"}', "a control character in a text, where JSON has an escape (\\t, \\n)"),
    (b'{"a":"x', "the end of the message, where a value, a text or a bracket isn't closed"),
]


@pytest.mark.parametrize(("data", "said"), SLIPS)
def test_what_is_not_json(data, said):
    """B1, B12: each slip that people and programs make has words of its own."""
    assert refused(translator.compile("json", "msgpack"), data).described == said


def test_it_is_looked_up_once_and_pickles():
    """What was found goes along to another process, the message doesn't."""
    plan = translator.compile(("json", record("int")), ("avro", record("int")))
    again = pickle.loads(pickle.dumps(refused(plan, b'{"a":"x"}')))
    assert (again.found, again.wanted, again.look) == ('"x"', "an int32", None)
    assert str(again) == (
        'TYPE: a value of another kind than the schema\'s in a (record 0, byte 5): "x", where an int32 is wanted'
    )


def test_of_many_each_has_its_own():
    """From whatever buffer they were read, and whatever becomes of it."""
    plan = translator.compile(("json", record("int")), ("avro", record("int")))
    data = bytearray(b'{"a":"x"}{"a":"y"}')
    made = plan.translate_many(data, array("q", (0, 9, 18)))
    data[:] = bytes(18)
    assert [each.found for each in made.errors] == ['"x"', '"y"']


def test_a_mapping_s_rule_has_no_value_of_its_own():
    """It may have made it of any number of others: nothing is said then that could be wrong."""
    mapping = 'version = 1\n[fields]\na = { path = "b", cast = "int32", scale = 0.5 }\n'
    plan = translator.compile("json", ("avro", record("int")), mapping=mapping)
    assert refused(plan, b'{"b":"q"}').wanted in ("", "an int32")


@pytest.mark.parametrize("call", ["translate", "translate_many", "translate_each"])
def test_a_tombstone(call):
    """None, as Kafka's consumers give it, is refused like any message, by its place."""
    plan = translator.compile("json", "msgpack")
    with pytest.raises(translator.DataError, match="None, a tombstone, where bytes is wanted") as caught:
        getattr(plan, call)(None if call == "translate" else [b"1", None])
    assert (caught.value.code, caught.value.index) == ("NULL", 0 if call == "translate" else 1)


@pytest.mark.parametrize("name", [each for each in translator.__all__ if each.endswith("Error")])
def test_errors_call_themselves_what_users_import(name):
    """`translator.DataError`, in a traceback too; they pickle by that name."""
    type_ = getattr(translator, name)
    assert (type_.__module__, type_.__qualname__) == ("translator", name)
    assert pickle.loads(pickle.dumps(type_)) is type_
