"""Published cases that fit a call: by its matter and by what its words share with them."""

from dataclasses import dataclass
from functools import partial

from qiying.engines import triage
from qiying.kernel import revisions, tenancy
from qiying.kernel.access import Actor, system
from qiying.slices.casebook.models import Case
from qiying.slices.casebook.queries.cases import list_published, texts_of

REVISION = "casebook"
SAME_MATTER = 0.25
"""What the same matter adds to the likeness of words (0 to 1)."""
LEAST = 0.08
TOLD = 3
MOST_READ = 1000


@dataclass(frozen=True, slots=True)
class Fit:
    """A case that may help, and why it was found."""

    case: Case
    is_same_matter: bool
    shared: tuple[str, ...]
    score: float


class Shelf:
    """The words of the library in this process."""

    def __init__(self, actor: Actor) -> None:
        self._index = triage.Index(triage.Rarity({}), triage.AlikeParams(least=0.02))
        self.matters: dict[int, str] = {}
        for case in list_published(actor).order_by("id")[:MOST_READ]:
            version = case.published_version
            text = "\n".join(texts_of(version).values()) if version else ""
            self._index.add(triage.Call(str(case.pk), text, 0.0))
            self.matters[case.pk] = case.matter_code

    def ask(self, text: str) -> dict[int, triage.Like]:
        found = self._index.alike(triage.Call("", text, 0.0), limit=20)
        return {int(like.key): like for like in found}


_kept: revisions.Kept[Shelf] = revisions.Kept()


def fitting(
    actor: Actor, *, matter: str, text: str, besides: int | None = None, limit: int = TOLD
) -> list[Fit]:
    """The cases that fit best: matter first, then words; three queries at most."""
    with tenancy.reading(actor):
        revision = revisions.current(actor).get(REVISION, 0)
        shelf = _kept.get(actor.tenant_id, revision, partial(Shelf, system(actor.tenant_id)))
        likes = shelf.ask(text) if text.strip() else {}
        scores = {
            pk: (likes[pk].text if pk in likes else 0.0) + SAME_MATTER * (code == matter != "")
            for pk, code in shelf.matters.items()
        }
        best = sorted((pk for pk in scores if scores[pk] >= LEAST), key=lambda k: (-scores[k], k))
        rows = list_published(actor).filter(pk__in=best[: limit * 2]) if best else ()
        seen = {row.pk: row for row in rows if row.call_id != besides}
        return [
            Fit(seen[pk], seen[pk].matter_code == matter, _shared(likes.get(pk)), scores[pk])
            for pk in best
            if pk in seen
        ][:limit]


def _shared(like: triage.Like | None) -> tuple[str, ...]:
    return like.shared[:3] if like else ()
