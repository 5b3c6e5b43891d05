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
    is_of_unit = forms.BooleanField(label=_("Share with my unit"), required=False)
    is_default = forms.BooleanField(label=_("Opens first for me"), required=False)


class PersonForm(forms.Form):
    username = forms.SlugField(label=_("User name"), max_length=64)
    name = forms.CharField(label=_("Name"), max_length=64)
    phone = forms.RegexField(
        r"^1\d{10}$",
        label=_("Mobile number"),
        error_messages={"invalid": _("Enter a mobile number of 11 digits.")},
    )
    password = forms.CharField(
        label=_("First password"),
        min_length=10,
        max_length=128,
        required=False,
        widget=forms.PasswordInput,
        help_text=_("Leave empty: the person signs in with a code to the phone."),
    )


class GrantForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=64)
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLE_LABELS.items())[:-2])
    unit = forms.CharField(label=_("Code of the unit"), max_length=40, required=False)
    credit_code = forms.CharField(
        label=_("Credit code of the enterprise"), max_length=18, required=False
    )
    valid_to = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class KeyForm(forms.Form):
    name = forms.CharField(label=_("What the key is for"), max_length=100)


class SecondCodeForm(forms.Form):
    code = forms.CharField(label=_("Code of your authenticator"), max_length=20)


class WebhookForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    url = forms.CharField(label=_("Address that receives"), max_length=500)
    unit = forms.CharField(
        label=_("Code of the unit"),
        max_length=40,
        required=False,
        help_text=_(
            "Whose system it is. Complaints about this unit are kept from it. May stay empty."
        ),
    )
    topics = forms.MultipleChoiceField(label=_("Tell it of"), widget=forms.CheckboxSelectMultiple)


class InviteForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=64)
    provider = forms.TypedChoiceField(label=_("Identity provider"), coerce=int)
