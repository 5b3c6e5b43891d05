"""Which earlier calls may be the same problem, while the text is being typed.

An inverted index of pairs of characters and Latin words. Adding a call changes no other one, so
the answer does not depend on the order of adding.
"""

import math
from array import array
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qiying.engines.triage._model import Model
from qiying.engines.triage._params import AlikeParams
from qiying.engines.triage._problem import Call
from qiying.engines.triage._result import Like
from qiying.engines.triage._text import pairs, passages

Floats = NDArray[np.float64]
EARTH_M = 6_371_008.8
TOLD = 6


@dataclass(frozen=True, slots=True)
class Rarity:
    """What sharing a feature says: its weight by feature, and that of any other one."""

    of: Mapping[str, float]
    other: float = 1.0

    @classmethod
    def by(cls, model: Model) -> "Rarity":
        """Return the rarity of features in the texts that a model was trained on."""
        named = zip(model.features, model.rarity.tolist(), strict=True)
        return cls({f: weight for f, weight in named if len(f) > 1}, model.unknown_rarity)

    def weight(self, feature: str) -> float:
        """Return the weight of one feature."""
        return self.of.get(feature, self.other)

    def total(self, features: Iterable[str]) -> float:
        """Return the weight of all features together; exact, so in any order."""
        return math.fsum(map(self.weight, features))


class Index:
    """Calls by the features of their texts; grows and shrinks one by one.

    Not for two threads at once: a reader must not ask while a call is added.
    """

    def __init__(self, rarity: Rarity, params: AlikeParams | None = None) -> None:
        self.rarity = rarity
        self.params = params or AlikeParams()
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._weights = array("d")
        self._holders: list[array[int]] = []
        self._calls: dict[str, int] = {}
        self._keys: list[str | None] = []
        self._features: list[array[int]] = []
        self._firms: list[str] = []
        self._columns = {name: array("d") for name in ("total", "lon", "lat", "day")}

    def __len__(self) -> int:
        return len(self._calls)

    def __contains__(self, key: object) -> bool:
        return key in self._calls

    def add(self, call: Call) -> None:
        """Add a call; one of the same key is replaced."""
        self.remove(call.key)
        place, features = len(self._keys), sorted(pairs(call.text))
        numbers = array("I", (self._number(feature) for feature in features))
        for number in numbers:
            self._holders[number].append(place)
        self._calls[call.key] = place
        self._keys.append(call.key)
        self._features.append(numbers)
        self._firms.append(call.firm)
        row = (self.rarity.total(features), call.longitude, call.latitude, call.at_day)
        for column, value in zip(self._columns.values(), row, strict=True):
            column.append(math.nan if value is None else value)

    def remove(self, key: str) -> None:
        """Forget a call and what its text said; an unknown key is no error."""
        place = self._calls.pop(key, None)
        if place is None:
            return
        for number in self._features[place]:
            self._holders[number].remove(place)
        self._keys[place], self._features[place], self._firms[place] = None, array("I"), ""

    def _number(self, feature: str) -> int:
        number = self._numbers.setdefault(feature, len(self._holders))
        if number == len(self._holders):
            self._names.append(feature)
            self._holders.append(array("I"))
            self._weights.append(self.rarity.weight(feature))
        return number

    def alike(self, call: Call, limit: int = 5) -> tuple[Like, ...]:
        """Return the calls most like this one, the likest first; equal ones by key.

        The call itself, by its key, is left out; so are likes under ``params.least``. Its text
        may be as short as a word.
        """
        features = pairs(call.text)
        whole = self.rarity.total(features)
        if not whole or not self._calls or limit < 1:
            return ()
        numbers = [self._numbers[f] for f in sorted(features) if f in self._numbers]
        places, text = self._texts_alike(numbers, whole)
        own = self._calls.get(call.key, -1)
        places, text = places[places != own], text[places != own]
        facts = self._facts(call, places)
        score = text * facts["place"] * facts["firm"] * facts["time"]
        enough = np.flatnonzero(score >= self.params.least)
        order = sorted(enough.tolist(), key=lambda n: (-score[n], self._keys[places[n]] or ""))
        return tuple(
            self._like(call.text, int(places[n]), float(score[n]), float(text[n]), n, facts)
            for n in order[:limit]
        )

    def _texts_alike(self, numbers: list[int], whole: float) -> tuple[NDArray[Any], Floats]:
        """Return the calls whose texts alone reach the least score, and how alike they are."""
        shared = np.zeros(len(self._keys))
        for number in numbers:
            # Each call stands once under a feature, so that adding by index counts each.
            if self._holders[number]:
                holders = np.frombuffer(self._holders[number], np.uint32)
                shared[holders] += self._weights[number]
        total = np.frombuffer(self._columns["total"])
        beyond = self.params.beyond * np.maximum(total - shared, 0)
        text = np.minimum(shared / (np.maximum(shared, whole) + beyond), 1.0)
        places = np.flatnonzero((text >= self.params.least) & (shared > 0))
        return places, text[places]

    def _facts(self, call: Call, places: NDArray[Any]) -> dict[str, NDArray[Any]]:
        params, count = self.params, len(places)
        column = {name: np.frombuffer(self._columns[name])[places] for name in self._columns}
        metres = np.full(count, np.nan)
        if call.longitude is not None and call.latitude is not None:
            metres = distances(call.longitude, call.latitude, column["lon"], column["lat"])
        days = np.abs(column["day"] - call.at_day)
        floor, beyond = params.place_floor, np.maximum(metres - params.near_m, 0)
        near = floor + (1 - floor) * np.exp(-beyond / params.far_m)
        floor = params.time_floor
        firms = [self._firms[place] for place in places]
        return {
            "metres": metres,
            "days": days,
            "place": np.where(np.isnan(metres), params.unknown, near),
            "time": floor + (1 - floor) * np.exp(-days / params.fades_days),
            "firm": np.array([firm_factor(params, call.firm, firm) for firm in firms]),
            "is_same": np.array([bool(firm) and firm == call.firm for firm in firms]),
        }

    def _like(
        self,
        asked: str,
        place: int,
        score: float,
        text: float,
        n: int,
        facts: dict[str, NDArray[Any]],
    ) -> Like:
        theirs = {self._names[number] for number in self._features[place]}
        both = told(asked, theirs, self.rarity)
        metres = float(facts["metres"][n])
        return Like(
            key=self._keys[place] or "",
            score=score,
            text=text,
            place=float(facts["place"][n]),
            firm=float(facts["firm"][n]),
            time=float(facts["time"][n]),
            metres=None if math.isnan(metres) else metres,
            days=float(facts["days"][n]),
            is_same_firm=bool(facts["is_same"][n]),
            shared=both,
        )


def told(text: str, wanted: Container[str], rarity: Rarity) -> tuple[str, ...]:
    """Return the parts of a text that are made of wanted features, those that say most first."""
    found = passages(text, wanted)
    ranked = sorted(found, key=lambda part: -rarity.total(pairs(part)))
    return tuple(ranked[:TOLD])


def firm_factor(params: AlikeParams, one: str, other: str) -> float:
    """Return 1 for the same firm, less for another, less for one that is not known."""
    if not one or not other:
        return params.unknown
    return 1.0 if one == other else params.other_firm


def distances(lon: float, lat: float, lons: Floats, lats: Floats) -> Floats:
    """Return great-circle distances in metres; NaN where a position is not known."""
    here, there = np.radians(lat), np.radians(lats)
    north, east = np.sin((there - here) / 2), np.sin(np.radians(lons - lon) / 2)
    root = np.sqrt(north**2 + np.cos(here) * np.cos(there) * east**2)
    made: Floats = 2 * EARTH_M * np.arcsin(np.minimum(root, 1))
    return made
