"""One query at intake, ranking and like calls, at 100,000 calls; and how good the ranking is.

Speed stands beside a scan of every call by scikit-learn's cosine on the same pairs of characters,
quality beside a count of the register's keywords. Two splits of the demonstration's 2,400 calls:
the later ones held out (most repeat a sentence of the earlier ones in other words and numbers),
and a quarter of all sentences held out with every call that uses them (all of it is new wording).
CPU milliseconds of one thread.

    python benchmarks/triage_query.py [--quick]
"""

import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import linear_kernel

from qiying.demo.stories import Story, build_stories
from qiying.demo.story_texts import matters as told_matters
from qiying.engines.triage import (
    Call,
    Example,
    Index,
    KeywordBaseline,
    Matter,
    Model,
    Rarity,
    check,
    check_alike,
    evaluate,
    train,
)

QUERIES = 100
SCAN = "scikit-learn cosine scan"
KEYWORDS = "count of keywords"


def register() -> list[Matter]:
    """The seed register."""
    seed = files("qiying.slices.mandate") / "seeds" / "matters.json"
    rows = json.loads(seed.read_text(encoding="utf-8"))
    return [
        Matter(
            row["code"],
            row["name_zh"],
            row["name_en"],
            tuple(row["keywords"]["zh"]),
            tuple(row["keywords"]["en"]),
            row["note_zh"],
            row["note_en"],
        )
        for row in rows
    ]


def example(story: Story) -> Example:
    return Example(f"{story.title_zh}。{story.text_zh}", story.matter)


def sentences(stories: Sequence[Story]) -> list[str]:
    """Which sentence of the generator each story was made from."""
    patterns: dict[str, list[tuple[int, str, re.Pattern[str]]]] = {}
    for matter in told_matters():
        for text in (text for case in matter.cases for text in case.texts):
            parts = re.split(r"\{[^{}]*\}", text)
            pattern = re.compile(".*?".join(map(re.escape, parts)), re.DOTALL)
            patterns.setdefault(matter.code, []).append((len("".join(parts)), text, pattern))
    return [
        max(row[:2] for row in patterns[story.matter] if row[2].search(story.text_zh))[1]
        for story in stories
    ]


def calls(stories: Sequence[Story], count: int) -> list[Call]:
    """As many calls as asked for, over two years, places and firms drawn anew."""
    draw = np.random.default_rng(3)
    days, firms = draw.uniform(0, 730, count), draw.integers(0, 3000, count)
    spots = draw.uniform(-0.03, 0.03, (count, 2)) + np.array([119.2, 29.0])
    return [
        Call(
            key=f"QY-{n}",
            text=example(stories[n % len(stories)]).text,
            at_day=float(days[n]),
            longitude=float(spots[n][0]),
            latitude=float(spots[n][1]),
            firm=f"E{firms[n]}",
        )
        for n in range(count)
    ]


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure, and compare with the peers in the same run."""
    stories, matters = build_stories(), register()
    examples = [example(story) for story in stories]
    cut = 1800
    model = train(matters, examples[:cut])
    later = _quality("later_calls", model, matters, examples[cut:], (0.97, 0.05))
    told = sentences(stories)
    names = sorted(set(told))
    held = set(np.random.default_rng(0).permutation(names)[: len(names) // 4].tolist())
    seen = [e for e, name in zip(examples, told, strict=True) if name not in held]
    unseen = [e for e, name in zip(examples, told, strict=True) if name in held]
    new = _quality("new_wording", train(matters, seen), matters, unseen, (0.5, 0.15))
    return [*_speed(model, calls(stories, 20_000 if quick else 100_000)), *later, *new]


def _quality(
    name: str,
    model: Model,
    matters: Sequence[Matter],
    held_out: Sequence[Example],
    bars: tuple[float, float],
) -> list[dict[str, Any]]:
    ours, plain = evaluate(model, held_out), evaluate(KeywordBaseline(matters), held_out)
    sound = sum(not check(model, e.text, model.rank(e.text)) for e in held_out[:20]) / 20
    rows = [
        _row(f"triage_top_1_{name}", ours.top_1, plain.top_1, KEYWORDS, bars[0]),
        _row(f"triage_top_3_{name}", ours.top_3, plain.top_3, KEYWORDS, bars[0]),
        _row(f"triage_rankings_that_stand_{name}", sound, None, None, 1.0),
    ]
    errors = (ours.calibration_error, plain.calibration_error)
    return [*rows, _row(f"triage_ece_{name}", *errors, KEYWORDS, bars[1], at_most=True)]


def _speed(model: Model, kept: Sequence[Call]) -> list[dict[str, Any]]:
    index = Index(Rarity.by(model))
    start = time.process_time()
    for call in kept:
        index.add(call)
    adding = 1e3 * (time.process_time() - start) / len(kept)
    texts = [call.text for call in kept]
    scan = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True)
    matrix = scan.fit_transform(texts)
    asked = [
        Call("", call.text, 731.0, 119.2, 29.0, "E1") for call in kept[:: len(kept) // QUERIES]
    ]
    model.rank(asked[0].text)  # loads the dictionary once

    def ours(call: Call) -> None:
        model.rank(call.text)
        index.alike(call)

    def theirs(call: Call) -> None:
        linear_kernel(scan.transform([call.text]), matrix, dense_output=True).argpartition(-5)

    mine, peer = _milliseconds(ours, asked), _milliseconds(theirs, asked)
    bare = _milliseconds(index.alike, asked)
    short = [Call("", call.text[:6], 731.0, 119.2, 29.0, "E1") for call in asked]
    sound = check_alike(kept, asked[0], index.alike(asked[0]), index.rarity) == ()
    most = {"at_most": True, "unit": "CPU-ms"}
    return [
        _row("triage_rank_and_alike_median", mine[0], None, None, 30.0, **most),
        _row("triage_rank_and_alike_95th", mine[1], None, None, 30.0, **most),
        _row("triage_alike_beside_scan", bare[0], peer[0], SCAN, 30.0, **most),
        _row(
            "triage_alike_six_characters",
            _milliseconds(index.alike, short)[1],
            None,
            None,
            30.0,
            **most,
        ),
        _row("triage_add_one_call", adding, None, None, 1.0, **most),
        _row("triage_likes_that_stand", float(sound), None, None, 1.0),
    ]


def _milliseconds(work: Callable[[Call], Any], asked: Sequence[Call]) -> tuple[float, float]:
    """Median and 95th percentile."""
    spent = []
    for call in asked:
        start = time.process_time()
        work(call)
        spent.append(1e3 * (time.process_time() - start))
    return statistics.median(spent), statistics.quantiles(spent, n=20)[-1]


def _row(
    name: str,
    ours: float,
    peer: float | None,
    peer_name: str | None,
    bar: float,
    *,
    at_most: bool = False,
    unit: str = "share",
) -> dict[str, Any]:
    is_better = peer is None or (ours <= peer if at_most else ours >= peer)
    holds = ours <= bar if at_most else ours >= bar
    return {
        "name": name,
        "ours": ours,
        "peer": peer,
        "peer_name": peer_name,
        "ratio": None if peer is None else ours / peer,
        "bar": bar,
        "holds": holds and is_better,
        "unit": unit,
    }


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        print(json.dumps(row, ensure_ascii=False))
