"""``migrate`` in time that grows with the number of models, not with its square.

Django draws every model anew that is related to the one a migration touches. Here every table
points to its zone and most to people, so each new table, index and constraint drew nearly all of
them: minutes for an empty database. Adding something needs no redrawing, see
``docs/decisions/0028-migrating-draws-little.md``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import NOT_PROVIDED, Field

State = Any
"""A ``ProjectState``; its type tells only what is public."""


def _add_model(state: State, model_state: ModelState) -> None:
    """Draw the new model only: nothing that stands can point to it yet."""
    key = model_state.app_label, model_state.name_lower
    state.models[key] = model_state
    if state._relations is not None:
        state.resolve_model_relations(key)
    if "apps" in vars(state):
        _leave_drawn(state)
        state.apps.render_multiple([model_state])


def _append_option(
    state: State, app_label: str, model_name: str, option_name: str, obj: Any
) -> None:
    """Note the index or constraint; the statement that adds it reads nothing from the model."""
    options = state.models[app_label, model_name].options
    options[option_name] = [*options[option_name], obj]
    _leave_drawn(state)


def _add_field(
    state: State,
    app_label: str,
    model_name: str,
    name: str,
    field: "Field[Any, Any]",
    preserve_default: bool,  # noqa: FBT001  the signature is Django's
) -> None:
    """Draw the model that got the field; who points to it finds the same table and key."""
    kept = field if preserve_default else field.clone()
    if not preserve_default:
        kept.default = NOT_PROVIDED
    key = app_label, model_name
    state.models[key].fields[name] = kept
    if state._relations is not None:
        state.resolve_model_field_relations(key, name, kept)
    if "apps" in vars(state):
        _leave_drawn(state)
        state._reload({key})


def _leave_drawn(state: State) -> None:
    """Tell Django to draw all models anew before a migration's own code sees them."""
    state.is_delayed = True


@contextmanager
def drawing_little() -> Iterator[None]:
    """Replace what adds to the state of the models while migrations run."""
    little = {"add_model": _add_model, "add_field": _add_field, "_append_option": _append_option}
    whole = {name: getattr(ProjectState, name) for name in little}
    for name, method in little.items():
        setattr(ProjectState, name, method)
    try:
        yield
    finally:
        for name, method in whole.items():
            setattr(ProjectState, name, method)


class Command(migrate.Command):
    """Django's own command with that difference."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate."""
        with drawing_little():
            super().handle(*args, **options)
