"""The firm's phone: the red button, who comes, the quote, the permit, the result, the warranty."""

from typing import Any

import pytest
import time_machine
from django.urls import reverse

from qiying.kernel import tenancy
from qiying.slices.rescue.models import Job, Rating
from tests.slices.rescue import steps
from tests.slices.rescue.phone.asking import act, picture, pressed, sign_in, words
from tests.slices.world import World

pytestmark = pytest.mark.django_db


def jobs(world: World) -> list[Job]:
    with tenancy.reading(world.system):
        return list(Job.objects.order_by("id").select_related("equipment"))


def test_a_few_taps_make_a_rescue_with_its_machine_and_one_press_makes_one(world: World) -> None:
    phone, machine = sign_in(world, "boss"), steps.machine(world)
    form = pressed(machine=machine.label)
    first = phone.post("/rescue/my/press/", {**form, "photos": picture()})
    again = phone.post("/rescue/my/press/", {**form, "photos": picture()})
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    (job,) = jobs(world)
    assert (job.equipment_id, job.channel, job.safety) == (machine.pk, "button", "stopped")
    assert (job.title, job.facts) == ("突然停机", "一声响后停机")
    page = words(phone.get(first.headers["Location"]))
    assert job.number in page
    assert "王主任" in page


def test_the_label_on_the_machine_names_it(world: World) -> None:
    phone, machine = sign_in(world, "boss"), steps.machine(world)
    scanned = words(phone.get(reverse("rescue:scan", args=[machine.label])))
    assert "3号纸机" in scanned
    address = f"/rescue/my/press/?label={machine.label}&scan=1"
    assert f'value="{machine.label}" checked' in phone.get(address).content.decode()
    assert phone.post(address, pressed(machine=machine.label)).status_code == 303
    assert jobs(world)[0].channel == "scan"


def test_the_other_firms_machine_is_nobodys_business(world: World) -> None:
    rival, machine = sign_in(world, "rival"), steps.machine(world)
    assert rival.get(reverse("rescue:scan", args=[machine.label])).status_code == 404
    assert rival.post("/rescue/my/press/", pressed(machine=machine.label)).status_code == 422
    job = steps.reported(world)
    for name in ("my-job", "my-paper"):
        assert rival.get(reverse(f"rescue:{name}", args=[job.public_id])).status_code == 404
    assert act(rival, job, "withdraw", reason="test").status_code == 404
    assert "3号纸机" not in words(rival.get("/rescue/labels/"))


@pytest.mark.parametrize(
    "label", ["AAAAAA", "abc", "%20", "9" * 50, "\uff21\uff22\uff23\uff24\uff25\uff26"]
)
def test_a_misread_label_is_refused_in_words(world: World, label: str) -> None:
    answer = sign_in(world, "boss").get(f"/rescue/scan/{label}/")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"fault": ""},
        {"safety": "not_asked"},
        {"urgency": "x"},
        {"machine": "ZZZZZZ"},
        {"contact": ""},
        {"contact_phone": "abc"},
        {"text": "\0"},
        {"kind": "retrofit"},
    ],
)
def test_what_no_form_of_ours_sends_is_explained(world: World, wrong: dict[str, Any]) -> None:
    answer = sign_in(world, "boss").post("/rescue/my/press/", pressed(**wrong))
    assert answer.status_code == 422
    assert not jobs(world)


def test_danger_is_told_to_ring_first(world: World) -> None:
    phone = sign_in(world, "boss")
    sent = phone.post("/rescue/my/press/", pressed(safety="danger"))
    page = phone.get(sent.headers["Location"]).content.decode()
    assert "tel:119" in page


def test_the_firm_reads_who_comes_and_when_and_may_ring_while_the_job_is_open(
    world: World,
) -> None:
    job = steps.answered(world)
    phone = sign_in(world, "boss")
    url = reverse("rescue:my-job", args=[job.public_id])
    page = phone.get(url).content.decode()
    who = steps.holder(world, job)
    telephone = world.user(who).phone
    assert who in page
    assert f"tel:{telephone}" in page
    assert "预计到场" in page
    act(phone, job, "withdraw", reason="runs_again")
    assert f"tel:{telephone}" not in phone.get(url).content.decode()


def test_the_firm_says_yes_to_the_quote_that_it_was_shown_and_to_no_other(world: World) -> None:
    job = steps.quoted(world)
    phone = sign_in(world, "boss")
    shown = phone.get(reverse("rescue:my-act", args=[job.public_id, "accept_quote"]))
    assert "检修工时" in shown.content.decode()
    assert act(phone, job, "accept_quote", digest="0" * 64).status_code == 422
    assert act(phone, job, "accept_quote", digest=steps.digest(world, job)).status_code == 303
    assert "企业已" in words(phone.get(reverse("rescue:my-job", args=[job.public_id])))


def test_declining_ends_the_rescue_with_a_reason(world: World) -> None:
    job = steps.quoted(world)
    phone = sign_in(world, "boss")
    digest = steps.digest(world, job)
    assert act(phone, job, "decline_quote", digest=digest).status_code == 422
    done = act(phone, job, "decline_quote", digest=digest, text="厂家保修，另请厂家")
    assert done.status_code == 303
    assert steps.fresh(world, job).state == "referred"


def test_the_permit_wants_every_check_and_a_name(world: World) -> None:
    job = steps.agreed(world, name="2号锅炉")
    phone = sign_in(world, "boss")
    address = "?kind=lock_out"
    some = {"checks": ["isolated"], "issued_by": "安全员王工", "span": "4"}
    assert act(phone, job, "issue_permit", address, **some).status_code == 422
    whole = {**some, "checks": ["isolated", "zero_energy", "key_held"]}
    assert act(phone, job, "issue_permit", address, **whole).status_code == 303
    page = words(phone.get(reverse("rescue:my-job", args=[job.public_id])))
    assert "安全员王工" in page


def test_who_confirms_rates_at_once_and_once(world: World, clock: time_machine.Traveller) -> None:
    job = steps.done(world)
    clock.move_to(world.now)
    phone = sign_in(world, "boss")
    assert act(phone, job, "confirm").status_code == 422
    assert act(phone, job, "confirm", grade="good", text="快").status_code == 303
    assert steps.fresh(world, job).state == "confirmed"
    assert act(phone, job, "rate", grade="poor").status_code == 422
    with tenancy.reading(world.system):
        assert [r.grade for r in Rating.objects.all()] == ["good"]


def test_a_result_that_does_not_hold_is_disputed_or_repaired_free(
    world: World, clock: time_machine.Traveller
) -> None:
    job = steps.confirmed(world)
    clock.move_to(world.later(days=5))
    phone = sign_in(world, "boss")
    url = reverse("rescue:my-job", args=[job.public_id])
    assert "act-rework" in phone.get(url).content.decode()
    sent = act(phone, job, "rework", text="又停了")
    assert sent.status_code == 303
    assert jobs(world)[-1].warranty_of_id == job.pk
    assert "act-rework" not in phone.get(url).content.decode()
    other = steps.done(world)
    clock.move_to(world.now)
    assert act(phone, other, "dispute_result", text="转不动").status_code == 303
    assert steps.fresh(world, other).state == "answered"


def test_lists_narrow_and_go_into_a_file(world: World) -> None:
    job = steps.reported(world)
    phone = sign_in(world, "boss", "en")
    assert job.number in words(phone.get("/rescue/my/jobs/?tab=open"))
    assert job.number not in words(phone.get("/rescue/my/jobs/?tab=over"))
    assert job.number in phone.get("/rescue/my/jobs/?format=csv").content.decode("utf-8-sig")
    assert "2号锅炉" in words(phone.get("/rescue/my/machines/?q=锅炉"))
    assert job.number in words(phone.get("/rescue/my/"))
    found = phone.get(f"/rescue/my/press/machines/?firm={_firm(world)}&q=行车")
    assert "1号行车" in found.content.decode()


def _firm(world: World) -> str:
    from qiying.slices.registry import public as registry  # noqa: PLC0415  one use

    with tenancy.reading(world.system):
        return str(registry.enterprise(world.system, world.firms["宏达"]).public_id)


def test_labels_are_drawn_for_the_own_machines_and_for_the_zone(world: World) -> None:
    machine = steps.machine(world)
    sheet = sign_in(world, "boss").get(f"/rescue/labels/?q={machine.label}").content.decode()
    assert sheet.count("<svg") > sheet.count("icon") - 200
    assert 'class="segno"' in sheet
    assert "3号纸机" in sheet
    assert "2号锅炉" not in sheet
    assert "2号锅炉" in sign_in(world, "chief").get("/rescue/labels/").content.decode()
    assert sign_in(world, "leader").get("/rescue/labels/").status_code == 403


def test_a_notice_leads_each_reader_to_the_own_page(world: World) -> None:
    job = steps.answered(world)
    url = f"/rescue/jobs/{job.public_id}/"
    who = steps.holder(world, job)
    assert sign_in(world, "boss").get(url).headers["Location"].startswith("/rescue/my/")
    assert sign_in(world, who).get(url).headers["Location"].startswith("/rescue/duty/")
    assert sign_in(world, "chief").get(url).status_code == 200
    assert sign_in(world, "rival").get(url).status_code == 404
