"""The table of transformers: what is built in, and what users register."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from array import array
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import translator
from schemas.model import Schema
from translator import formats
from translator.contract import End, Made, Messages, delimiter
from translator.engine import transformers as table
from translator.engine.transformers import Options, Transformer
from translator.messages import Activation, NeuronSignal, Payload

AVRO = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}
ZERO = UUID(int=0)
ROOT = Path(__file__).resolve().parents[3]


class Csv:
    """Lines of `from,to,content` as signals."""

    def __init__(self, target: Schema) -> None:
        self._plan = translator.compile(target)

    def translate(self, data: bytes) -> bytes:
        cells = data.decode().split(",")
        if len(cells) != 3:
            raise translator.DataError("SYNTAX", "not this format's grammar")
        return self._plan.encode(
            NeuronSignal(
                signal_id=ZERO, from_neuron=cells[0], to_neuron=cells[1], layer_from="L1", layer_to="L1",
                propagation_type="Forward", batch_id=ZERO, timestamp="2026-01-01T00:00:00Z",
                payload=Payload(activation=Activation(content=cells[2])),
            )
        )  # fmt: skip


class Same:
    """Whatever it is, as it is."""

    def translate(self, data: bytes) -> bytes:
        return data


class Shout:
    """Whatever it is, louder."""

    losses = translator.Losses()

    def translate(self, data: bytes) -> bytes:
        return data.upper()


made: list[tuple[Any, ...]] = []


def from_csv(source: Schema | None, target: Schema | None, mapping: Any, options: Options) -> Transformer:
    made.append((source, target, mapping, options))
    assert target is not None
    return Csv(target)


def shout(source: Schema | None, target: Schema | None, mapping: Any, options: Options) -> Transformer:
    return Shout()


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Leaves the table as it was."""
    yield
    made.clear()
    for entry in translator.transformers():
        if entry.kind == "registered":
            table.unregister(entry.source, entry.target)


def test_built_in_pairs() -> None:
    """Every format meets every other and itself."""
    assert translator.transformers() == [(s, t, "native") for s in formats.NAMES for t in formats.NAMES]


def test_registered_format() -> None:
    """A user's own format is in the table, and `compile` takes its transformer."""
    translator.register("csv", "neuron", from_csv)
    assert ("csv", "neuron", "registered") in translator.transformers()
    plan = translator.compile("csv", policies={"rounding": "round"}, drop=["x"])
    message = plan.translate(b"a,b,hi")
    assert translator.compile("neuron", "json").decode(message)["payload"]["activation"]["content"] == "hi"
    source, target, mapping, options = made[0]
    assert (source, mapping, options.drop) == (None, None, ("x",))
    assert target.root.name == "hal9.neuron.v1.NeuronSignal"
    assert options.policies == translator.Policies(rounding="round")
    assert options.limits == translator.Limits()


def test_decode_and_encode() -> None:
    """A registered plan gives Python objects as any plan does, by way of its target's format."""
    translator.register("csv", "neuron", from_csv)
    plan = translator.compile("csv")
    assert plan.decode(b"a,b,hi", NeuronSignal).to_neuron == "b"
    assert plan.decode(b"a,b,hi")["from_neuron"] == "a"
    assert plan.encode(plan.decode(b"a,b,hi")) == plan.translate(b"a,b,hi")
    with pytest.raises(translator.DataError, match="SYNTAX"):
        plan.decode(b"a,b")


def test_many() -> None:
    """A refused message is an error at its index; its neighbours are translated."""
    translator.register("csv", "neuron", from_csv)
    plan = translator.compile("csv")
    batch = plan.translate_many([b"a,b,c", b"oops", b"d,e,f"])
    assert [batch[i] for i in range(3)] == [plan.translate(b"a,b,c"), b"", plan.translate(b"d,e,f")]
    assert [(each.index, each.code) for each in batch.errors] == [(1, "SYNTAX")]


@pytest.mark.parametrize(
    ("framing", "expected"),
    [("none", b"ABC"), ("newline", b"A\nBC\n"), ("varint", b"\1A\2BC"), ("be32", b"\0\0\0\1A\0\0\0\2BC")],
)
def test_framing(framing: str, expected: bytes) -> None:
    """Frames are those of a native plan; one buffer with offsets is read as there."""
    translator.register("text", "TEXT", shout)
    plan = translator.compile("text", "TEXT")
    assert plan.translate_many(b"abc", array("q", (0, 1, 3)), delimiting=framing).data == expected
    assert plan.translate_many([b"a", b"bc"], delimiting=framing).data == expected
    native = translator.compile("json", "json").translate_many([b"1", b"20" + b"0" * 200], delimiting=framing).data
    translator.register("same", "SAME", lambda *_: Same())
    same = translator.compile("same", "SAME")
    assert same.translate_many([b"1", b"20" + b"0" * 200], delimiting=framing).data == native


def test_offsets_are_needed() -> None:
    """One buffer alone doesn't say where its messages end."""
    translator.register("text", "TEXT", shout)
    with pytest.raises(TypeError, match="offsets"):
        translator.compile("text", "TEXT").translate_many(b"abc")


def test_override() -> None:
    """A registered transformer is taken before the native one, and gives way again."""
    native = translator.compile(AVRO, "json")
    translator.register("avro", "json", shout)
    assert ("avro", "json", "registered") in translator.transformers()
    assert translator.compile(AVRO, "json").translate(b"a") == b"A"
    assert translator.compile(AVRO, "json").losses is Shout.losses
    assert native.translate(b"\x02") == b'{"a":1}'
    table.unregister("avro", "json")
    assert translator.compile(AVRO, "json").translate(b"\x02") == b'{"a":1}'


def test_replaced() -> None:
    """Of two that are registered for one pair, the later serves."""
    translator.register("csv", "neuron", shout)
    translator.register("csv", "neuron", from_csv)
    assert translator.compile("csv").translate(b"a,b,c") != b"A,B,C"


def test_what_a_foreign_format_lacks() -> None:
    """A format that only its transformer knows has neither core nor Python objects, and no plan with others."""
    translator.register("text", "TEXT", shout)
    plan = translator.compile("text", "TEXT")
    assert plan.ignored() == {}
    for call in (lambda: plan.translate_run(b"a"), lambda: plan.decode(b"a"), lambda: plan.encode("a")):
        with pytest.raises(translator.PlanError, match="registered"):
            call()
    with pytest.raises(translator.PlanError, match="no format 'TEXT'"):
        translator.compile("json", "TEXT")


def test_pickle() -> None:
    """A registered plan pickles where its pair is registered."""
    translator.register("csv", "neuron", from_csv)
    plan = translator.compile("csv")
    kept = pickle.dumps(plan)
    assert pickle.loads(kept).translate(b"a,b,c") == plan.translate(b"a,b,c")
    table.unregister("csv", "neuron")
    with pytest.raises(translator.PlanError, match="no transformer from csv to neuron"):
        pickle.loads(kept)


@pytest.mark.parametrize("name", ["", "a b", "x#y", "neuron:"])
def test_bad_name(name: str) -> None:
    """A format's name can't be taken for a file or a schema."""
    with pytest.raises(ValueError, match="name"):
        translator.register(name, "json", shout)


def test_unregister_what_is_not() -> None:
    """Only what was registered can be taken out."""
    with pytest.raises(KeyError):
        table.unregister("avro", "json")


def test_plans_are_transformers() -> None:
    """What `compile` gives is what a factory must give, so that one may give a plan."""
    assert isinstance(translator.compile("json", "json"), Transformer)
    assert isinstance(translator.compile("json", "json"), translator.Translation)
    assert isinstance(Shout(), Transformer)
    translator.register("csv", "json", lambda s, t, m, o: translator.compile("json", "json"))
    assert translator.compile("csv", "json").translate(b"[1]") == b"[1]"


def whole(translate_batch: Any, many: bool = False) -> Any:
    """A factory of transformers that take whole batches."""

    class Whole:
        source = target = End("text", None)
        losses = translator.Losses()

        def __init__(self) -> None:
            self.many = many

        def translate(self, data: bytes) -> bytes:
            return bytes(self.translate_batch(Messages.of([data]))[0])

        def translate_batch(self, messages: Messages, delimiting: Any = "none") -> Made:
            made: Made = translate_batch(messages)
            return made.wrapped(delimiter(delimiting))

        def translate_run(self, data: Any, count: Any = None, **options: Any) -> Any:
            raise NotImplementedError

        def ignored(self) -> dict[str, int]:
            return {"x": 3}

        def defaulted(self) -> dict[str, int]:
            return {"y": 1}

        def never_found(self) -> dict[str, int]:
            return {"z": 2}

    return lambda *_: Whole()


def doubled(messages: Messages) -> Made:
    """Each twice; it can't stand a question mark."""
    if any(b"?" in each for each in messages):
        raise KeyError("?")
    parts = [each for each in messages for _ in range(2)]
    numbers = range(len(messages))
    return Made(b"".join(parts), array("q", accumulate(map(len, parts), initial=0)), [],
                array("q", (i for i in numbers for _ in range(2))), array("q", (0, 1) * len(messages)))  # fmt: skip


@pytest.mark.parametrize(
    ("raised", "text"),
    [(ValueError("no"), "the transformer failed: ValueError: no"), (RecursionError(), "RecursionError"),
     (None, "gave no bytes, but NoneType")],
)  # fmt: skip
def test_a_transformer_that_raises_refuses_that_message(raised: Exception | None, text: str) -> None:
    """And none of its neighbours, whatever it raises, or where it gives what is not bytes (D)."""

    class Moody:
        def translate(self, data: bytes) -> bytes:
            if data == b"!" and raised:
                raise raised
            return None if data == b"!" else data  # type: ignore[return-value]

    translator.register("text", "json", lambda *_: Moody())
    plan = translator.compile("text", "json")
    made = plan.translate_many([b"1", b"!", b"2"], delimiting="newline")
    assert (made.data, [(each.index, each.code) for each in made.errors]) == (b"1\n2\n", [(1, "TRANSFORMER")])
    assert text in made.errors[0].message
    with pytest.raises(translator.DataError, match="TRANSFORMER"):
        plan.translate(b"!")


def test_a_batch_that_fails_is_translated_one_by_one() -> None:
    """Of a transformer that takes whole batches only the culprits are refused; the others keep results and numbers."""
    translator.register("text", "TEXT", whole(doubled, many=True))
    plan = translator.compile("text", "TEXT")
    assert plan.many
    made = plan.translate_each([b"a", b"?", b"b"], delimiting="newline")
    assert made.data == b"a\na\nb\nb\n"
    assert (list(made.inputs), list(made.items or ())) == ([0, 0, 2, 2], [0, 1, 0, 1])
    assert [(each.index, each.item, each.code) for each in made.errors] == [(1, None, "TRANSFORMER")]
    assert (plan.ignored(), plan.defaulted(), plan.never_found()) == ({"x": 3}, {"y": 1}, {"z": 2})


def test_back_to_back_the_core_finds_the_ends() -> None:
    """A registered transformer of a built-in format takes runs, too; what the format itself refuses is refused."""
    translator.register("json", "loud", shout)
    run = translator.compile("json", "loud").translate_run(b'"a" {"b":"c"} nul 1')
    assert (run.made[0], run.made[1]) == (b'"A"', b'{"B":"C"}')
    assert [each.code for each in run.made.errors] == ["SYNTAX"]
    assert run.used == 19


def test_a_table_of_ones_own() -> None:
    """A MessageTranslator's transformers serve it alone; without any, the core does."""
    mine = translator.MessageTranslator(transformers={("avro", "json"): shout})
    assert mine.compile(AVRO, "json").translate(b"a") == b"A"
    assert translator.compile(AVRO, "json").translate(b"\x02") == b'{"a":1}'
    mine.register("text", "TEXT", shout)
    assert ("text", "TEXT", "registered") in mine.transformers()
    assert "text" in mine.formats()
    assert ("text", "TEXT", "registered") not in translator.transformers()
    assert pickle.loads(pickle.dumps(mine.compile("text", "TEXT"))).translate(b"a") == b"A"
    adapter = translator.adapter({1: AVRO}, "json", using=mine)
    assert adapter.translate(b"\0\0\0\0\1abc").data == b"ABC"
    mine.unregister("avro", "json")
    assert mine.compile(AVRO, "json").translate(b"\x02") == b'{"a":1}'
    with pytest.raises(ValueError, match="name"):
        translator.MessageTranslator(transformers={("a b", "json"): shout})


def test_a_table_knows_its_registry() -> None:
    """Names like `registry:7` are looked up where the translator was told, not in the installed client."""
    mine = translator.MessageTranslator({7: AVRO})
    assert mine.compile("registry:7", "json").translate(b"\x02") == b'{"a":1}'
    with pytest.raises(translator.SchemaError, match="no schema with the id 8"):
        mine.compile("registry:8", "json")


PLUGGED = """
calls = []

class Reverse:
    def translate(self, data):
        if data == b"bad":
            raise RuntimeError("can't")
        return data[::-1]

def register(register):
    calls.append(1)
    register("backwards", "json", lambda source, target, mapping, options: Reverse())
    register("json", "backwards", lambda source, target, mapping, options: Reverse())
"""
USE = """
import warnings
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    import plugged, translator
    assert plugged.calls == []
    assert ("backwards", "json", "registered") in translator.transformers()
    assert translator.compile("backwards", "json").translate(b"]1[") == b"[1]"
    assert plugged.calls == [1]
print(*(each.message for each in told))
"""


def plug_in(folder: Path, points: str) -> dict[str, str]:
    """An installed distribution with entry points; the environment in which it is found."""
    (folder / "plugged.py").write_text(PLUGGED)
    info = folder / "plugged-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[translator.transformers]\n{points}")
    return {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"}


def test_installed_transformers(tmp_path: Path) -> None:
    """A distribution's function is called once, when the table is first looked into; one that can't be is only told."""
    environment = plug_in(tmp_path, "backwards = plugged:register\nbroken = no.such.module:register\n")
    done = subprocess.run([sys.executable, "-c", USE], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no.such.module:register can't be used: ModuleNotFoundError" in done.stdout


@pytest.mark.parametrize("raised", [translator.PlanError([("", "no")]), KeyError("k"), MemoryError()])
def test_whatever_a_transformer_raises_its_neighbours_go_on(raised: Exception) -> None:
    """Also an error of ours that is about plans, from a transformer of messages or of batches."""

    def moody(messages: Messages) -> Made:
        if b"!" in list(messages):
            raise raised
        parts = list(messages)
        return Made(b"".join(parts), array("q", accumulate(map(len, parts), initial=0)), [], range(len(parts)))

    class Single:
        def translate(self, data: bytes) -> bytes:
            if data == b"!":
                raise raised
            return data

    for factory in (whole(moody), lambda *_: Single()):
        translator.register("text", "TEXT", factory)
        made = translator.compile("text", "TEXT").translate_many([b"a", b"!", b"b"])
        assert [made[i] for i in (0, 2)] == [b"a", b"b"]
        assert [(each.index, each.code) for each in made.errors] == [(1, "TRANSFORMER")]


@pytest.mark.parametrize("result", ["text", None, Made(b"", array("q", (0,)), [], range(0))])
def test_a_batch_that_is_not_one_is_refused(result: Any) -> None:
    """What gives something else than a result for each message is told, for each message."""
    translator.register("text", "TEXT", whole(lambda messages: result))
    factory = table.SHARED.find("text", "TEXT")
    assert factory is not None
    transformer: Any = factory(None, None, None, None)  # type: ignore[arg-type]
    transformer.translate_batch = lambda messages, delimiting="none": result
    translator.register("text", "TEXT", lambda *_: transformer)
    made = translator.compile("text", "TEXT").translate_many([b"a", b"b"])
    assert [(each.index, each.code) for each in made.errors] == [(0, "TRANSFORMER"), (1, "TRANSFORMER")]


@pytest.mark.parametrize(("factory", "text"), [(lambda *_: 1 / 0, "ZeroDivisionError"), (lambda *_: 5, "int has no")])
def test_a_factory_that_fails_makes_no_plan(factory: Any, text: str) -> None:
    """It is told as what it is, a plan that there is none of."""
    translator.register("text", "TEXT", factory)
    with pytest.raises(translator.PlanError, match=f"transformer from text to TEXT can't be made: {text}"):
        translator.compile("text", "TEXT")


def test_a_misspelt_format_is_told() -> None:
    """It is not taken for a file whose name lacks its suffix."""
    with pytest.raises(translator.PlanError, match="'jsn' is neither a file nor a format; the formats are avro, "):
        translator.compile("json", "jsn")
