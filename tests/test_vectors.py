"""Every pair of formats, byte for byte, against messages that other libraries made."""

from __future__ import annotations

from functools import cache

import pytest

from tests.vectors import LANGUAGES, MESSAGES, golden, side
from translator.engine.plan import Plan

PAIRS = [(source, target) for source in LANGUAGES for target in LANGUAGES]


@cache
def plan(source: str, target: str, name: str) -> Plan:
    return Plan(side(source, name), side(target, name))


@pytest.mark.parametrize("label", MESSAGES)
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_each_pair(source: str, target: str, label: str) -> None:
    """A message of one format comes out as what another library writes in the other."""
    messages = golden(label)
    assert plan(source, target, MESSAGES[label][0]).translate(messages[source]) == messages[target]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_each_pair_in_a_batch(source: str, target: str) -> None:
    """Of a batch each message comes out as it would alone, and a bad one among them costs no other (B3)."""
    labels = ["signal", "forward", "vector"]
    good = [golden(label)[source] for label in labels]
    result = plan(source, target, "NeuronSignal").translate_many([good[0], good[1][:-1], good[2], b"", good[1]])
    assert [error.index for error in result.errors] == [1, 3]
    wanted = [golden(label)[target] for label in ("signal", "vector", "forward")]
    assert [each for each in result if each] == wanted


@pytest.mark.parametrize("source", LANGUAGES)
def test_each_truncation(source: str) -> None:
    """B2: each golden message, cut anywhere, is refused; the signal's last field is required to be whole."""
    target = plan(source, "protobuf", "NeuronSignal")
    message = golden()[source]
    for size in range(len(message)):
        result = target.translate_many([message[:size]])
        assert result.errors or (source == "protobuf" and result.data)
        assert all(error.offset <= size for error in result.errors)
