"""Forms of the kernel's own pages; they validate and never save."""

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from qiying.kernel.models.identity import ROLE_LABELS

PLAIN = ProhibitNullCharactersValidator()


class PasswordForm(forms.Form):
    username = forms.CharField(label=_("User name or mobile number"), max_length=64)
    password = forms.CharField(
        label=_("Password"), max_length=128, widget=forms.PasswordInput, strip=False
    )


class PhoneForm(forms.Form):
    phone = forms.RegexField(
        r"^1\d{10}$",
        label=_("Mobile number"),
        error_messages={"invalid": _("Enter a mobile number of 11 digits.")},
    )


class CodeForm(PhoneForm):
    code = forms.RegexField(
        r"^\d{6}$",
        label=_("Code from the message"),
        error_messages={"invalid": _("The code has 6 digits.")},
    )


class SavedViewForm(forms.Form):
    page = forms.CharField(max_length=60)
    name = forms.CharField(label=_("Name of the view"), max_length=40)
    query = forms.CharField(max_length=1000, required=False)
    is_shared = forms.BooleanField(label=_("Share with colleagues"), required=False)


class GrantForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=64)
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLE_LABELS.items())[:-2])
    unit_id = forms.IntegerField(label=_("Unit number"), required=False, min_value=1)
    enterprise_id = forms.IntegerField(label=_("Enterprise number"), required=False, min_value=1)
    valid_to = forms.DateField(label=_("Until"), required=False)
