"""A version of a matter as other slices and pages see it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from qiying.kernel.language import in_language, is_chinese
from qiying.slices.mandate.models import labels
from qiying.slices.mandate.rules import ZONE, Article, Row

BY_ANALOGY = "A*"
"""Grade of a statute of another province or city."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterCard(Row):
    """A row of the register with its keys and its words in the reader's language."""

    matter_id: int
    version_id: int

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def note(self) -> str:
        return in_language(self.note_zh, self.note_en)

    @property
    def keywords(self) -> tuple[str, ...]:
        """Words of both languages: a caller may mix them."""
        return (*self.keywords_zh, *self.keywords_en)

    @property
    def source(self) -> str:
        """The texts that the matter rests on, with their articles."""
        return "；".join(law_text(a) for a in self.legal_basis) or self.basis_text

    @property
    def category_label(self) -> str:
        return str(labels.Category(self.category).label)

    @property
    def nature_label(self) -> str:
        return str(labels.Nature(self.nature).label)

    @property
    def status_label(self) -> str:
        return str(labels.Status(self.status).label)

    @property
    def basis_label(self) -> str:
        return str(labels.Basis(self.basis).label)

    @property
    def duty_label(self) -> str:
        return str(labels.Duty(self.duty).label)

    @property
    def power_label(self) -> str:
        return str(labels.Power(self.power).label)

    @property
    def time_label(self) -> str:
        return f"{self.time_amount} {labels.TimeKind(self.time_kind).label}"


def law_text(article: Article) -> str:
    """A cited text and its article in the reader's language; an analogy says that it is one."""
    text = _cited(article)
    if article.grade != BY_ANALOGY:
        return text
    return _("%(text)s (%(meaning)s)") % {"text": text, "meaning": labels.EVIDENCE[BY_ANALOGY]}


def _cited(article: Article) -> str:
    if not article.article:
        return article.law_zh if is_chinese() else article.law_en
    if is_chinese():
        return f"《{article.law_zh}》第{article.article}条"
    return f"{article.law_en}, Art. {article.article.replace('、', ', ')}"


def acting_office(row: MatterCard | None, lead_code: str | None) -> str:
    """The zone's office that handles what the zone leads; empty where another unit leads."""
    return row.office_code if row is not None and lead_code == ZONE else ""
