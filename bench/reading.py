"""How right and how quick the reader is: `python -m bench.reading` on the project's own texts and, with options, on files of yours.

--set FILE (more than once)  a labelled .csv(.gz) or .tsv: text, category, and when there alt, place, urgency (see bench/scoring.py)
--train FILE                 a labelled file to learn from besides the project's examples; then every set is scored again
--keep SHARE                 of the training file this share is kept back, unseen, and scored too (default 0.1)
--borders FILE               outlines as GeoJSON (see bench/borders.py)
"""

import argparse
import csv
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from runpy import run_path
from statistics import median
from time import perf_counter

from bench import borders, scoring
from ntbcare.casework.learning import carried
from ntbcare.reading.masks import mask
from ntbcare.reading.model import Model
from ntbcare.reading.places import Gazetteer, RegionRow
from ntbcare.reading.plain import Plain
from ntbcare.reading.reader import Topics
from ntbcare.reading.topics import CategoryRow, Lexicon
from ntbcare.reading.training import Example, train

ROOT = Path(__file__).parents[1]
SEED = ROOT / "ntbcare" / "seed" / "ntb"
OWN = ROOT / "bench" / "sms.tsv"
SEALED = ("korupsi_pungli",)  # found by rule only


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one seed file; [] when it is not there."""
    path = SEED / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def texts() -> list[str]:
    """The texts of the tests, and longer letters made of them."""
    folder = ROOT / "tests" / "reading"
    places = run_path(str(folder / "place_texts.py"))["PLACES"]
    topics = run_path(str(folder / "topic_texts.py"))["TOPICS"]
    short = [row[0] for row in (*places, *topics)]
    return short + [". ".join(short[i : i + 6]) for i in range(0, len(short), 6)]


def resident() -> float:
    """Mebibytes this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def readers() -> tuple[Plain, Lexicon, Gazetteer]:
    """The rule readers of the seed."""
    plain = Plain((r["token"], r["expansion"]) for r in rows("abbreviations.csv"))
    lexicon = Lexicon(
        [
            CategoryRow(r["code"], r["name"], tuple(filter(None, r["keywords"].split(";"))), r["default_urgency"], r["sealed"] != "no")
            for r in rows("categories.csv")
        ],
        plain,
    )
    regions = [RegionRow(r["code"], r["name"], r["level"], r["parent"] or None, r["type"]) for r in rows("regions.csv")]
    aliases = [(r["alias"], r["code"]) for r in rows("region_aliases.csv")] + [(r["name"], r["code"]) for r in rows("landmarks.csv")]
    return plain, lexicon, Gazetteer(regions, aliases, plain)


def show(title: str, found: dict[str, object]) -> None:
    """One block of figures."""
    print(f"\n{title}")
    for name, value in found.items():
        print(f"  {name:32} {value:.3f}" if isinstance(value, float) else f"  {name:32} {value}")


def quickness(label: str, read: Callable[[str], object], messages: Sequence[str]) -> None:
    """Median and 95 % per message, each read three times."""
    times = []
    for _ in range(3):
        for message in messages:
            begun = perf_counter()
            read(message)
            times.append(1000 * (perf_counter() - begun))
    times.sort()
    print(f"  {label:32} median {median(times):6.2f} ms   95 % {times[int(0.95 * len(times))]:6.2f} ms")


def scored(name: str, sample: Sequence[scoring.Row], topics: Topics, gazetteer: Gazetteer) -> None:
    """Every figure a set of labelled texts can give."""
    if any(row.category for row in sample):
        show(f"{name}: topics, read by {topics.version}", scoring.topics(sample, topics.read))
    if any(row.place for row in sample):
        show(f"{name}: places", scoring.places(sample, gazetteer))
    if any(row.urgency for row in sample):
        show(f"{name}: emergencies", scoring.emergencies(sample, topics.read))
        show(f"{name}: misconduct, by rule", scoring.violations(sample, topics.read))


def speed(topics: Topics, gazetteer: Gazetteer) -> None:
    """Milliseconds per message and per 100 kB."""
    messages = texts()
    print(f"\nspeed, {len(messages)} messages of the tests, one core")
    quickness("place", gazetteer.find, messages)
    quickness("topic, kind, urgency", topics.read, messages)
    quickness("masks", mask, messages)
    quickness("place and topic", lambda text: (gazetteer.find(text), topics.read(text)), messages)
    for label, text in (("words", " ".join(messages)), ("one word", "x" * 100_000), ("digits", "1234567890 " * 10_000)):
        long = (text * (1 + 100_000 // max(1, len(text))))[:100_000]
        begun = perf_counter()
        gazetteer.find(long), topics.read(long)
        print(f"  {f'100 kB of {label}':32} {1000 * (perf_counter() - begun):6.1f} ms")


def ready(body: bytes) -> None:
    """How soon a new process reads, and what model, lexicon and gazetteer cost it. Asked in a process of its own: nothing is warm there."""
    with tempfile.NamedTemporaryFile(suffix=".model") as file:
        file.write(body)
        file.flush()
        code = f"from bench.reading import begin; begin({file.name!r})"
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def begin(path: str) -> None:
    """Load everything in this process and read one message."""
    body, before, begun = Path(path).read_bytes(), resident(), perf_counter()
    _, lexicon, gazetteer = readers()
    topics = Topics(lexicon, Model.load(body))
    topics.read("jalan rusak di Desa Tente"), gazetteer.find("jalan rusak di Desa Tente")
    print(f"ready to read in {perf_counter() - begun:.2f} s, {resident() - before:.0f} MiB for model, lexicon and gazetteer")


def main() -> None:
    """Prints everything."""
    options = argparse.ArgumentParser(prog="python -m bench.reading")
    options.add_argument("--set", action="append", type=Path, default=[])
    options.add_argument("--train", type=Path)
    options.add_argument("--keep", type=float, default=0.1)
    options.add_argument("--borders", type=Path)
    asked = options.parse_args()
    sets = [("bench/sms.tsv (240 SMS written for NTB)", scoring.load(OWN)), *((str(path.name), scoring.load(path)) for path in asked.set)]

    plain, lexicon, gazetteer = readers()
    begun = perf_counter()
    examples = carried(SEED, SEALED)
    shipped = train(examples, plain, lexicon, origin="examples")
    body = shipped.dump()
    print(
        f"trained on {len(examples)} examples of the seed in {perf_counter() - begun:.1f} s: {shipped.version}, {len(body) / 2**20:.2f} MiB"
    )
    ready(body)
    topics = Topics(lexicon, Model.load(body))
    for name, sample in sets:
        scored(name, sample, topics, gazetteer)
    speed(topics, gazetteer)
    if asked.train:
        given = scoring.load(asked.train)
        random.Random(7).shuffle(given)
        kept, learned = given[: round(asked.keep * len(given))], given[round(asked.keep * len(given)) :]
        scored(f"{asked.train.name}, {len(kept)} rows kept back, before", kept, topics, gazetteer)
        more = [Example(row.text, row.category) for row in learned if row.category and row.category not in SEALED]
        begun = perf_counter()
        model = train([*examples, *more], plain, lexicon, origin="file")
        print(f"\ntrained on {len(examples)} examples and {len(more)} rows of {asked.train.name} in {perf_counter() - begun:.0f} s")
        topics = Topics(lexicon, Model.load(model.dump()))
        scored(f"{asked.train.name}, {len(kept)} rows kept back, after", kept, topics, gazetteer)
        for name, sample in sets:
            scored(name, sample, topics, gazetteer)
        speed(topics, gazetteer)
    borders.report([(r["code"], float(r["lat"]), float(r["lon"])) for r in rows("points.csv")])


if __name__ == "__main__":
    sys.exit(main())
