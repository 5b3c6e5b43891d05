"""A valuation as lines of text, every assumption with its source and grade."""

from typing import TYPE_CHECKING

import typer

from qiying.config.cli._platform import say, text
from qiying.config.cli._valuation_words import REASONS, WORDS
from qiying.config.language import is_chinese
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiying.engines.valuation import (
        Asset,
        AssetValue,
        Lending,
        Problem,
        Profile,
        Range,
        Reason,
        Valuation,
    )

BARS = 8


def print_valuation(problem: "Problem", found: "Valuation") -> None:
    """Print assets, portfolio, loan, assumptions and rules, in this order."""
    for asset, value in zip(problem.assets, found.assets, strict=True):
        _print_asset(asset, value)
    _head(_("All together"))
    _print_range(found.portfolio.range)
    say(_("Sum of the parts %(sum)s yuan"), sum=f"{found.portfolio.sum_cny:,}")
    if found.lending:
        _print_lending(found.lending)
    _head(_("Assumptions"))
    for row in found.inputs:
        span = _number(row.likely)
        if row.low != row.high:
            span = " … ".join(_number(n) for n in (row.low, row.likely, row.high))
        typer.echo(f"  {row.key:<38} {span:<34} {row.grade}  {row.source}")
    _print_rules(found)


def _print_asset(asset: "Asset", value: "AssetValue") -> None:
    typer.echo(f"\n{asset.id} {asset.name} ({_word(asset.kind)})")
    if value.range:
        _print_range(value.range)
    for method in value.methods:
        typer.echo(
            f"  {_word(method.method)}: P50 {method.range.p50:,} "
            f"({method.range.p10:,} … {method.range.p90:,}), "
            + text(_("weight %(share).0f per cent"), share=100 * method.weight)
            + text(
                _(", %(apart)+.0f per cent from the reconciled value"), apart=100 * method.apart
            )
        )
    _print_bars(value)
    if value.profile:
        _print_profile(value.profile)
    if value.option:
        option = value.option
        say(
            _("Real option, for information: %(likely)s yuan (%(low)s … %(high)s)"),
            likely=f"{option.likely:,}",
            low=f"{option.low:,}",
            high=f"{option.high:,}",
        )
    _print_facts(asset)
    _print_reasons(value.reasons)


def _print_bars(value: "AssetValue") -> None:
    if value.drivers:
        _head(_("What moves the value"))
    for bar in value.drivers[:BARS]:
        typer.echo(
            f"  {bar.key:<38} {bar.at_low:>18,} … {bar.at_high:>18,}  {bar.rank_correlation:+.2f}"
        )


def _print_facts(asset: "Asset") -> None:
    if asset.facts or asset.history:
        _head(_("Facts and history"))
    for fact in asset.facts:
        typer.echo(f"  {fact.code:<38} {_number(fact.value):<34} {fact.grade}  {fact.source}")
    for entry in asset.history:
        state = text(_("not settled yet")) if entry.is_open else ""
        shown = f"{entry.on} {_number(entry.amount_cny) if entry.amount_cny else ''} {state}"
        typer.echo(f"  {entry.event:<38} {shown:<34} {entry.grade}  {entry.source}")


def _print_range(given: "Range") -> None:
    typer.echo(
        f"  P10 {given.p10:,}  P25 {given.p25:,}  P50 {given.p50:,}  P90 {given.p90:,}  "
        + text(_("with likely inputs %(base)s yuan"), base=f"{given.base:,}")
    )


def _print_profile(profile: "Profile") -> None:
    _head(_("Legal, technical and economic value"))
    say(
        _(
            "  Score %(score).1f; with the unknown at its worst %(lowest).1f, at its best %(highest).1f"
        ),
        score=profile.score,
        lowest=profile.lowest,
        highest=profile.highest,
    )
    for row in profile.indicators:
        points = text(_("unknown")) if row.score is None else f"{row.score:.0f}"
        dimension, name = _word(row.dimension), _word(row.code)
        typer.echo(f"  {dimension} / {name}: {points}  {row.grade or ''}  {row.source}".rstrip())


def _print_lending(lending: "Lending") -> None:
    _head(_("What may be lent"))
    say(_("  Collateral value %(value)s yuan"), value=f"{lending.collateral_cny:,}")
    for row in lending.securities:
        say(
            _(
                "  %(asset)s: %(value)s yuan × %(share).0f per cent × %(haircut).1f = %(security)s yuan"
            ),
            asset=row.asset,
            value=f"{row.collateral_cny:,}",
            share=100 * row.loan_to_value,
            haircut=row.haircut,
            security=f"{row.security_cny:,}",
        )
        _print_reasons(row.reasons)
    say(_("  Lent at most %(security)s yuan"), security=f"{lending.security_cny:,}")
    _print_reasons(lending.reasons)


def _print_reasons(reasons: "Iterable[Reason]") -> None:
    for reason in reasons:
        shown = {n: 100 * v if n == "coverage" else v for n, v in reason.numbers}
        typer.echo("  · " + text(REASONS[reason.code], **shown))


def _print_rules(found: "Valuation") -> None:
    import os

    from qiying.engines.valuation import RULES

    _head(_("Rules and parameters"))
    chinese = is_chinese(os.environ)
    for name, rule in RULES.items():
        if name != "loan_to_value":
            given = getattr(found.params, name)
            typer.echo(
                f"  {name:<22} {given!s:<30} {rule.grade}  {rule.zh if chinese else rule.en}"
            )
    for row in found.params.loan_to_value:
        shares = " / ".join(f"{share:.0%}" for share in row.shares)
        rule = RULES["loan_to_value"]
        typer.echo(
            f"  {_word(row.kind):<22} {shares:<30} {rule.grade}  {rule.zh if chinese else rule.en}"
        )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


def _head(message: str) -> None:
    typer.echo("\n" + text(message))


def _word(code: str) -> str:
    return text(WORDS[code])
