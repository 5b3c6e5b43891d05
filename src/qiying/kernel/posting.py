"""A form that was posted: its work is done once, and a refusal stands beside its field."""

from collections.abc import Callable, Mapping

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from qiying.kernel import problems
from qiying.kernel.errors import Invalid, NotFound, Problem
from qiying.kernel.web import submit_once

AS_THEY_ARE: Mapping[str, str] = {}


def send(
    request: HttpRequest,
    form: BaseForm,
    work: Callable[[], str],
    *,
    fields: Mapping[str, str] = AS_THEY_ARE,
    raised: tuple[type[Problem], ...] = (NotFound,),
) -> HttpResponse | None:
    """Run ``work`` once when the form is sound; None when the page must be shown again.

    ``work`` returns the address to go to. Refusals that are not ``raised`` are explained.
    """
    if not form.is_valid():
        return None
    try:
        return submit_once(request, work)
    except raised:
        raise
    except Problem as problem:
        explain(form, problem, fields=fields)
        return None


def explain(form: BaseForm, problem: Problem, *, fields: Mapping[str, str] = AS_THEY_ARE) -> None:
    """Put a refusal beside the fields that it is about, or above the form.

    ``fields`` are those of the form by the names of the operation, where they differ.
    """
    codes = problem.fields if isinstance(problem, Invalid) else {}
    for name, code in codes.items():
        field = fields.get(name, name)
        sentence = problems.sentence(code, problem.params)
        form.add_error(field if field in form.fields else None, sentence)
    if not codes:
        form.add_error(None, problems.explain(problem))
