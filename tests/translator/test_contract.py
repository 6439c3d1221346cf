"""The contract of all that translate: a batch of messages, what it became, and who keeps to it."""

from __future__ import annotations

from array import array

import pytest

import translator
from native.errors import DataError
from translator.contract import End, Made, Message, Messages, Translation, delimiter

THREE = Messages.of([b"a", b"", b"ccc"], headers=[[("h", b"1")], None, []])
EACH = Made(b"aabbc", array("q", (0, 2, 4, 5)), [DataError("TYPE", "", 0, 1, "", 0)], array("q", (0, 0, 1)),
            array("q", (0, 1, 1)))  # fmt: skip
ONE = Made(b"abc", array("q", (0, 1, 1, 3)), [DataError("TYPE", "", 0, 1)], range(3))


def test_messages_of_a_sequence_and_of_a_buffer_are_the_same() -> None:
    """Offsets are one more than the messages; both forms give each message's own bytes."""
    assert list(THREE) == list(Messages.at(b"accc", array("q", (0, 1, 1, 4)))) == [b"a", b"", b"ccc"]
    assert list(Messages.given(iter([b"x"]))) == list(Messages.given(b"x", array("q", (0, 1)))) == [b"x"]
    assert len(Messages.of([])) == len(Messages.at(b"", array("q", (0,)))) == 0


def test_one_buffer_needs_its_offsets() -> None:
    """A lone bytes object is not a sequence of messages; offsets are 64 bits wide."""
    with pytest.raises(TypeError, match="offsets"):
        Messages.of(b"abc")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="int64"):
        Messages.at(b"abc", array("i", (0, 1)))


@pytest.mark.parametrize("beside", ["ends", "headers", "keys", "times", "positions"])
def test_what_is_said_of_messages_is_said_of_each(beside: str) -> None:
    """Too few headers, keys and so on are a mistake of the caller, told before anything is translated."""
    given = {"data": b"ab", "begins": array("q", (0, 1)), "ends": array("q", (1, 2)), beside: [None]}
    with pytest.raises(ValueError, match=f"2 messages, and {beside} of 1"):
        Messages(**given)


def test_some_messages_keep_what_is_known_of_them() -> None:
    """In the order in which they are named."""
    whole = Messages(b"abc", array("q", (0, 1, 2)), array("q", (1, 2, 3)), None, [b"k", None, b"m"], [1, 2, 3], "xyz")
    part = whole.some([2, 0])
    assert [*part] == [b"c", b"a"]
    assert (part.headers, part.keys, part.times, part.positions) == (None, [b"m", b"k"], [3, 1], ["z", "x"])


def test_results_by_index() -> None:
    """From both ends, and no further."""
    assert [ONE[i] for i in range(-3, 3)] == [b"a", b"", b"bc", b"a", b"", b"bc"]
    for beyond in (3, -4):
        with pytest.raises(IndexError):
            ONE[beyond]
    assert list(ONE.ends) == [1, 1, 3]
    assert repr(ONE) == "<3 made, 1 refused, 3 bytes>"


def test_each_is_the_good_results_alone() -> None:
    """With the number of each among those of its message, which is 0 where a message makes one."""
    each = ONE.each()
    assert ([each[i] for i in range(2)], list(each.inputs), list(each.items or ())) == ([b"a", b"bc"], [0, 2], [0, 0])
    assert EACH.each() is EACH


def test_a_message_may_be_refused_afterwards() -> None:
    """Its results go, the refusals stand in the order of the messages."""
    late = DataError("SYNTAX", "", 0, 0)
    made = ONE.refusing([late])
    assert [made[i] for i in range(3)] == [b"", b"", b"bc"]
    assert [(each.index, each.code) for each in made.errors] == [(0, "SYNTAX"), (1, "TYPE")]
    made = EACH.refusing([late])
    assert ([made[i] for i in range(len(made))], list(made.inputs), list(made.items or ())) == ([b"c"], [1], [1])
    assert ONE.refusing([]) is ONE


def test_wrapped_leaves_out_what_was_refused() -> None:
    """A good result that is empty is wrapped, a refused one is not."""
    made = Made(b"a", array("q", (0, 1, 1, 1)), [DataError("TYPE", "", 0, 1)], range(3)).wrapped(lambda x: b"<" + x)
    assert [made[i] for i in range(3)] == [b"<a", b"", b"<"]


def test_headers_follow_their_results() -> None:
    """Through `each`, `some` and `message`."""
    made = Made(ONE.data, ONE.offsets, ONE.errors, ONE.inputs, None, [[("n", b"0")], [], [("n", b"2")]])
    assert made.message(2) == made.each().message(1) == made.some([2]).message(0) == Message(b"bc", [("n", b"2")])
    assert ONE.message(0) == Message(b"a", [])


@pytest.mark.parametrize("delimiting", ["none", "newline", "varint", "be32"])
def test_python_delimits_as_the_core_does(delimiting: str) -> None:
    """Whatever the length."""
    messages = [b"1", b"[" + b"1," * 100 + b"1]", b'"' + b"x" * 20_000 + b'"']
    made = translator.compile("json", "json").translate_many(messages, delimiting=delimiting)
    assert made.data == b"".join(map(delimiter(delimiting), messages))


def test_an_unknown_delimiting_is_told() -> None:
    """By the core's callers and by ours alike, with those that there are."""
    for act in (delimiter, lambda name: translator.compile("json", "json").translate_many([], delimiting=name)):
        with pytest.raises(ValueError, match="no delimiting 'tabs'; there are none, newline, varint, be32"):
            act("tabs")


def test_all_that_translate_keep_to_the_contract() -> None:
    """A plan and an adapter are Translations; what they translate is told by their ends."""
    plan = translator.compile(("avro", {"type": "int"}), "json")
    adapter = translator.adapter({7: {"type": "int"}}, "json")
    for each in (plan, adapter):
        assert isinstance(each, Translation)
        assert each.target == End("json", None)
        assert each.target.root is None
        assert not each.many
    assert (plan.source.format, adapter.source) == ("avro", End("confluent", None))
    made = adapter.translate_batch(Messages.of([b"\0\0\0\0\7\2", b"\0\0\0\0\x09\2"]))
    assert (made[0], [each.code for each in made.errors]) == (b"1", ["FRAME_SCHEMA"])
    assert [each.path for each in adapter.losses] == [each.path for each in plan.losses]
