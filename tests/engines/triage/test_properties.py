"""What holds for every text: rankings, reasons, likes and clusters."""

import math
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiying.engines.triage import (
    AlikeParams,
    Call,
    ClusterParams,
    Example,
    Index,
    Model,
    Rarity,
    check,
    check_alike,
    clusters,
    normalise,
    split_by_wording,
)
from qiying.engines.triage._check import _metres
from qiying.engines.triage._text import pairs
from tests.engines.triage.conftest import MATTERS, texts

HAN = "停电路面坑洼工资欠薪上学"
few = settings(max_examples=60, deadline=None)
HOSTILE = [
    "",
    " \n\t\u3000",
    "\x00\ud800\u202e",
    "12345 ！？（）",
    "\u200b停\u200b电",
    "停" * 50_000,
    "ﷺ" * 5_000,
    "<script>alert('停电')</script>",
    "'; drop table calls; -- 停电",
    "😀🏭停电🔌",
    "a" * 10_000,
]


@few
@given(text=texts, k=st.integers(1, 6))
def test_a_naive_count_confirms_every_ranking(model: Model, text: str, k: int) -> None:
    assert check(model, text, model.rank(text, k), k) == ()


@few
@given(text=texts)
def test_probabilities_fall_and_do_not_exceed_one(model: Model, text: str) -> None:
    guesses = model.rank(text, len(MATTERS))
    chances = [guess.probability for guess in guesses]

    assert chances == sorted(chances, reverse=True)
    assert not guesses or math.isclose(sum(chances), 1)
    assert sum(guess.probability for guess in model.rank(text, 3)) <= 1 + 1e-9


@few
@given(text=texts)
def test_the_words_add_up_to_the_score(model: Model, text: str) -> None:
    for guess in model.rank(text, terms=100):
        told = sum(term.weight for term in (*guess.speaks_for, *guess.speaks_against))

        assert math.isclose(guess.prior + told, guess.score, abs_tol=1e-6)
        assert all(term.weight > 0 for term in guess.speaks_for)
        assert all(term.weight < 0 for term in guess.speaks_against)
        assert all(term.word in normalise(text) for term in guess.speaks_for)


@few
@given(text=texts, k=st.integers(1, 5))
def test_the_same_text_gives_the_same_ranking(model: Model, text: str, k: int) -> None:
    assert model.rank(text, k) == model.rank(text, k) == model.rank(text, 5)[:k]


@few
@given(text=st.lists(st.sampled_from([*HAN, "power", "，", "(", "5"])), data=st.data())
def test_width_case_and_gaps_change_nothing(
    model: Model, text: list[str], data: st.DataObject
) -> None:
    gaps = st.sampled_from(["", " ", "\n", "\u3000", "\u200b", "\u00a0 \t"])
    plain = " ".join(text)
    wide = "".join(f"{data.draw(gaps)} {part.upper()}" for part in text)
    wide = wide.translate({ord(char): ord(char) + 0xFEE0 for char in "POWER(5"})

    assert model.rank(wide) == model.rank(plain)
    assert pairs(wide) == pairs(plain)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_ranked_or_have_no_guess(model: Model, text: str) -> None:
    guesses = model.rank(text)
    index = Index(Rarity.by(model))
    index.add(Call("a", text, 0.0))

    assert check(model, text, guesses) == ()
    assert bool(guesses) == ("停" in normalise(text))
    assert len(index.alike(Call("b", text, 0.0))) in (0, 1)


@few
@given(st.lists(st.from_type(Call), max_size=12, unique_by=lambda c: c.key), st.from_type(Call))
def test_comparing_every_call_confirms_the_index(
    rarity: Rarity, kept: list[Call], asked: Call
) -> None:
    index = Index(rarity, AlikeParams(least=0.05))
    for call in kept:
        index.add(call)
    likes = index.alike(asked, limit=4)

    assert check_alike(kept, asked, likes, rarity, limit=4, params=index.params) == ()


@few
@given(st.lists(st.from_type(Call), max_size=12), st.from_type(Call), st.randoms())
def test_an_index_does_not_depend_on_its_history(
    rarity: Rarity, added: list[Call], asked: Call, chance: object
) -> None:
    kept = {call.key: call for call in added}
    gone = sorted(kept)[::3]
    grown, fresh = Index(rarity), Index(rarity)
    for call in added:
        grown.add(call)
    for key in gone:
        grown.remove(key)
        grown.remove(key)
    for key in sorted(kept, reverse=True):
        if key not in gone:
            fresh.add(kept[key])

    assert len(grown) == len(fresh)
    assert all(key not in grown for key in gone)
    assert grown.alike(asked) == fresh.alike(asked)


@few
@given(st.lists(st.from_type(Call), max_size=12, unique_by=lambda c: c.key))
def test_a_cluster_is_of_one_matter_and_unit_and_no_call_is_in_two(
    rarity: Rarity, kept: list[Call]
) -> None:
    params = ClusterParams(core=2, alike=0.2)
    found = clusters(kept, rarity, params)
    by_key = {call.key: call for call in kept}
    keys = [key for cluster in found for key in cluster.keys]

    assert len(keys) == len(set(keys))
    assert found == clusters(reversed(kept), rarity, params)
    for cluster in found:
        members = [by_key[key] for key in cluster.keys]
        assert {(c.matter, c.unit) for c in members} == {(cluster.matter, cluster.unit)}
        assert cluster.firms == len({c.firm for c in members} - {""})
        assert [c.at_day for c in members] == sorted(c.at_day for c in members)


@few
@given(st.lists(st.from_type(Call), max_size=12, unique_by=lambda c: c.key))
def test_clusters_are_what_their_definition_says(rarity: Rarity, kept: list[Call]) -> None:
    params = ClusterParams(core=3, alike=0.2)
    cluster_of = {key: c for c in clusters(kept, rarity, params) for key in c.keys}
    near: dict[str, list[str]] = defaultdict(list)
    for one in kept:
        for other in kept:
            if _are_neighbours(one, other, rarity, params):
                near[one.key].append(other.key)
    cores = {key for key, others in near.items() if len(others) >= params.core}

    for call in kept:
        assert (call.key in cluster_of) == any(key in cores for key in near[call.key])
    for core in cores:
        for key in near[core]:
            assert key not in cores or cluster_of[key] == cluster_of[core]


def _are_neighbours(one: Call, other: Call, rarity: Rarity, params: ClusterParams) -> bool:
    if not one.matter or (one.matter, one.unit) != (other.matter, other.unit):
        return False
    if one.key == other.key:
        return True
    is_placed = one.longitude is not None and other.longitude is not None
    if is_placed and _metres(one, other) > (params.within_m or 0):
        return False
    ours, theirs = pairs(one.text), pairs(other.text)
    shared, whole = rarity.total(ours & theirs), rarity.total(ours) + rarity.total(theirs)
    is_alike = shared > 0 and 2 * shared >= params.alike * whole
    return is_alike and abs(one.at_day - other.at_day) <= params.within_days


@few
@given(st.lists(st.text(HAN, min_size=1, max_size=12), max_size=30), st.integers(0, 5))
def test_a_wording_is_learned_or_held_out_never_both(said: list[str], seed: int) -> None:
    examples = [Example(text, f"M{n % 3:03}") for n, text in enumerate(said)]
    learned, held_out = split_by_wording(examples, seed=seed)
    assert sorted(map(id, [*learned, *held_out])) == sorted(map(id, examples))
    assert (learned, held_out) == split_by_wording(examples, seed=seed)
    for new in held_out:
        for old in learned:
            one, other = pairs(new.text), pairs(old.text)
            assert one != other, "the very same features were seen"
            assert 2 * len(one & other) < 0.5 * (len(one) + len(other))
