"""What holds of every zone at every moment, read from the rows alone."""

from collections import Counter

from qiying.slices.rescue.models import Job, Offer, Quote, Seat
from qiying.slices.rescue.rules import HELD, LIVE, MOVING, OPEN, OVER, UNANSWERED
from tests.slices.world import World


def check(world: World) -> None:
    """Fail by the first sentence that does not hold; needs an open reading scope."""
    seats = list(Seat.objects.filter(tenant_id=world.tenant.pk).select_related("job"))
    offers = list(Offer.objects.filter(tenant_id=world.tenant.pk, state="open"))
    jobs = list(Job.objects.filter(tenant_id=world.tenant.pk))
    _seats(seats, offers)
    for job in jobs:
        mine = [s for s in seats if s.job_id == job.pk]
        _promise(world, job)
        _crew(job, mine)


def _seats(seats: list[Seat], offers: list[Offer]) -> None:
    places = Counter((s.job_id, s.position) for s in seats)
    assert all(n == 1 for n in places.values()), "two technicians for one seat"
    moving = Counter(s.technician_id for s in seats if s.state in MOVING)
    assert all(n == 1 for n in moving.values()), "one technician on two sites"
    in_crew = Counter((s.job_id, s.technician_id) for s in seats if s.state in LIVE)
    assert all(n == 1 for n in in_crew.values()), "one technician twice in a crew"
    asked = {s.pk: s.technician_id for s in seats if s.state == "offered"}
    assert {o.seat_id: o.technician_id for o in offers} == asked, "an offer without its seat"


def _promise(world: World, job: Job) -> None:
    late = job.answered_at is not None and job.answered_at > job.answer_due_at
    assert not late or job.promise_lost_at is not None, "a promise was lost silently"
    if job.state in OPEN and job.state not in UNANSWERED:
        assert job.answered_at is not None, "under way without an answer"


def _crew(job: Job, seats: list[Seat]) -> None:
    assert len(seats) == job.crew, "a crew of another size"
    if job.state in OVER:
        assert not [s for s in seats if s.state in LIVE], "a job that is over holds somebody"
    if job.state in ("working", "trial"):
        assert all(s.state == "on_site" for s in seats if s.state in HELD)
        yes = Quote.objects.filter(job=job, state="accepted")
        assert job.warranty_of_id or yes.exists(), "work without a yes"
