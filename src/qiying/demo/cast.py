"""Who takes the steps of a story: the people of the zone and of the firms as actors."""

from collections.abc import Iterator, Sequence

from qiying.demo.files import username_of
from qiying.demo.plan import Plan
from qiying.demo.stories import Story
from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Held, combine, system
from qiying.kernel.models import Grant
from qiying.slices.registry import public as registry


class Cast:
    """Actors by what they do, found once; the same story always meets the same people."""

    def __init__(self, plan: Plan, tenant_id: int) -> None:
        self.platform = system(tenant_id)
        self._actors = _actors(self.platform)
        self._roles: dict[str, list[Actor]] = {}
        self._units: dict[int, list[Actor]] = {}
        ids = {code: card.id for code, card in registry.units(self.platform).items()}
        for person in plan.organisations.people:
            actor = self._actors[person.username]
            for post in person.posts:
                self._roles.setdefault(post.role, []).append(actor)
                if post.role == "handler" and post.unit:
                    self._units.setdefault(ids[post.unit], []).append(actor)
        for person in plan.organisations.people:
            for post in person.posts:
                if post.role == "unit_leader" and post.unit:
                    self._units[ids[post.unit]].append(self._actors[person.username])
        self._grids = {
            person.grid: self._actors[person.username]
            for person in plan.organisations.people
            if person.grid
        }

    def firm(self, code: str) -> Actor:
        """The person of a firm."""
        return self._actors[username_of(code)]

    def named(self, username: str) -> Actor:
        """Somebody by the user name."""
        return self._actors[username]

    def grid_officer(self, grid: str) -> Actor:
        """The officer who looks after a grid."""
        return self._grids[grid]

    def everyone(self, role: str) -> Sequence[Actor]:
        """Everybody with a role for the whole zone."""
        return self._roles[role]

    def one(self, role: str, story: Story, shift: int = 0) -> Actor:
        """Somebody with a role for the whole zone; another one for another `shift`."""
        held = self._roles[role]
        return held[(story.number + shift) % len(held)]

    def of_unit(self, unit_id: int, story: Story, recused: int | None = None) -> Actor:
        """A handler of a unit who belongs to no unit that is complained of."""
        turned = _from(self._units[unit_id], story.number)
        return next(actor for actor in turned if recused not in actor.units())


def _from(people: Sequence[Actor], start: int) -> Iterator[Actor]:
    """Handlers in turn; the leader, who stands last, only when none of them can."""
    handlers, leader = people[:-1], people[-1]
    for index in range(len(handlers)):
        yield handlers[(start + index) % len(handlers)]
    yield leader


def _actors(platform: Actor) -> dict[str, Actor]:
    """Everybody with a grant in the tenant, by user name."""
    held: dict[str, list[Held]] = {}
    people: dict[str, tuple[int, str]] = {}
    with tenancy.reading(platform):
        rows = Grant.objects.filter(tenant_id=platform.tenant_id).select_related("person")
        for row in rows.order_by("id"):
            name = row.person.username
            people[name] = row.person_id, str(row.person)
            held.setdefault(name, []).append(Held(row.role, row.unit_id, row.enterprise_id))
    return {
        name: Actor(platform.tenant_id, shown, combine(held[name]), person_id=key)
        for name, (key, shown) in people.items()
    }
