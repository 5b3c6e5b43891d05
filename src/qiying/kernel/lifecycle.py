"""A state machine as a table: data to check, to draw, to test and to offer as buttons."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from qiying.kernel.errors import Denied, Refused


@dataclass(frozen=True, slots=True)
class Step:
    """One row: from these states, one of these roles may move the record to that state.

    ``target`` None keeps the state (a note, an attempt). ``guards`` are codes of conditions that
    the operation checks besides; they are named here so that the page and the docs can say them.
    """

    source: frozenset[str]
    target: str | None
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lifecycle:
    name: str
    initial: str
    final: frozenset[str]
    steps: Mapping[str, Step]
    states: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        named = {self.initial, *self.final}
        for step in self.steps.values():
            named |= step.source
            if step.target is not None:
                named.add(step.target)
        object.__setattr__(self, "states", frozenset(named))

    def step(self, state: str, name: str, roles: frozenset[str]) -> Step:
        """Return the row for a step that these roles may take now, or refuse it."""
        row = self.steps.get(name)
        if row is None:
            raise Refused("lifecycle.unknown_step", step=name)
        if not roles & row.roles:
            raise Denied("lifecycle.role", step=name)
        if state not in row.source:
            raise Refused("lifecycle.state", step=name, state=state)
        return row

    def open_to(self, state: str, roles: frozenset[str]) -> tuple[str, ...]:
        """The steps that a holder of these roles can take now: the buttons to show."""
        return tuple(k for k, s in self.steps.items() if state in s.source and s.roles & roles)

    def reachable(self) -> frozenset[str]:
        """Every state that some path from the initial one can reach."""
        seen, front = {self.initial}, [self.initial]
        while front:
            state = front.pop()
            for row in self.steps.values():
                if state in row.source and row.target and row.target not in seen:
                    seen.add(row.target)
                    front.append(row.target)
        return frozenset(seen)

    def mermaid(self) -> Iterator[str]:
        """The same table as a diagram for the docs."""
        yield "stateDiagram-v2"
        yield f"    [*] --> {self.initial}"
        for name, row in self.steps.items():
            for source in sorted(row.source):
                yield f"    {source} --> {row.target or source}: {name} ({', '.join(sorted(row.roles))})"
