"""The steps of a job as its people take them: one function a step, through the real operations."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from qiying.demo.rescue_course import Course
from qiying.demo.rescue_found import Worker
from qiying.kernel import files
from qiying.kernel.access import Actor
from qiying.kernel.errors import Refused
from qiying.slices.rescue import operations as rescue
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Job, Offer, Proposal
from qiying.slices.rescue.rules import OfferState, QuoteState, SeatState

_VALID = timedelta(hours=10)
_CHECKS = ["已停机断电、挂牌上锁", "已验电、泄压", "监护人到场", "灭火和应急器材到位"]
_REFERRED_TO = "设备制造厂家返厂维修"
_WARRANTY_DAYS = 90
NOTES: Mapping[str, str] = {
    "wait_for_parts": "缺少备件，已向厂家订货，到货后当班更换，期间用备用设备维持生产。",
    "patch": "先行应急处理恢复运行，备件到位后安排停机更换，请企业降速使用。",
    "refer": "需返厂解体检修，现场不具备条件，已向企业说明并联系制造厂家。",
    "decline_quote": "企业决定自行委托制造厂家处理。",
    "refuse": "正在另一处抢修，短时间内不能到场。",
    "override": "该技术员上月修过这台设备，熟悉图纸和备件情况。",
    "rework": "修复后又出现同样的故障，请按质保免费返修。",
    "night": "夜间由备用设备维持生产，值班长每两小时电话核实一次。",
}


Act = Callable[[Course, datetime], None]


def _take(actor: Actor, course: Course, step: str, now: datetime, **inputs: Any) -> Job:
    return rescue.take(actor, course.job_id, step, now=now, **inputs)


def report(course: Course, now: datetime) -> None:
    """The red button, the label on the machine, the telephone; or a repair that did not hold."""
    story, scene = course.story, course.scene
    if story.rework_of is not None:
        old = scene.jobs[story.rework_of]
        made = rescue.rework(course.firm, old, now=now, text=NOTES["rework"])
    else:
        is_told = story.channel == "phone"
        made = rescue.report_job(
            scene.cast.everyone("desk")[0] if is_told else course.firm,
            now=now,
            enterprise_id=scene.house.firm_ids[course.machine.firm],
            title=story.fault.title,
            channel=story.channel,
            kind=story.kind,
            equipment_id=scene.house.machines[story.machine][1],
            facts=story.fault.facts,
            contact=course.firm.name,
            urgency=story.urgency,
            stopped_at=now - timedelta(minutes=story.number % 9),
        )
    scene.jobs[story.number] = made.pk


def classify(course: Course, now: datetime) -> None:
    _take(course.chief, course, "classify", now, crew=2)


def acknowledge(course: Course, now: datetime) -> None:
    safety = "stopped" if course.story.urgency == "line_stopped" else "safe"
    _take(course.chief, course, "acknowledge", now, safety=safety)


def offer(course: Course, now: datetime) -> None:
    """Ask those whom the engine proposes; once more when one of them went off duty meanwhile."""
    proposal = _proposal(course)
    chosen = [int(o["technician"]) for o in proposal.chosen] if proposal else []
    # one is refused before anything is written; of two, the first would have been asked already
    if len(chosen) < 2 or _are_able(course, chosen, now):
        try:
            _take(course.chief, course, "offer", now)
        except Refused:
            pass
        else:
            return
    _take(course.chief, course, "propose", now)
    _take(course.chief, course, "offer", now)


def _are_able(course: Course, people: list[int], now: datetime) -> bool:
    job = queries.get_job(course.scene.platform, course.job_id)
    return all(_is_able(course, job, person, now) for person in people)


def _proposal(course: Course) -> Proposal | None:
    rows = Proposal.objects.filter(tenant_id=course.scene.platform.tenant_id, job_id=course.job_id)
    return rows.order_by("-id").first()


def _is_able(course: Course, job: Job, technician_id: int, now: datetime) -> bool:
    platform = course.scene.platform
    technician = queries.get_technician(platform, technician_id)
    return not queries.unable(platform, job, technician, now=now)


def override(course: Course, now: datetime) -> None:
    """The duty chief takes the second best, who knows the machine; the first when there is none."""
    proposal = _proposal(course)
    second = proposal.second if proposal else None
    job = queries.get_job(course.scene.platform, course.job_id)
    if second is None or not _is_able(course, job, int(second["technician"]), now):
        offer(course, now)
        return
    _take(
        course.chief,
        course,
        "override",
        now,
        technician_id=int(second["technician"]),
        why="knows_machine",
        text=NOTES["override"],
    )


def _asked(course: Course) -> list[Worker]:
    rows = Offer.objects.filter(
        tenant_id=course.scene.platform.tenant_id,
        seat__job_id=course.job_id,
        state=OfferState.OPEN,
    ).order_by("id")
    return [course.scene.house.workers[row.technician_id] for row in rows]


def refuse(course: Course, now: datetime) -> None:
    for worker in _asked(course)[:1]:
        _take(worker.actor, course, "refuse", now, reason="busy", text=NOTES["refuse"])


def accept(course: Course, now: datetime) -> None:
    """Everybody asked says yes; when nobody could be asked the engine is asked again."""
    asked = _asked(course)
    if not asked:
        offer(course, now)
        asked = _asked(course)
    for worker in asked:
        _take(worker.actor, course, "accept", now, device_key=course.key("accept", worker))


def set_out(course: Course, now: datetime) -> None:
    for worker in course.crew(SeatState.ACCEPTED):
        _take(worker.actor, course, "set_out", now, device_key=course.key("set_out", worker))


def arrive(course: Course, now: datetime) -> None:
    for worker in course.crew(SeatState.EN_ROUTE):
        _take(
            worker.actor,
            course,
            "arrive",
            now,
            device_key=course.key("arrive", worker),
            longitude=course.machine.longitude + 0.0006,
            latitude=course.machine.latitude - 0.0004,
            accuracy_m=12.0,
        )


def _lead(course: Course, step: str, now: datetime, **inputs: Any) -> Job:
    """The first of the crew speaks for it."""
    return _take(course.crew()[0].actor, course, step, now, **inputs)


def help_remotely(course: Course, now: datetime) -> None:
    _lead(course, "help_remotely", now, firm_agrees=True)


def diagnose(course: Course, now: datetime) -> None:
    fault = course.story.fault
    _lead(course, "diagnose", now, fault_code=fault.code, cause=fault.cause)


def solve_remotely(course: Course, now: datetime) -> None:
    text = "电话指导企业复位并调整参数后恢复运行。"
    _lead(course, "solve_remotely", now, text=text, signed_by=course.signer())


def quote(course: Course, now: datetime) -> None:
    """A call, hours and a part, at the price list of the provider on that day."""
    worker, house = course.crew()[0], course.scene.house
    hours = ("1.5", "2", "2.5", "3", "4")[course.story.number % 5]
    labour = "HOUR-S" if course.machine.special_number else "HOUR"
    wanted = (("VISIT", "1"), (labour, hours), (course.story.fault.part, "1"))
    version = house.version_on(now)
    lines = [
        {"item_id": house.items[worker.provider_id, code][version], "quantity": n}
        for code, n in wanted
    ]
    _take(worker.actor, course, "quote", now, lines=lines)


def _digest(course: Course) -> str:
    job = queries.get_job(course.scene.platform, course.job_id)
    shown = queries.quote_of(job, QuoteState.SHOWN)
    return shown.digest if shown else ""


def accept_quote(course: Course, now: datetime) -> None:
    """By the firm's account, or signed on the technician's phone."""
    digest = _digest(course)
    if course.story.number % 3:
        _take(course.firm, course, "accept_quote", now, digest=digest)
    else:
        _lead(course, "accept_quote", now, digest=digest, signed_by=course.signer())


def decline_quote(course: Course, now: datetime) -> None:
    digest, text = _digest(course), NOTES["decline_quote"]
    _take(course.firm, course, "decline_quote", now, digest=digest, text=text)


def issue_permit(course: Course, now: datetime) -> None:
    """The firm's safety person allows each kind of work that the class demands."""
    job = queries.get_job(course.scene.platform, course.job_id)
    for kind in job.permits:
        _take(
            course.firm,
            course,
            "issue_permit",
            now,
            permit=kind,
            checks=_CHECKS,
            issued_by=course.signer(),
            valid_until=now + _VALID,
        )


def begin(course: Course, now: datetime) -> None:
    _lead(course, "begin", now)


def use_part(course: Course, now: datetime) -> None:
    worker, house = course.crew()[0], course.scene.house
    code = course.story.fault.part
    item = house.items[worker.provider_id, code][house.version_on(now)]
    name = f"{house.part_names[code]}"
    _take(
        worker.actor, course, "use_part", now,
        name=name, quantity="1", stock="provider", item_id=item,
    )  # fmt: skip


def try_run(course: Course, now: datetime) -> None:
    worker = course.crew()[0]
    name = f"machine-{course.story.number}.png"
    upload = SimpleUploadedFile(name, course.scene.photo, "image/png")
    kept = files.store(worker.actor, upload, purpose="evidence", now=now)
    _take(worker.actor, course, "try_run", now, attachments=[kept.pk])


def finish(course: Course, now: datetime) -> None:
    worker = course.crew()[0]
    _take(
        worker.actor,
        course,
        "finish",
        now,
        text=course.story.fault.done,
        signed_by=course.signer(),
        warranty_days=_WARRANTY_DAYS,
        device_key=course.key("finish", worker),
    )


def _pause(step: str) -> Act:
    def act(course: Course, now: datetime) -> None:
        """The work stops until a moment; the chief plans the night."""
        until = now + timedelta(hours=36)
        _lead(course, step, now, text=NOTES[step], until=until)
        who = course.chief.name
        _take(course.chief, course, "plan_night", now, who=who, until=until, text=NOTES["night"])

    return act


def _come_back(step: str) -> Act:
    def act(course: Course, now: datetime) -> None:
        _take(course.chief, course, step, now)

    return act


def refer(course: Course, now: datetime) -> None:
    _take(course.chief, course, "refer", now, text=NOTES["refer"], referred_to=_REFERRED_TO)


def confirm(course: Course, now: datetime) -> None:
    _take(course.firm, course, "confirm", now)


def rate(course: Course, now: datetime) -> None:
    _take(course.firm, course, "rate", now, grade=course.story.grade)


def withdraw(course: Course, now: datetime) -> None:
    _take(course.firm, course, "withdraw", now, reason="runs_again")


def dismiss(course: Course, now: datetime) -> None:
    _take(course.chief, course, "dismiss", now, reason="not_a_machine")


ACTS: Mapping[str, Act] = {
    "report": report,
    "classify": classify,
    "acknowledge": acknowledge,
    "offer": offer,
    "override": override,
    "refuse": refuse,
    "accept": accept,
    "set_out": set_out,
    "arrive": arrive,
    "help_remotely": help_remotely,
    "diagnose": diagnose,
    "solve_remotely": solve_remotely,
    "quote": quote,
    "accept_quote": accept_quote,
    "decline_quote": decline_quote,
    "issue_permit": issue_permit,
    "begin": begin,
    "use_part": use_part,
    "wait_for_parts": _pause("wait_for_parts"),
    "parts_came": _come_back("parts_came"),
    "patch": _pause("patch"),
    "resume": _come_back("resume"),
    "try_run": try_run,
    "finish": finish,
    "refer": refer,
    "confirm": confirm,
    "rate": rate,
    "withdraw": withdraw,
    "dismiss": dismiss,
}
