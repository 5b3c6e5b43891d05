"""What was told to whom."""

from qiying.kernel import tenancy
from qiying.kernel.models import Event, Notification
from qiying.slices.class_issues import handlers
from tests.slices.world import World


def handled(world: World, topic: str) -> None:
    """Run what follows from the latest event of a topic, twice: handlers may."""
    with tenancy.reading(world.system):
        event = Event.objects.filter(topic=topic).order_by("-sequence").first()
    assert event is not None
    for handler in (handlers.tell, handlers.tell_members):
        if handler is handlers.tell_members and topic != "class_issues.landed":
            continue
        handler(event)
        handler(event)


def notices(world: World, name: str) -> list[str]:
    with tenancy.reading(world.system):
        rows = Notification.objects.filter(person=world.user(name)).order_by("id")
        return [r.kind for r in rows if r.kind.startswith("class_issues.")]
