"""An entry that was left out is asked for by its own name, in the reader's language."""

import pytest
from django import forms
from django.utils import translation

from tests.kernel.test_components import show


class OneField(forms.Form):
    name = forms.CharField(label="Name")
    code = forms.CharField(label="Code", error_messages={"required": "Say the code."})


@pytest.mark.parametrize(
    ("language", "sentence", "stock"),
    [
        ("zh-hans", "请填写“Name”。", "这个字段是必填项"),
        ("en", "Fill in “Name”.", "This field is required"),
    ],
)
def test_a_missing_entry_is_named_and_a_forms_own_sentence_kept(
    language: str, sentence: str, stock: str
) -> None:
    with translation.override(language):
        page = show("{% load qy %}{% form_fields form %}", form=OneField({}))
    assert page.count(sentence) == 2  # in the summary and at the field
    assert stock not in page
    assert page.count("Say the code.") == 2
