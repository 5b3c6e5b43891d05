"""The rows of the co-handlers in a step's form, as markup drawn by a function: a zone has many units.

Every text that came from outside is escaped where it is put in.
"""

from datetime import datetime
from html import escape

from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext

from qiying.kernel.access import Actor
from qiying.kernel.templatetags._formats import cn_datetime
from qiying.kernel.templatetags._markup import markup
from qiying.slices.calls import queries, rules
from qiying.slices.calls.forms.co_units import MOST_DUTY, WORDS, CoTerms, Helper, row_name
from qiying.slices.calls.forms.desk import STAYING, StepForm
from qiying.slices.calls.queries import Dossier
from qiying.slices.calls.views import filters
from qiying.slices.registry import public as registry


def terms_of(
    actor: Actor, found: Dossier, step: str, units: filters.Groups, *, now: datetime
) -> CoTerms:
    """What the parts given in this step must keep to, and the units that can be ticked for it."""
    call, round_ = found.call, found.round
    terms = rules.part_terms(
        queries.terms(actor, now), now, call.urgency, round_.promised_at, registry.calendar(actor)
    )
    parts = found.tasks_of(round_) if step != "dispatch" else []
    shares = found.shares_of(round_)
    helping = {t.unit_id: Helper(t.due_at, t.weight, shares[t.pk]) for t in parts if not t.is_lead}
    barred = {str(u) for u in helping} if step in STAYING else set[str]()
    if step == "add_co":
        barred.add(str(call.lead_unit_id))
    names = {v: str(w) for _g, options in units for v, w in options if v not in barred}
    is_over = terms.latest_at != round_.promised_at
    return CoTerms(now, terms.usual_due_at, terms.latest_at, is_over, helping, names)


def offered(units: filters.Groups, terms: CoTerms) -> filters.Groups:
    """The groups of units with those only that can be ticked."""
    kept = [(g, [(v, w) for v, w in options if v in terms.names]) for g, options in units]
    return [(group, options) for group, options in kept if options]


def hint(terms: CoTerms) -> str:
    """What holds where a row is left empty, and what may be entered."""
    words = (
        gettext(
            "What is left empty follows the rule: due %(usual)s, an equal share. The answer to the "
            "firm is overdue: a due time may be set until %(latest)s; the weights leave the lead a "
            "share."
        )
        if terms.is_promise_over
        else gettext(
            "What is left empty follows the rule: due %(usual)s, an equal share. A due time may be "
            "set until %(latest)s, when the answer to the firm is due; the weights leave the lead "
            "a share."
        )
    )
    return words % {"usual": _moment(terms.usual_due_at), "latest": _moment(terms.latest_at)}


def row(form: StepForm, terms: CoTerms, unit_id: str, unit: str) -> SafeString:
    """The row under a unit's box: its entries, or what the unit keeps."""
    helper = terms.helping.get(int(unit_id))
    if helper is not None:
        words = gettext("keeps its part: due %(due)s, share %(share)s%%")
        said = words % {"due": _moment(helper.due_at), "share": helper.share}
        return markup(f'<p class="co-row co-kept">{escape(said)}</p>')
    entries = (
        ("duty", f'<textarea rows="2" maxlength="{MOST_DUTY}" %s>%s</textarea>'),
        ("due", f'<input type="datetime-local" max="{_local(terms.latest_at)}" %s value="%s">'),
        ("weight", '<input type="number" inputmode="numeric" min="1" max="99" %s value="%s">'),
    )
    drawn = "".join(_entry(form, unit_id, about, shape) for about, shape in entries)
    name = escape(unit)
    return markup(f'<div class="co-row" role="group" aria-label="{name}">{drawn}</div>')


def _entry(form: StepForm, unit_id: str, about: str, shape: str) -> str:
    name = row_name(unit_id, about)
    at = escape(str(form.auto_id) % name)
    value, faults = "", list[str]()
    if name in form.fields:
        value, faults = str(form[name].value() or ""), [str(e) for e in form.errors.get(name, ())]
    attrs = f'class="input" id="{at}" name="{name}"'
    told = ""
    if faults:
        attrs += f' aria-invalid="true" aria-describedby="{at}-error"'
        told = f'<span class="error" id="{at}-error">{escape(" ".join(faults))}</span>'
    control = shape % (attrs, escape(value))
    return (
        f'<div class="co-{about}"><label for="{at}">{escape(str(WORDS[about]))}</label>'
        f"{control}{told}</div>"
    )


def _moment(at: datetime) -> str:
    return str(cn_datetime(at))


def _local(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%dT%H:%M}"
