"""Cards are refused with the place of every fault; judgements become weights."""

import json
import tomllib

import pytest

from qiying.engines.scorecard import Unusable, read_card, weigh
from qiying.engines.scorecard.cards import card_text
from tests.engines.scorecard.made import CARDS

TEXT = card_text("tech-sme-1")
JUDGED = [["1", "3", "5"], ["1/3", "1", "3"], ["1/5", "1/3", "1"]]


def refused(text: str) -> set[tuple[str, str]]:
    with pytest.raises(Unusable) as caught:
        read_card(text)
    return {(fault.place, fault.code) for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("at_least = 25", "at_least = 31", "card.characteristics[0].bands[1]", "not_monotone"),
        (
            "at_least = 25",
            'at_least = "a"',
            "card.characteristics[0].bands[1].at_least",
            "wrong_type",
        ),
        ("missing = 0", "", "card.characteristics[0].missing", "no_key"),
        ("missing = 0", "missing = 21", "card.characteristics[0].missing", "more_than_best"),
        (
            'source = "S"',
            'source = "X"',
            "card.characteristics[0].bands[0].source",
            "unknown_word",
        ),
        (
            'dimension = "staff"',
            'dimension = "x"',
            "card.characteristics[0].dimension",
            "unknown_word",
        ),
        ("at_most = 0", "at_mots = 0", "card.gates[0].at_mots", "unknown_key"),
        ('grade = "fail"', 'grade = "F"', "card.gates[0].grade", "unknown_word"),
        ("at_least = 6000", "at_least = 0", "card.grades", "not_monotone"),
        ("full = 100", "full = 99", "card.full", "does_not_divide"),
        ("format = 1", "format = 2", "card.format", "unknown_format"),
    ],
)
def test_each_fault_is_placed(old: str, new: str, place: str, code: str) -> None:
    assert old in TEXT
    assert (place, code) in refused(TEXT.replace(old, new, 1))


def test_a_card_in_json_is_the_same_card() -> None:
    again = read_card(json.dumps(tomllib.loads(TEXT)))
    assert again.characteristics == CARDS["tech-sme-1"].characteristics
    assert again.digest == CARDS["tech-sme-1"].digest


def test_judgements_give_the_weights_and_ratio_of_the_textbook() -> None:
    found = weigh([[[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]]])
    assert [f"{w:.4f}" for w in found.weights] == ["0.6370", "0.2583", "0.1047"]
    assert (f"{found.eigenvalue:.4f}", f"{found.ratio:.3f}") == ("3.0385", "0.033")
    assert found.whole(100) == (64, 26, 10)


def test_judgements_weigh_the_characteristics_of_a_dimension() -> None:
    three = TEXT.replace('dimension = "rd"', 'dimension = "staff"')
    three = three.replace('dimension = "ip"', 'dimension = "staff"').replace(
        'method = "sum"\nfull = 100', 'method = "weighted"'
    )
    for code in ("rd", "ip"):
        start = three.index(f'[[dimensions]]\ncode = "{code}"')
        end = three.index("[[", start + 2)
        three = three[:start] + three[end:]
    text = three.replace(
        'code = "staff"\n', f'code = "staff"\njudgements = [{json.dumps(JUDGED)}]\n', 1
    )
    assert [c.weight for c in read_card(text).characteristics] == [6370, 2583, 1047]
    crooked = text.replace('"1/5"', '"5"').replace('"5"]', '"1/5"]')
    assert ("card.dimensions[0].judgements", "not_consistent") in refused(crooked)
    assert ("card.dimensions[0].judgements[0]", "no_judgements") in refused(
        text.replace('"1/5"', '"1/4"')
    )
