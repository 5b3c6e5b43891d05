"""Which matter is a text about, which earlier calls are the same problem, which are one class.

Two voices are heard for a matter, the register's words and the history's examples; every guess
tells the words that spoke for and against it, and they add up to its score.

>>> from qiying.engines.triage import (
...     Call, Index, KeywordBaseline, Matter, Rarity, check, check_alike, train
... )
>>> matters = (
...     Matter("M026", "工业企业用气用电安全", "Industrial power", ("停电", "电压"), ("power",)),
...     Matter("M069", "区内道路养护", "Maintenance of roads", ("道路破损", "路面"), ("road",)),
...     Matter("M071", "货车停放", "Lorry parking", ("大车停车", "堵车"), ("lorry", "parking")),
... )
>>> model = train(matters, register_version="2026-11")
>>> text = "厂里电压不稳，半夜停电两次"
>>> best = model.rank(text)[0]
>>> best.matter, best.speaks_for[0].word
('M026', '电压')
>>> check(model, text, model.rank(text))
()
>>> index = Index(Rarity.by(model))
>>> earlier = Call("QY-1", "电压不稳，设备报警", 10.0, 119.2, 29.0, firm="E1")
>>> index.add(earlier)
>>> new = Call("", "电压不稳", 12.0, 119.2, 29.001, firm="E2")
>>> likes = index.alike(new)
>>> [(like.key, round(like.metres), like.shared) for like in likes]
[('QY-1', 111, ('电压不稳',))]
>>> check_alike([earlier], new, likes, index.rarity)
()
"""

from qiying.engines.triage._baseline import KeywordBaseline
from qiying.engines.triage._check import check, check_alike
from qiying.engines.triage._check_clusters import check_clusters
from qiying.engines.triage._clusters import clusters
from qiying.engines.triage._evaluate import Ranker, evaluate, split_by_wording
from qiying.engines.triage._features import Vector
from qiying.engines.triage._fit import train
from qiying.engines.triage._index import Index, Rarity
from qiying.engines.triage._kin import Kindred, kin, nearest
from qiying.engines.triage._model import Model
from qiying.engines.triage._params import VERSION, AlikeParams, ClusterParams, TrainParams
from qiying.engines.triage._problem import Call, Example, Matter
from qiying.engines.triage._result import (
    Bin,
    Cluster,
    Confusion,
    Guess,
    Kin,
    Like,
    Report,
    Term,
    Violation,
)
from qiying.engines.triage._text import normalise

__all__ = [
    "VERSION",
    "AlikeParams",
    "Bin",
    "Call",
    "Cluster",
    "ClusterParams",
    "Confusion",
    "Example",
    "Guess",
    "Index",
    "KeywordBaseline",
    "Kin",
    "Kindred",
    "Like",
    "Matter",
    "Model",
    "Ranker",
    "Rarity",
    "Report",
    "Term",
    "TrainParams",
    "Vector",
    "Violation",
    "check",
    "check_alike",
    "check_clusters",
    "clusters",
    "evaluate",
    "kin",
    "nearest",
    "normalise",
    "split_by_wording",
    "train",
]
