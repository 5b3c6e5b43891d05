"""What the page of a call says of its own: no proposal yet, and a decision that is in force."""

from tests.slices.calls import steps
from tests.slices.calls.desk.asking import At, case, form_of, text_of
from tests.slices.world import World


def test_without_a_matter_the_dispatch_form_leads_to_setting_it(at: At, world: World) -> None:
    bare = steps.raise_call(world, matter_code="")
    steps.take(world, "desk", bare, "accept")
    page = text_of(form_of(at("desk"), bare, "dispatch"))
    assert f'href="{case(bare)}?step=classify"' in page
    known = text_of(form_of(at("desk"), steps.triage(world), "dispatch"))
    assert "?step=classify" not in known


def test_the_decision_of_a_dispute_stands_before_what_was_proposed(at: At, world: World) -> None:
    call = steps.disputed(world)
    assert "Basis: " not in text_of(at("desk").get(case(call)))
    steps.take(
        world,
        "supervisor",
        call,
        "adjudicate",
        unit_id=world.units["EMB"],
        text="The permit is theirs.",
    )
    page = text_of(at("desk").get(case(call)))
    assert "The permit is theirs." in page.split('id="case-job"')[1].split("</section>")[0]
