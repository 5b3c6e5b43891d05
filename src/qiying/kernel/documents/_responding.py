"""A report as a download."""

from typing import Literal
from urllib.parse import quote

from django.http import HttpResponse

from qiying.kernel.documents._docx import to_docx
from qiying.kernel.documents._pdf import to_pdf
from qiying.kernel.documents._values import Report
from qiying.kernel.exports import SHANGHAI

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def respond(report: Report, kind: Literal["pdf", "docx"]) -> HttpResponse:
    """The report under its title and the day on which it was made."""
    is_pdf = kind == "pdf"
    body = to_pdf(report) if is_pdf else to_docx(report)
    response = HttpResponse(body, content_type="application/pdf" if is_pdf else DOCX)
    day = f"-{report.made_at.astimezone(SHANGHAI):%Y%m%d}" if report.made_at else ""
    name = f"{report.title}{day}.{kind}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
