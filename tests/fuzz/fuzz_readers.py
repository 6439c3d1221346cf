"""Fuzzes every reader: mutated messages, under the sanitized build that `make fuzz` puts on the path.

A message is refused with a DataError that says where, or translated to something that our own reader of the target
takes and writes again as it was; its neighbour in the batch comes out whole. So it is with each message that it makes,
where the plan makes many. Anything else is a finding, a crash first of all. Each input is made from (seed, number)
alone, so that a worker that dies leaves only its number behind.

    fuzz_readers.py --seconds 60 --jobs 2       fuzz; exit status 1 after a finding
    fuzz_readers.py --seed S --only NUMBER      that input again
    fuzz_readers.py --canary                    on the build with the planted bug; exit status 1 if it isn't found
"""

from __future__ import annotations

import argparse
import ctypes
import itertools
import mmap
import os
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path
from random import Random, SystemRandom

import native
from native.binding import MESSAGES
from native.errors import DataError
from tests.fuzz.corpus import Target, targets
from tests.fuzz.mutate import mutated
from translator.contract import Made

ROOT = Path(__file__).resolve().parents[2]
CRASHES = ROOT / "build" / "crashes"
INTERNAL = {"BAD_PLAN", "NO_MEMORY"}
SANITIZER = 99
"""A worker's exit status when a sanitizer ended it (the Makefile says so)."""
CODES = {name for name, _ in MESSAGES.values()} - INTERNAL


WHOLE = -1
"""In the place of an item's number: the message as a whole."""


class FindingError(AssertionError):
    """What must not be."""


def require(good: bool, what: str) -> None:
    if not good:
        raise FindingError(what)


def made(seed: int, number: int, every: list[Target]) -> tuple[Target, bytes, bytes]:
    """The plan of input `number`, a good message for it, and the mutated one."""
    random = Random((seed << 40) + number)
    target = random.choice(every)
    return target, random.choice(target.seeds), mutated(random, target.seeds)


def attempt(target: Target, good: bytes, message: bytes) -> None:
    """Translates the good message and the mutated one in one batch, from a block of memory that ends where they end."""
    whole = good + message
    block = (ctypes.c_char * len(whole)).from_buffer_copy(whole)
    if target.plan.many:
        made = target.plan.translate_each(block, array("q", (0, len(good), len(whole))))  # type: ignore[arg-type]
        check_each(target, good, message, made)
        return
    result = target.plan.translate_many(block, array("q", (0, len(good), len(whole))))  # type: ignore[arg-type]
    for error in result.errors:
        check_error(error, len(good) if error.index == 0 else len(message))
    require(len(result.errors) <= 2, "more errors than messages")
    require(result[0] == _alone(target, good), "the neighbour is another than alone")
    if not any(error.index == 1 for error in result.errors):
        check_output(target, result[1])


def check_each(target: Target, good: bytes, message: bytes, result: Made) -> None:
    """What was made and what was refused are in order, and together all items; the good message's are as alone."""
    for error in result.errors:
        check_error(error, len(good) if error.index == 0 else len(message))
    require(list(result.offsets) == sorted(result.offsets), f"offsets out of order: {result.offsets}")
    require(result.items is not None, "no items")
    made = list(zip(result.inputs, result.items or (), strict=True))
    refused = [(error.index, WHOLE if error.item is None else error.item) for error in result.errors]
    require(made == sorted(made) and refused == sorted(refused), f"out of order: {made} {refused}")
    for index in (0, 1):
        items = sorted(item for each, item in (*made, *refused) if each == index)
        require(items in (list(range(len(items))), [WHOLE]), f"items twice, or left out: {items}")
    mine = [result[i] for i, index in enumerate(result.inputs) if index == 0]
    alone = target.plan.translate_each(good)
    require(mine == [alone[i] for i in range(len(alone))], "the neighbour is another than alone")
    require([str(error) for error in alone.errors] == [str(error) for error in result.errors if error.index == 0],
            "the neighbour's refusals are others than alone")  # fmt: skip
    for i in range(len(mine), len(result)):
        check_output(target, result[i])


def _alone(target: Target, good: bytes) -> bytes:
    try:
        return target.plan.translate(good)
    except DataError:
        return b""


def check_error(error: DataError, size: int) -> None:
    require(error.code in CODES, f"no code for messages: {error}")
    require(error.index in (0, 1), f"no such message: {error}")
    require(0 <= error.offset <= size, f"an offset outside of the message ({size} bytes): {error}")


def check_output(target: Target, output: bytes) -> None:
    """What we write we read, and write again as it was."""
    try:
        again = target.again.translate(output)
    except DataError as error:
        raise FindingError(f"our own output is refused: {error}\n{output!r}") from error
    require(again == output, f"another output the second time:\n{output!r}\n{again!r}")


def work(seed: int, seconds: float, state: Path) -> None:
    """One worker: notes the number of each input before it runs it."""
    every = targets()
    with state.open("r+b") as file:
        note = mmap.mmap(file.fileno(), 8)
    end = time.monotonic() + seconds
    for number in itertools.count():
        note[:8] = number.to_bytes(8, "little")
        attempt(*made(seed, number, every))
        if number % 64 == 0 and time.monotonic() > end:
            return


def fuzz(seconds: float, jobs: int, seed: int) -> list[int]:
    """Runs the workers; the exit status of each that found something."""
    with tempfile.TemporaryDirectory() as folder:
        running = []
        for job in range(jobs):
            state = Path(folder, str(job))
            state.write_bytes(bytes(8))
            mine = seed + job
            command = [sys.executable, __file__, "--seed", str(mine), "--seconds", str(seconds), "--work", str(state)]
            process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
            running.append((process, mine, state))
        ended = [(process.communicate()[1], process.returncode, mine, state) for process, mine, state in running]
        done = [int.from_bytes(state.read_bytes(), "little") for _, _, _, state in ended]
        findings = [each for each in ended if each[1]]
        for trace, code, mine, state in findings:
            report(trace, code, mine, int.from_bytes(state.read_bytes(), "little"))
    print(f"{sum(done)} messages to {os.path.relpath(native.__file__)}, {len(findings)} findings")
    return [code for _, code, _, _ in findings]


def report(trace: str, code: int, seed: int, number: int) -> None:
    target, _, message = made(seed, number, targets())
    CRASHES.mkdir(parents=True, exist_ok=True)
    path = CRASHES / f"{seed}-{number}"
    path.write_bytes(message)
    lines = trace.strip().splitlines()
    print(*(lines[:40] if "Sanitizer" in trace else lines[-12:]), sep="\n")
    print(f"exit status {code}: {target.name}, input in {path}; again with --seed {seed} --only {number}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1 << 30))
    parser.add_argument("--only", type=int)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--canary", action="store_true")
    options = parser.parse_args()
    if options.work:
        work(options.seed, options.seconds, options.work)
        return 0
    if options.only is not None:
        attempt(*made(options.seed, options.only, targets()))
        return 0
    findings = fuzz(options.seconds, options.jobs, options.seed)
    if options.canary:
        print("the planted bug is found" if SANITIZER in findings else "the planted bug is NOT found")
        return int(SANITIZER not in findings)
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
