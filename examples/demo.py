"""The main job on real input: sensor readings become neuron signals; OpenTelemetry's metrics become one signal for each
data point; a CloudEvent goes through three formats.

Run by `make demo`. Everything it writes goes into demo-out/.
"""

from __future__ import annotations

import json
import random
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fastavro

import translator

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "demo-out"
READINGS = 200_000


def title(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n== {text}")


def show(label: str, text: str, width: int = 1200) -> None:
    """A labelled piece of text, cut where it would fill the screen."""
    cut = text if len(text) <= width else text[:width] + " …"
    print(f"{label}\n" + "\n".join(f"    {line}" for line in cut.splitlines()))


def command(*words: str) -> None:
    """Runs the command line as a user would, and shows it."""
    print(f"$ translator {shlex.join(words)}", flush=True)
    subprocess.run([sys.executable, "-m", "translator", *words], check=True, cwd=HERE)


def reading(random_: random.Random, number: int) -> dict[str, object]:
    kind, unit = random_.choice((("temperature", "°C"), ("pressure", "kPa"), ("vibration", "mm/s")))
    return {
        "sensor": {
            "id": f"{kind[:4]}-{random_.randrange(400):03}",
            "kind": kind,
            "site": random_.choice((None, "hall-1", "hall-2")),
        },
        "sequence": 2**53 + 1 + number,
        "at": 1_795_000_000_000 + number * 250,
        "value": float(random_.randrange(100, 9999)),
        "unit": unit,
        "level": random_.choices(("normal", "low", "high"), (8, 1, 1))[0],
        "quality": {"noise": random_.random(), "drift": random_.random() / 10, "coverage": 1.0},
        "raw": random_.randbytes(24),
    }


def write_readings(path: Path) -> None:
    """An Avro container, written by fastavro."""
    random_ = random.Random(9)
    schema = fastavro.parse_schema(json.loads((HERE / "readings.avsc").read_text()))
    with path.open("wb") as stream:
        fastavro.writer(stream, schema, (reading(random_, i) for i in range(READINGS)), codec="deflate")


def losses(plan: translator.Plan) -> str:
    return "\n".join(f"{loss.verdict:8} {loss.path:36} {loss.reason}" for loss in plan.losses)


def readings_to_signals() -> None:
    source, signals, frames = OUT / "readings.avro", OUT / "signals.nsig", OUT / "signals.hal9"
    title(f"Sensor readings in an Avro container ({READINGS:,} records) become neuron signals")
    write_readings(source)
    show("the mapping (examples/readings.toml):", (HERE / "readings.toml").read_text(), 4000)
    plan = translator.compile(HERE / "readings.avsc", mapping=HERE / "readings.toml")
    show("what it loses, field by field:", losses(plan), 4000)
    command("convert", str(source), str(signals), "--map", "readings.toml")
    command("convert", str(source), str(frames), "--map", "readings.toml")
    with source.open("rb") as stream:
        first = next(iter(fastavro.reader(stream)))
    show("before, as fastavro reads it:", json.dumps(first, default=str, indent=2, ensure_ascii=False))
    frame = frames.read_bytes()
    size = int.from_bytes(frame[:4], "big")
    after = json.dumps(json.loads(frame[4 : 4 + size]), indent=2, ensure_ascii=False)
    show(f"after, in a HAL9 frame ({size} bytes of JSON):", after, 2000)


def metrics_to_signals() -> None:
    title("A request of OpenTelemetry's metrics (OTLP, JSON) becomes a signal for each data point")
    request, schema, signals = "otlp/metrics.json", "otlp/metrics.proto#MetricsData", OUT / "metrics.nsig"
    show("before:", (HERE / request).read_text(), 2500)
    show("the mapping (examples/otlp/metrics.toml):", (HERE / "otlp/metrics.toml").read_text(), 1500)
    command("convert", request, str(signals), "--from", "otlp-json:lone", "-s", schema, "--map", "otlp/metrics.toml")
    plan = translator.compile("neuron", ("json", "neuron:NeuronSignal"))
    shown = [plan.translate(message) for message in delimited(signals.read_bytes())]
    print(f"after, {len(shown)} signals:")
    for message in shown:
        signal = json.loads(message)
        activation = signal["payload"]["activation"]
        value = activation["features"] or activation.get("strength")
        print(f"    {signal['timestamp']}  {signal['to_neuron']:20} {activation['content']:14} {json.dumps(value)}")
    show("the first of them whole:", json.dumps(json.loads(shown[0]), indent=2), 1500)


def delimited(data: bytes) -> Iterator[bytes]:
    """The messages of a file in which each has its length before it."""
    at = 0
    while at < len(data):
        size, shift = 0, 0
        while True:
            byte = data[at]
            size |= (byte & 127) << shift
            at, shift = at + 1, shift + 7
            if byte < 128:
                break
        yield data[at : at + size]
        at += size


def cloudevent_round() -> None:
    title("A CloudEvent goes from JSON to Protobuf and Avro, and back")
    event = json.dumps(json.loads((HERE / "cloudevent.json").read_text()), ensure_ascii=False).encode()
    show("before:", event.decode())
    schemas = {"json": "cloudevent.schema.json", "protobuf": "cloudevent.proto#CloudEvent", "avro": "cloudevent.avsc"}
    for other in ("protobuf", "avro"):
        there = translator.compile(
            HERE / schemas["json"], str(HERE / schemas[other]), mapping=HERE / f"cloudevent_json_to_{other}.toml"
        )
        back = translator.compile(
            str(HERE / schemas[other]), HERE / schemas["json"], mapping=HERE / f"cloudevent_{other}_to_json.toml"
        )
        message = there.translate(event)
        show(f"in {other} ({len(message)} bytes):", str(message))
        again = back.translate(message)
        show("and back:", again.decode())
        if json.loads(again) != json.loads(event):
            raise SystemExit(f"the event came back changed from {other}")
    print("the same event came back both times")


def main() -> None:
    OUT.mkdir(exist_ok=True)
    readings_to_signals()
    metrics_to_signals()
    cloudevent_round()


if __name__ == "__main__":
    main()
