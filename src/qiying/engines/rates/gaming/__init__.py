"""What gaming would do to the rates: strategies applied to a table, rates before and after.

A strategy changes records as a unit that wanted better numbers might, at an intensity from 0
(nobody) to 1 (every round it could be used on). Under the rules in force verified closure must
not rise, for any strategy, intensity, unit and period; declared closure may.

>>> from datetime import datetime, timedelta, timezone
>>> from qiying.engines.rates import LETTER, Period, Round, Table
>>> from qiying.engines.rates.gaming import simulate
>>> def day(number):
...     return datetime(2026, 10, 1, tzinfo=timezone.utc) + timedelta(days=number)
>>> good = Round(
...     id=1, call=1, unit="A", started_at=day(0), due_at=day(7), state="closed",
...     answered_at=day(3), answered_by=1, called_back_by=2, resolved="yes", closed_at=day(4),
... )
>>> late = Round(id=2, call=2, unit="A", started_at=day(1), due_at=day(8))
>>> table, october = Table([good, late]), Period(day(0), day(31))
>>> effect = simulate("close_without_answer", table, october, now=day(90))
>>> effect.before["declared"].share, effect.after["declared"].share
(0.5, 1.0)
>>> effect.before["verified"].share, effect.after["verified"].share
(0.5, 0.5)
>>> effect = simulate("persuade_to_withdraw", table, october, now=day(90), definitions=LETTER)
>>> effect.before["verified"].share, effect.after["verified"].share
(0.5, 1.0)
>>> effect = simulate("persuade_to_withdraw", table, october, now=day(90))
>>> effect.after["verified"].share
0.5
"""

from qiying.engines.rates.gaming._simulate import Effect, Leak, leaks, simulate
from qiying.engines.rates.gaming._strategies import HELD_BY, STRATEGIES, apply

__all__ = ["HELD_BY", "STRATEGIES", "Effect", "Leak", "apply", "leaks", "simulate"]
