"""S36, S14: what was passed over, filled in or never found is told, by path and by count."""

from __future__ import annotations

import msgspec
import pytest

from native.errors import DataError
from schemas.model import Schema
from tests.translator.semantics.support import av, js, m, pb, plan, refused, text, zigzag
from translator import formats
from translator.engine.plan import Plan
from translator.mapping import document
from translator.plan.compiler import Side

PEOPLE = js(
    who={"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}},
    all={"type": "array", "items": {"type": "object", "properties": {"x": {"type": "string"}}}},
)
THREE = js(a={"type": "string"}, b={"type": "string"}, c={"type": "string"})


def mapped(source: str, s: Schema | None, rules: str, t: Schema = THREE) -> Plan:
    mapping = document.load(f"version = 1\n[fields]\n{rules}")
    return Plan(Side(formats.get(source), s), Side(formats.get("json"), t), mapping=mapping)


class TestIgnored:
    def test_by_path(self) -> None:
        """Members of records in records and in lists; a schema's own name for what stands around them."""
        each = plan("json", PEOPLE, "msgpack", PEOPLE)
        each.translate(b'{"q":1,"who":{"q":1},"all":[{"q":1},{"x":"y","q":[1]}]}')
        assert each.ignored() == {"q": 1, "who.q": 1, "all[].q": 2}

    def test_of_two_branches_of_a_union(self) -> None:
        """Both stand at one path, and both count."""
        one = {"type": "record", "name": "A", "fields": [{"name": "x", "type": "int"}]}
        each = plan(
            "avro-json", av([one, {**one, "name": "B"}]), "avro", av([one, {**one, "name": "B"}]), unknown="ignore"
        )
        for name in ("A", "B", "B"):
            each.translate(f'{{"a":{{"{name}":{{"x":1,"q":1}}}}}}'.encode())
        assert each.ignored() == {"a.q": 3}
        kinds = av({"type": "array", "items": [one, {"type": "array", "items": {**one, "name": "B"}}]})
        each = plan("json", kinds, "avro", kinds)
        each.translate(b'{"a":[{"x":1,"q":1},[{"x":1,"q":1}]]}')
        assert each.ignored() == {"a[].q": 1, "a[][].q": 1}

    def test_what_is_read_twice_counts_once(self) -> None:
        """A list that a mapping takes an item and selects one of is read for each."""
        each = mapped("json", PEOPLE, 'a = "all[0].x"\nb = \'all[x="u"].x\'\n')
        each.translate(b'{"all":[{"x":"n","q":1},{"x":"m","q":1}]}')
        assert each.ignored() == {"all[].q": 2}
        assert each.never_found() == {'all[x="u"]': 1}

    def test_a_refused_message_adds_nothing(self) -> None:
        """Nor does one that is cut off, and read again once the rest is there."""
        each = plan("msgpack", PEOPLE, "json", PEOPLE)
        good = msgspec.msgpack.encode({"q": 1, "who": {"name": "n", "q": 1}})
        refused(each, msgspec.msgpack.encode({"q": 1, "z": 1, "who": {"name": 5}}))
        assert each.ignored() == {}
        each.translate(good)
        each.translate_run(good + good[:-1], partial=True)
        assert each.ignored() == {"q": 2, "who.q": 2}


MAPS = """message M {{ {fields} }} message V {{ int32 x = 1; }}"""
STRAY = b"\x28\x07"
"""Field 5, which nothing here has."""
PLACES = [
    ("map<string, int32> f = 1;", b"\x0a\x07\x0a\x01k\x10\x02" + STRAY, js(f={"type": "object"}), "f.#5"),
    ("map<string, V> f = 1;", b"\x0a\x09\x0a\x01k\x12\x04\x08\x01" + STRAY, None, "f{}.#5"),
    ("google.protobuf.StringValue f = 1;", b"\x0a\x05\x0a\x01k" + STRAY, None, "f.#5"),
    ("google.protobuf.Timestamp f = 1;", b"\x0a\x04\x08\x01" + STRAY, None, "f.#5"),
    ("repeated google.protobuf.Duration f = 1;", b"\x0a\x04\x08\x01" + STRAY, None, "f.#5"),
    ("google.protobuf.Struct f = 1;", b"\x0a\x0b\x0a\x09\x0a\x01k\x12\x04\x20\x01\x38\x07", None, "f.#7"),
    ("google.protobuf.Struct f = 1;", b"\x0a\x09\x0a\x07\x0a\x01k\x12\x00" + STRAY, None, ""),
    ("google.protobuf.ListValue f = 1;", b"\x0a\x06\x0a\x02\x20\x01" + STRAY, None, "f.#5"),
    ("google.protobuf.Value f = 1;", b"\x0a\x04\x20\x01" + b"\x38\x07", None, "f.#7"),
]  # fmt: skip


class TestProtobuf:
    """S14: an unknown field counts, or is refused, wherever it stands; in a message without a record of its own by the
    field that holds it."""

    @pytest.mark.parametrize(("fields", "wire", "target", "path"), [each for each in PLACES if each[3]])
    def test_unknown_fields_in_what_is_no_record(
        self, fields: str, wire: bytes, target: Schema | None, path: str
    ) -> None:
        imports = [f"google/protobuf/{each}.proto" for each in ("wrappers", "timestamp", "duration", "struct")]
        s = pb(MAPS.format(fields=fields), imports=imports)
        each = plan("protobuf", s, "protojson", s)
        each.translate(wire)
        assert each.ignored() == {path: 1}
        strict = plan("protobuf", s, "protojson", s, unknown="refuse")
        assert refused(strict, wire)[0] == "UNKNOWN_FIELD"

    def test_between_protobufs_a_map_entry_cannot_keep_them(self) -> None:
        """So they count; the entry itself stays."""
        s = m("map<string, int32> f = 1;")
        each = plan("protobuf", s, "protobuf", s)
        assert each.translate(b"\x0a\x07\x0a\x01k\x10\x02" + STRAY) == b"\x0a\x05\x0a\x01k\x10\x02"
        assert each.ignored() == {"f.#5": 1}
        assert refused(plan("protobuf", s, "protobuf", s, unknown="refuse"), b"\x0a\x07\x0a\x01k\x10\x02" + STRAY) == (
            "UNKNOWN_FIELD", 7, 'f["k"]'
        )  # fmt: skip


class TestDefaulted:
    """A default is a value that nobody sent; a zero that stands for absence is not one."""

    def test_of_the_target(self) -> None:
        """A field that the source's schema lacks (S13), also where its default is the zero value."""
        t = av("int", {"name": "b", "type": "string", "default": ""}, {"name": "c", "type": "int", "default": 7})
        each = plan("avro", av("int"), "avro", t)
        for _ in range(3):
            each.translate(b"\x02")
        assert each.defaulted() == {"b": 3, "c": 3}

    def test_only_where_it_was_absent(self) -> None:
        s = pb("message M { optional int32 a = 1 [default = 7]; required int32 b = 2; }", syntax="proto2")
        each = plan("protobuf", s, "avro", av("int", "int"))
        for wire in (b"\x08\x07\x10\x01", b"\x10\x01", b"\x10\x01"):
            each.translate(wire)
        assert each.defaulted() == {"a": 2}

    def test_an_implicit_zero_is_none(self) -> None:
        """Nor is null by default, which is what absence means."""
        each = plan(
            "protobuf", m("int32 a = 1;"), "avro", av("int", {"name": "b", "type": ["null", "int"], "default": None})
        )
        assert each.translate(b"") == zigzag(0) + zigzag(0)
        assert each.defaulted() == {}

    def test_of_a_rule_without_a_value_in_a_record(self) -> None:
        t = av({"type": "record", "name": "I", "fields": [{"name": "x", "type": "int", "default": 3}]})
        each = mapped("json", None, '"a.x" = "p.q"\n', t)
        each.translate(b"{}")
        each.translate(b'{"p":{"q":1}}')
        assert each.defaulted() == {"a.x": 1}

    def test_a_refused_message_adds_nothing(self) -> None:
        s = pb("message M { optional int32 a = 1 [default = 7]; required int32 b = 2; }", syntax="proto2")
        each = plan("protobuf", s, "avro", av("int", "int"))
        refused(each, b"")
        assert each.defaulted() == {}


class TestNeverFound:
    """What no record so far has had, not even as null; the number of records that were looked at."""

    @pytest.mark.parametrize("source", ["json", "msgpack", "protobuf"])
    def test_of_a_schema(self, source: str) -> None:
        """Of what stands in a record that is never there only the record is told."""
        s = pb("message M { optional string a = 1; optional I i = 2; optional I j = 3; int32 z = 4; }"
               "message I { optional int32 x = 1; optional int32 y = 2; }")  # fmt: skip
        write = {"json": msgspec.json.encode, "msgpack": msgspec.msgpack.encode}.get(source)
        each = plan(source, s, "avro", av(["null", "string"], name="M"), drop="*")
        assert each.never_found() == {}
        each = plan(source, s, source, s)
        for value, wire in (({}, b""), ({"i": {"x": 1}}, b"\x12\x02\x08\x01")):
            each.translate(write(value) if write else wire)
        assert each.never_found() == {"a": 2, "j": 2, "i.y": 1}
        each.translate(write({"a": "", "j": {}}) if write else b"\x0a\x00\x1a\x00")
        shared = source == "protobuf"  # one table reads both records, and has the first one's path
        assert each.never_found() == ({"i.y": 2} if shared else {"i.y": 1, "j.x": 1, "j.y": 1})

    def test_null_is_found(self) -> None:
        """As is a value of another kind than a rule can take: it is there."""
        each = mapped("json", None, 'a = "p"\nb = "q.r"\nc = "q"\n')
        each.translate(b'{"p":null}')
        assert each.never_found() == {"q": 1}

    def test_with_a_mapping_what_its_rules_read(self) -> None:
        """S36: by the path that the rule has, whatever stands around it in the data."""
        each = mapped("json", None, 'a = "$.a"\nb = "A"\nc = "x.y"\n')
        for data in (b'{"a":"1","x":5}', b'{"a":"2","x":{"z":1}}'):
            each.translate(data)
        assert each.never_found() == {"$.a": 2, "A": 2, "x.y": 2}
        assert each.ignored()["a"] == 2
        each.translate(b'{"A":"3"}')
        assert each.never_found() == {"$.a": 3, "x.y": 3}

    def test_keys_items_branches_and_selected_items(self) -> None:
        """What instructions look for, in a format that has no names of members."""
        pair = {
            "type": "record",
            "name": "P",
            "fields": [{"name": "k", "type": "string"}, {"name": "v", "type": "string"}],
        }
        s = av({"type": "map", "values": "string"}, {"type": "array", "items": "string"}, ["string", "int"],
               {"type": "array", "items": pair})  # fmt: skip
        rules = 'a = \'a["site"]\'\nb = "b[1]"\nc = { first = ["c:string", \'d[k="u"].v\'] }\n'
        each = mapped("avro", s, rules)
        each.translate(zigzag(1) + text("x") + text("y") + b"\0" + zigzag(1) + text("z") + b"\0" + b"\x02\x02" + b"\0")
        assert each.never_found() == {'a["site"]': 1, "b[1]": 1, "c:string": 1, 'd[k="u"]': 1}
        each.translate(zigzag(1) + text("site") + text("y") + b"\0" + zigzag(2) + text("z") + text("z") + b"\0"
                       + b"\x00" + text("s") + zigzag(1) + text("u") + text("v") + b"\0")  # fmt: skip
        assert each.never_found() == {'d[k="u"]': 2}  # `first` had no need to look

    def test_what_no_condition_lets_be_looked_for_is_not_told(self) -> None:
        s = av({"type": "map", "values": "string"}, "boolean")
        each = mapped("avro", s, 'a = { path = \'a["k"]\', when = "b" }\n')
        each.translate(b"\0\0")
        assert each.never_found() == {}
        each.translate(b"\0\x01")
        assert each.never_found() == {'a["k"]': 2}

    def test_a_refused_message_had_what_it_had(self) -> None:
        each = plan("json", PEOPLE, "json", PEOPLE)
        with pytest.raises(DataError):
            each.translate(b'{"all":[],"who":{"name":"n","age":"x"}}')
        each.translate(b"{}")
        assert each.never_found() == {"all": 1, "who": 1}  # its end was never reached


def test_counts_are_a_threads_own_and_go_with_the_plan() -> None:
    """A plan that is pickled starts counting again."""
    import pickle

    each = plan("json", PEOPLE, "json", PEOPLE)
    each.translate(b'{"q":1}')
    again = pickle.loads(pickle.dumps(each))
    assert (again.ignored(), again.never_found()) == ({}, {})
