"""`translator formats`: what there is."""

from __future__ import annotations

from translator import containers, formats
from translator.policies import choices


def test_every_format_and_container(run):
    """Nothing is left out, and the usual container comes first."""
    found = run("formats", "--json").json
    assert [each["name"] for each in found["formats"]] == list(formats.NAMES)
    assert [each["name"] for each in found["containers"]] == list(containers.NAMES)
    by_name = {each["name"]: each for each in found["formats"]}
    assert by_name["avro"]["containers"][0] == "avro"
    assert by_name["neuron"]["containers"][0] == "delimited"
    assert by_name["json"]["needs_schema"] is False
    assert by_name["protobuf"]["needs_schema"] is True
    assert ".avro" in by_name["avro"]["extensions"]
    assert found["policies"] == {name: list(values) for name, values in choices().items()}


def test_as_text(run):
    """What each format loses, and each policy, is there to read."""
    out = run("formats").out
    for name in formats.NAMES:
        for loss in formats.get(name).loses:
            assert loss in out
    assert "truncate" in out
