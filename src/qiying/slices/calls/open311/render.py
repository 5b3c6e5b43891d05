"""Answers in XML or JSON, shaped so that every known client reads them.

Lists stay lists in JSON even with one row; identifiers and codes are strings; times are UTC with
``Z`` in whole seconds; numbers print with a decimal point; an empty value is left out.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpResponse

from qiying.kernel import problems
from qiying.kernel.errors import Problem

TYPES = {"xml": "text/xml", "json": "application/json"}
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """Names of the XML elements: of the whole and of each row in it."""

    root: str
    row: str = ""


SERVICES = Shape("services", "service")
DEFINITION = Shape("service_definition")
REQUESTS = Shape("service_requests", "request")
UPDATES = Shape("service_request_updates", "request_update")
ERRORS = Shape("errors", "error")
DISCOVERY = Shape("discovery")
INNER = {
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "groups": "group",
}


def stamp(moment: datetime | None) -> str | None:
    """UTC, whole seconds, ``Z``: the one form that every client and validator accepts."""
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(
    content: Row | Sequence[Row],
    shape: Shape,
    fmt: str,
    *,
    status: int = 200,
    charset: bool = True,
) -> HttpResponse:
    """The answer in the format asked for; discovery goes without charset (see ``views``)."""
    if fmt == "json":
        body = json.dumps(_bare(content), ensure_ascii=False)
    else:
        element = Element(shape.root)
        _fill(element, content, shape.row)
        body = '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(element, encoding="unicode")
    kind = TYPES[fmt] + ("; charset=utf-8" if charset else "")
    return HttpResponse(body.encode(), content_type=kind, status=status)


def refuse(problems_: Sequence[tuple[int, str]], fmt: str) -> HttpResponse:
    """Errors in the format asked for; the body is what the client's user will see."""
    rows = [{"code": str(status), "description": text} for status, text in problems_]
    return answer(rows, ERRORS, fmt, status=problems_[0][0])


def refuse_problem(problem: Problem, fmt: str) -> HttpResponse:
    """A refusal of ours with one of the protocol's three statuses."""
    status = problem.status if problem.status in {403, 404, 429, 503} else 400
    return refuse([(status, problems.explain(problem))], fmt)


def _bare(value: Any) -> Any:
    """Without the empty values, which some clients cannot read."""
    if isinstance(value, Mapping):
        return {k: _bare(v) for k, v in value.items() if v is not None and v != ""}
    if isinstance(value, list | tuple):
        return [_bare(v) for v in value]
    return value


def _fill(element: Element, value: Any, row: str) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if item is not None and item != "":
                _fill(SubElement(element, key), item, INNER.get(key, ""))
    elif isinstance(value, list | tuple):
        for item in value:
            _fill(SubElement(element, row), item, "")
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    else:
        element.text = UNPRINTABLE.sub("", str(value))
