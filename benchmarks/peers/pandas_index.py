"""Compute an index again and again with plain pandas; runs in an environment of its own.

Usage: python pandas_index.py FOLDER, where the folder holds iData.csv, iMeta.csv and variants.json
(a list of winsorise, normalise, times, aggregate). Writes scores.json, a list of scores of the
highest node by unit, and prints one line of JSON: CPU seconds of the runs alone, and the version.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def imputed(data: pd.DataFrame, meta: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """Over the denominator, then gaps filled with the mean of the group."""
    table = data[meta.index].astype(float)
    for code, below in meta["Denominator"].dropna().items():
        table[code] = table[code] / data[below]
    table = table.fillna(table.groupby(group).transform("mean"))
    return table[table.notna().mean(axis=1) >= 0.9]


def is_calm(column: pd.Series) -> bool:
    """Skewness or excess kurtosis within its limit."""
    return abs(column.skew()) < 2 or column.kurt() < 3.5


def treated(column: pd.Series, most: int) -> pd.Series:
    """Winsorise at most so many values; a logarithm where that is not enough."""
    cut, moved = column.copy(), column.isna()
    while not is_calm(cut):
        end = cut.max() if cut.skew() >= 0 else cut.min()
        at = cut == end
        if (moved | at).sum() > most:
            break
        cut[at] = cut[~at].max() if cut.skew() >= 0 else cut[~at].min()
        moved |= at
    if is_calm(cut):
        return cut
    span = column.max() - column.min()
    return np.log(column - column.min() + 0.01 * span)


def normalised(column: pd.Series, direction: int, how: dict[str, Any]) -> pd.Series:
    """Min-max or z-score, good upwards."""
    column = column * direction
    if how["method"] == "zscore":
        return how["low"] + how["high"] * (column - column.mean()) / column.std()
    share = (column - column.min()) / (column.max() - column.min())
    return how["low"] + (how["high"] - how["low"]) * share


def mean(table: pd.DataFrame, weights: pd.Series, method: str) -> pd.Series:
    """Weighted arithmetic or geometric mean of the columns."""
    if method == "gmean":
        safe = table.where(table > 0)
        return np.exp((np.log(safe) * weights).sum(axis=1, skipna=False) / weights.sum())
    return (table * weights).sum(axis=1) / weights.sum()


def index(
    data: pd.DataFrame, meta: pd.DataFrame, group: pd.Series, how: dict[str, Any]
) -> pd.Series:
    """The whole way from the table to the highest node."""
    bottom = meta[meta["Type"] == "Indicator"]
    table = imputed(data, bottom, group)
    for code, row in bottom.iterrows():
        column = treated(table[code], how["winsorise"])
        table[code] = normalised(column, int(row["Direction"]), how["normalise"])
    weights = meta["Weight"].astype(float) * pd.Series(how["times"]).reindex(meta.index)
    above = meta[meta["Type"] == "Aggregate"].sort_values("Level", kind="stable")
    for code in above.index:
        members = meta.index[meta["Parent"] == code]
        table[code] = mean(table[members], weights[members], how["aggregate"])
    return table[above.index[-1]]


def main(folder: Path) -> None:
    """Run every variant from the start, as a script by hand would."""
    data = pd.read_csv(folder / "iData.csv", float_precision="round_trip").set_index("uCode")
    meta = pd.read_csv(folder / "iMeta.csv", float_precision="round_trip").set_index("iCode")
    meta = meta[meta["Type"].isin(["Indicator", "Aggregate"])]
    variants = json.loads((folder / "variants.json").read_text(encoding="utf-8"))
    index(data, meta, data["EurAsia_group"], variants[0])

    start = time.process_time()
    found = [index(data, meta, data["EurAsia_group"], how) for how in variants]
    spent = time.process_time() - start

    scores = [one.where(one.notna(), None).to_dict() for one in found]
    (folder / "scores.json").write_text(json.dumps(scores), encoding="utf-8")
    print(json.dumps({"cpu_s": spent, "runs": len(found), "version": pd.__version__}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
