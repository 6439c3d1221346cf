"""`translator convert` in pipes: streams, signals, memory."""

from __future__ import annotations

import json
import os
import signal as signals
import subprocess
import sys
import time

import pytest

from tests.translator.cli.support import COMMAND, ROOT, child, leftovers, ndjson, signal, values


class TestPipes:
    """`-`, and what happens at the ends of pipes."""

    def test_stdin_to_stdout(self):
        """Data alone on stdout, words on stderr."""
        data = ndjson([signal(n) for n in range(3)])
        there = child("convert", "-", "-", stdin=data)
        assert there.returncode == 0
        back = child("convert", "-", "--from", "neuron", "--to", "json", stdin=there.stdout)
        assert values(back.stdout) == [signal(n) for n in range(3)]
        assert back.stderr.startswith(b"3 records written")

    def test_json_goes_beside_the_data(self):
        """--json with data on stdout: the document is on stderr."""
        ran = child("convert", "-", "--json", stdin=ndjson([signal()]))
        assert json.loads(ran.stderr)["written"] == 1

    def test_records_before_the_refused_one_are_out(self):
        """What streamed before the stop is there, whole records only."""
        data = ndjson([signal(0), signal(1, layer_to="L12")])
        ran = child("convert", "-", "-", "-t", "json", "-s", "neuron:NeuronSignal", stdin=data)
        assert ran.returncode == 3
        assert values(ran.stdout) == [signal(0)]
        assert b"(stdin): record 1" in ran.stderr

    def test_a_stream_flows(self):
        """A record comes out before the next one goes in."""
        command = [*COMMAND, "convert", "-", "-", "--from", "json:ndjson", "--to", "json", "-T", "neuron:NeuronSignal"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, bufsize=0,
                              stderr=subprocess.DEVNULL) as process:  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            for n in range(3):
                process.stdin.write(ndjson([signal(n)]))
                assert json.loads(process.stdout.readline()) == signal(n)
            process.stdin.close()
            assert process.wait(10) == 0

    def test_a_broken_pipe_is_quiet(self):
        """Nobody reads any more: no traceback, 141."""
        command = [*COMMAND, "convert", "-", "-", "--from", "json:ndjson", "--to", "json"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              cwd=ROOT) as process:  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            process.stdin.write(ndjson([{"a": 1}] * 1000))
            process.stdin.close()
            assert process.stderr.read() == b""
            assert process.wait(10) == 141

    @pytest.mark.parametrize(("number", "code"), [(signals.SIGINT, 130), (signals.SIGTERM, 143), (signals.SIGHUP, 129)])
    def test_being_interrupted_leaves_nothing(self, tmp_path, number, code):
        command = [*COMMAND, "convert", "-", str(tmp_path / "out"), "--from", "json:ndjson"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, bufsize=0) as process:
            assert process.stdin is not None
            process.stdin.write(ndjson([signal()]))
            deadline = time.monotonic() + 20
            while not leftovers(tmp_path) and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(number)
            assert process.wait(10) == code
        assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_memory_is_constant():
    """200 MB through a pipe in under 60 MB of memory. (ru_maxrss would count what the parent had when it forked.)"""
    chunk = ndjson([signal(n, note="x" * 100) for n in range(2000)])
    watch = (
        "import re, sys; from translator.cli import main; code = main(); "
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1], file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", watch, "convert", "-", "/dev/null", "--from", "json:ndjson", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        for _ in range(200_000_000 // len(chunk)):
            process.stdin.write(chunk)
        process.stdin.close()
        peak = int(process.stderr.read())
        assert process.wait(30) == 0
    assert peak < 60_000
