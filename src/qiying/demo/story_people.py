"""Who calls, and by which way."""

import numpy as np

from qiying.demo.enterprises import Enterprise

#: Ways in and their shares: (before the reform, after it). The last two fields: who enters the
#: call, and whether that happens in office hours only.
CHANNELS: dict[str, tuple[float, float, str, bool]] = {
    "online": (0.24, 0.46, "enterprise", False),
    "phone": (0.26, 0.11, "desk", True),
    "hotline": (0.16, 0.07, "desk", False),
    "window": (0.12, 0.05, "desk", True),
    "on_behalf": (0.07, 0.13, "grid_officer", True),
    "visit": (0.08, 0.14, "grid_officer", True),
    "leaders": (0.04, 0.02, "desk", True),
    "deputies": (0.03, 0.02, "desk", True),
}
_GRID_ONLY = frozenset({"on_behalf", "visit"})
_STEAM = frozenset({"2221", "2223", "2231", "1432", "1411", "1781", "2041", "1371"})
_WATER = frozenset({"2221", "2223", "2239", "1432", "1371", "1529", "3360"})
_CHEMICAL = frozenset({"2659", "2641", "2223", "2921"})
_LORRY_CHAINS = frozenset({"paper", "logistics", "circular", "home", "trade"})
_SHOPS_SHARE = 0.06


class Callers:
    """Draws a firm that would call about a matter; larger firms call more often."""

    def __init__(self, entities: tuple[Enterprise, ...]) -> None:
        self._entities = entities
        firms = np.array([entity.kind == "enterprise" for entity in entities])
        staff = np.array([entity.staff for entity in entities], dtype=np.float64)
        self._pull = np.sqrt(staff)
        codes = np.array([entity.industry_code for entity in entities])
        chains = np.array([entity.chain for entity in entities])
        scale = np.array([entity.is_above_scale for entity in entities])
        makers = firms & (codes >= "1300") & (codes < "4400")
        self._groups = {
            "any": firms,
            "office": firms,
            "maker": makers,
            "large": firms & (staff >= 40),
            "scale": scale,
            "steam_user": np.isin(codes, sorted(_STEAM)),
            "water_user": np.isin(codes, sorted(_WATER)),
            "chemical": np.isin(codes, sorted(_CHEMICAL)),
            "builder": (codes == "4790") | (firms & (staff >= 60)),
            "lorry": firms & np.isin(chains, sorted(_LORRY_CHAINS)),
            "shop": ~firms,
            "paper": np.isin(codes, ["2221", "2223"]),
            "pulp": np.isin(codes, ["2221", "2223"]) | (firms & (chains == "logistics")),
            "home": firms & (chains == "home"),
        }

    def firm(self, who: str, chance: np.random.Generator) -> Enterprise:
        """A firm of that group."""
        if who == "any" and chance.random() < _SHOPS_SHARE:
            who = "shop"
        shares = np.where(self._groups[who], self._pull, 0.0)
        return self._entities[int(chance.choice(len(shares), p=shares / shares.sum()))]


def draw_channel(
    firm: Enterprise, chance: np.random.Generator, *, is_reformed: bool, offices_open: bool
) -> str:
    """A way in that is open to the firm at that time."""
    open_ways = [
        name
        for name, (_, _, _, in_office) in CHANNELS.items()
        if (firm.grid or name not in _GRID_ONLY) and (offices_open or not in_office)
    ]
    shares = np.array([CHANNELS[name][1 if is_reformed else 0] for name in open_ways])
    return open_ways[int(chance.choice(len(open_ways), p=shares / shares.sum()))]
