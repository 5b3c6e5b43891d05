"""When like calls become a candidate, and the stored form of that decision; pure.

The engine finds clusters among the calls of the last days and a second, naive count confirms them;
here it is only asked whether enough different firms stand behind one.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from qiying.engines import triage
from qiying.engines.triage import Call, Cluster, ClusterParams, Kin, Rarity
from qiying.slices.class_issues.rules.codes import Place

MAX_CHECKED = 600
"""Calls of one matter and unit up to which every pair is compared once more."""
WORDS_KEPT = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """The zone's thresholds; days of deadlines are working days, the others calendar days."""

    min_firms: int = 3
    within_days: int = 30
    place: str = Place.DISTANCE
    within_m: int = 1500
    alike_percent: int = 30
    effect_days: int = 30
    judge_within: int = 3
    plan_within: int = 5
    measure_within: int = 20
    verify_within: int = 5

    @property
    def params(self) -> ClusterParams:
        """The same for the engine: three like calls make a class, whose firms are then counted."""
        metres = float(self.within_m) if self.place == Place.DISTANCE else None
        return ClusterParams(
            alike=self.alike_percent / 100,
            within_m=metres,
            within_days=float(self.within_days),
            core=max(2, min(3, self.min_firms)),
        )

    def plain(self) -> dict[str, Any]:
        """As a finding stores it."""
        return asdict(self) | {"place": str(self.place)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Rule":
        return cls(**plain)


DEFAULTS = Rule()
SOURCE_ZH = "本平台默认规则：30天内3家以上不同企业反映同一问题，列为线索；各项数值可调整"
SOURCE_EN = "Our own default: the same problem of 3 firms in 30 days; every value may be changed"
GRADE = "D"
"""Evidence: our own proposal, no outside rule was found."""
LIMITS: Mapping[str, tuple[int, int]] = {
    "min_firms": (2, 20),
    "within_days": (7, 180),
    "within_m": (50, 20_000),
    "alike_percent": (10, 90),
    "effect_days": (14, 180),
    "judge_within": (1, 30),
    "plan_within": (1, 60),
    "measure_within": (1, 250),
    "verify_within": (1, 60),
}


def block_of(call: Call) -> tuple[str, str]:
    """Calls are only compared within a matter and unit (and grid, where that is the place)."""
    return call.matter, call.unit


@dataclass(frozen=True, slots=True)
class Found:
    """A class with enough firms: the cluster, the calls it was chosen among, and why each is in."""

    cluster: Cluster
    block: tuple[str, ...]
    kin: Mapping[str, Kin]
    inputs: str
    digest: str

    @property
    def keys(self) -> tuple[str, ...]:
        return self.cluster.keys


class UnconfirmedError(RuntimeError):
    """The naive count does not confirm what the engine found: nothing is written."""


def look(calls: Sequence[Call], rarity: Rarity, rule: Rule, *, rarity_digest: str) -> list[Found]:
    """Every class among these calls that enough different firms stand behind, largest first.

    Raises UnconfirmedError when comparing every pair gives something else.
    """
    blocks: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in calls:
        if call.matter and call.unit:
            blocks[block_of(call)].append(call)
    found: list[Found] = []
    for block in blocks.values():
        if len({c.firm for c in block} - {""}) >= rule.min_firms:
            found += look_in(block, rarity, rule, rarity_digest=rarity_digest)
    return sorted(found, key=lambda f: (-len(f.keys), f.cluster.first_day, f.keys))


def look_in(
    block: Sequence[Call], rarity: Rarity, rule: Rule, *, rarity_digest: str
) -> list[Found]:
    """As ``look``, among calls of one matter and unit."""
    clusters = triage.clusters(block, rarity, rule.params)
    if len(block) <= MAX_CHECKED:
        wrong = triage.check_clusters(block, clusters, rarity, rule.params)
        if wrong:
            raise UnconfirmedError(repr(wrong))
    by_key = {call.key: call for call in block}
    inputs = inputs_digest(block, rule, rarity_digest)
    keys = tuple(sorted(by_key, key=int))
    made = []
    for cluster in clusters:
        if cluster.firms >= rule.min_firms:
            members = [by_key[key] for key in cluster.keys]
            kin = {m.key: k for m in members if (k := triage.nearest(m, members, rarity))}
            digest = result_digest(cluster, kin, inputs)
            made.append(Found(cluster, keys, kin, inputs, digest))
    return made


def inputs_digest(block: Iterable[Call], rule: Rule, rarity_digest: str) -> str:
    """A digest of all that was looked at: words, places, firms, thresholds, rarity, engine."""
    rows = sorted((c.key, c.text, c.at_day, c.longitude, c.latitude, c.firm) for c in block)
    held = [rows, rule.plain(), rarity_digest, triage.VERSION]
    return _digest(held)


def result_digest(cluster: Cluster, kin: Mapping[str, Kin], inputs: str) -> str:
    """A digest of what was found in it."""
    return _digest([inputs, cluster_plain(cluster), {k: kin_plain(v) for k, v in kin.items()}])


def cluster_plain(cluster: Cluster) -> dict[str, Any]:
    """A class as a finding stores it, rounded so that another machine gives the same."""
    centre = cluster.centre
    return {
        "matter": cluster.matter,
        "unit": cluster.unit,
        "keys": list(cluster.keys),
        "firms": cluster.firms,
        "days": round(cluster.last_day - cluster.first_day, 3),
        "centre": None if centre is None else [round(centre[0], 6), round(centre[1], 6)],
        "spread_m": None if cluster.spread_m is None else round(cluster.spread_m),
        "terms": list(cluster.terms),
    }


def kin_plain(kin: Kin) -> dict[str, Any]:
    """Why a call is in, as its row stores it."""
    return {
        "like": kin.key,
        "share": round(kin.share, 4),
        "metres": None if kin.metres is None else round(kin.metres),
        "days": round(kin.days, 2),
        "terms": list(kin.shared[:WORDS_KEPT]),
    }


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def is_again(keys: Iterable[str], dismissed: Iterable[frozenset[str]]) -> bool:
    """Whether a class holds nothing that was not dismissed together before."""
    found = frozenset(keys)
    return any(found <= members for members in dismissed)


def in_place(call: Call, grid: str, rule: Rule) -> Call:
    """The call with its grid in the unit's code, where the same grid is what near means."""
    if rule.place != Place.GRID or not call.unit:
        return call
    return replace(call, unit=f"{call.unit}@{grid}" if grid else "")
