"""The widgets drawn by functions are the ones that Django's templates draw."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from hypothesis import given
from hypothesis import strategies as st

from qiying.kernel.widgets import DRAWN, Renderer

OURS, THEIRS = Renderer(), DjangoTemplates()
TEXT = st.text(alphabet="ab <>\"'&厂\n", max_size=6)
CHOICES = (
    ("", "—"),
    ("x&y", "<b>"),
    (7, "seven"),
    ("Group <1>", (("g1", "one"), ("g2", "two"))),
)
WIDGETS: tuple[tuple[forms.Widget, st.SearchStrategy[Any]], ...] = (
    (forms.TextInput(), TEXT | st.none()),
    (forms.NumberInput(attrs={"step": "any"}), st.integers() | st.none()),
    (forms.EmailInput(), TEXT),
    (forms.HiddenInput(), TEXT),
    (forms.DateInput(), st.dates() | st.none()),
    (forms.CheckboxInput(), st.booleans()),
    (forms.Textarea(), TEXT | st.none()),
    (forms.Select(choices=CHOICES), st.sampled_from(("", "x&y", 7, "7", "g2", None, "?"))),
    (forms.SelectMultiple(choices=CHOICES), st.lists(st.sampled_from(("x&y", "g1", "7")))),
)
ATTRS = st.fixed_dictionaries(
    {}, optional={"id": TEXT, "class": TEXT, "required": st.booleans(), "aria-invalid": TEXT}
)


def flat(text: str) -> str:
    """Without the blanks that templates leave between elements."""
    return re.sub(r">\s+<", "><", text)


@pytest.mark.parametrize("number", range(len(WIDGETS)))
@given(data=st.data())
def test_a_widget_is_drawn_as_django_draws_it(number: int, data: st.DataObject) -> None:
    widget, values = WIDGETS[number]
    value, attrs = data.draw(values), data.draw(ATTRS)
    ours, theirs = (str(widget.render("a<b", value, attrs, renderer=r)) for r in (OURS, THEIRS))
    assert ours == theirs if isinstance(widget, forms.Textarea) else flat(ours) == flat(theirs)


def test_every_widget_here_takes_the_short_way_and_others_go_to_django() -> None:
    assert all(widget.template_name in DRAWN for widget, _values in WIDGETS)
    radio = forms.RadioSelect(choices=[("a", "A")])
    assert radio.template_name not in DRAWN
    assert str(radio.render("x", "a", {}, renderer=OURS)).count("<input") == 1
