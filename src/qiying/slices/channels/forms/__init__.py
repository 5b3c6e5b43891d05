"""Forms of this slice; they validate and never save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiying.slices.channels.models import labels
from qiying.slices.channels.models._fields import choices

DAY = {"type": "date"}


def _text(label: Any, *, rows: int = 3, is_needed: bool = True, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=is_needed, max_length=4000, widget=widget, **more)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs=DAY), **more)


class EmptyForm(forms.Form):
    """A step that asks for nothing."""


class WordsForm(forms.Form):
    text = _text(_("Words"))


class PerhapsWordsForm(forms.Form):
    text = _text(_("Words"), is_needed=False, rows=2)


class ReturnForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why is it returned?"),
        choices=choices(labels.RETURN_LABELS),
        widget=forms.RadioSelect,
    )
    text = _text(_("Reason in words, with the basis"))


class ExtensionForm(forms.Form):
    days = forms.IntegerField(label=_("Working days more"), min_value=1, max_value=10)
    text = _text(_("Why more time is needed"))


class ReplyForm(forms.Form):
    text = _text(_("Reply to 12345"), rows=6)


class ReferralReplyForm(forms.Form):
    text = _text(_("Reply to the referrer"), rows=6)
    document = forms.CharField(label=_("Document number"), max_length=64, required=False)


class IntakeForm(forms.Form):
    """Which firm, what is asked, who can be rung."""

    firm = forms.CharField(
        label=_("Firm"),
        max_length=100,
        required=False,
        help_text=_("Name, credit code or telephone; empty when no firm is concerned"),
    )
    text = _text(_("Request"), rows=4)
    title = forms.CharField(label=_("Title"), max_length=80, required=False)
    address = forms.CharField(label=_("Place"), max_length=200, required=False)
    contact_name = forms.CharField(label=_("Contact"), max_length=64, required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)


class ReferralForm(IntakeForm):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=choices(labels.REFERRAL_KINDS), widget=forms.RadioSelect
    )
    referrer = forms.CharField(label=_("Referrer"), max_length=64)
    office = forms.CharField(label=_("Office of the referrer"), max_length=120, required=False)
    reference = forms.CharField(label=_("Reference number"), max_length=64, required=False)
    referred_on = _day(_("Referred on"))
    is_complex = forms.BooleanField(label=_("Complex: six months"), required=False)
    due_on = _day(_("Reply due on"), help_text=_("Empty: the limit of the law, or 5 working days"))
    field_order = (
        "kind",
        "referrer",
        "office",
        "reference",
        "referred_on",
        "is_complex",
        "due_on",
    )


class SignalForm(IntakeForm):
    kind = forms.ChoiceField(
        label=_("Signal"), choices=choices(labels.SIGNAL_LABELS), widget=forms.RadioSelect
    )
    source = forms.CharField(label=_("Source"), max_length=120)
    reference = forms.CharField(label=_("Reference number"), max_length=64, required=False)
    seen_on = _day(_("Seen on"))
    field_order = ("kind", "source", "reference", "seen_on", "firm")


class OrderForm(IntakeForm):
    order_number = forms.CharField(label=_("Order number"), max_length=64)
    issued_at = forms.DateTimeField(
        label=_("Issued at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    due_at = forms.DateTimeField(
        label=_("Reply due at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    call = forms.CharField(
        label=_("Number of a call that is here already"),
        max_length=24,
        required=False,
        help_text=_("Then the order is linked to it and no second call is made"),
    )
    field_order = ("order_number", "issued_at", "due_at", "call", "firm")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].required = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("text") and not data.get("call"):
            self.add_error("text", _("Write what is asked, or name a call."))
        return data


class ForwardForm(forms.Form):
    endpoint = forms.ChoiceField(label=_("To which system?"))
    service_code = forms.CharField(
        label=_("Service there"),
        max_length=40,
        required=False,
        help_text=_("Empty: what the connection says, or the matter of the call"),
    )
    reason = forms.CharField(label=_("Why it is handed on"), max_length=400)
    is_with_contact = forms.BooleanField(
        label=_("Tell name and phone of the contact too"), required=False
    )

    def __init__(self, *args: Any, endpoints: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["endpoint"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = endpoints


class RegisterMailForm(forms.Form):
    firm = forms.CharField(
        label=_("Firm"),
        max_length=100,
        required=False,
        help_text=_("Name, credit code or telephone; empty when no firm is concerned"),
    )
    is_remembered = forms.BooleanField(
        label=_("The address belongs to this firm: its next mails become calls by themselves"),
        required=False,
    )


class NumberThereForm(forms.Form):
    number = forms.CharField(label=_("Number there"), max_length=64)


class NumberForm(forms.Form):
    number = forms.CharField(label=_("Number of the call"), max_length=24)


class DismissForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why?"), choices=choices(labels.DISMISS_LABELS), widget=forms.RadioSelect
    )


class BatchForm(forms.Form):
    kind = forms.ChoiceField(label=_("What the file holds"), choices=choices(labels.BATCH_KINDS))
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, at most 500 lines"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls"}),
    )


class EndpointForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    url = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("https; for Open311 the part before /requests.json"),
    )
    secret = forms.CharField(
        label=_("Key of the other side"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept sealed; empty leaves it as it is"),
    )
    jurisdiction = forms.CharField(label=_("Jurisdiction"), max_length=60, required=False)
    service_code = forms.CharField(
        label=_("Service when none is named"), max_length=40, required=False
    )
    key = forms.ChoiceField(
        label=_("Our key by which it comes in"),
        required=False,
        help_text=_("Orders that come in by this key are replied to on this connection"),
    )

    def __init__(self, *args: Any, keys: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["key"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [("", _("none")), *keys]


class NewEndpointForm(EndpointForm):
    code = forms.CharField(label=_("Code"), max_length=39)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices(labels.ENDPOINT_LABELS))
    field_order = ("kind", "code", "name", "url")


class ChangeEndpointForm(EndpointForm):
    is_active = forms.BooleanField(label=_("In use"), required=False)
