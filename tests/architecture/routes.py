"""Every address of the platform and who it is declared for, found by walking, never listed."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from string import Formatter
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from qiying.config.api import api
from qiying.kernel.web import ROLES_OF

API_ROOT = "/api/v1"
MACHINE_DOORS: Mapping[str, str] = {
    "kernel:events": "asks for the actor itself: a stream outlives the read transaction of a page",
    "kernel:healthz": "a supervisor asks without credentials and learns only that we answer",
    "kernel:readyz": "a supervisor asks without credentials and learns codes of checks, no data",
    "api:openapi-json": "the description of the interface holds no data of a tenant",
    "api:openapi-view": "a page that draws the description",
    "api:api-root": "a name for the root; it answers 404",
}
"""Addresses without a declaration, each with its reason."""


@dataclass(frozen=True)
class Route:
    """One address with the methods to try and the roles declared; None when nothing is."""

    name: str
    """``registry:firm`` for a page, ``PATCH /registry/enterprises/{public_id}`` for machines."""
    methods: tuple[str, ...]
    parameters: tuple[str, ...]
    roles: frozenset[str] | None
    template: str = ""

    @property
    def is_api(self) -> bool:
        return bool(self.template)

    @property
    def is_open(self) -> bool:
        """Declared for everybody, strangers too."""
        return self.roles is not None and not self.roles

    def address(self, values: Mapping[str, Any]) -> str:
        """The address with its blanks filled."""
        wanted = {name: values[name] for name in self.parameters}
        if self.is_api:
            return self.template.format(**wanted)
        return reverse(self.name, kwargs=wanted)


def roles_of(view: Any) -> frozenset[str] | None:
    """What a view is declared for, looking under its decorators; None when it is not."""
    while view is not None:
        if view in ROLES_OF:
            return ROLES_OF[view]
        view = view.func if isinstance(view, partial) else getattr(view, "__wrapped__", None)
    return None


def all_routes() -> list[Route]:
    """Pages and operations of the interface, each once."""
    return [*pages(), *operations()]


def pages() -> Iterator[Route]:
    """What hangs in Django's addresses, except the operations of the interface."""
    known = {address for address, _ in _machine_addresses()}
    for name, path, parameters, view in _walk(get_resolver()):
        if name.startswith("api:") and f"/{path}" in known:
            continue
        yield Route(name, ("GET", "POST"), parameters, roles_of(view))


def _walk(
    resolver: URLResolver, space: str = "", path: str = "", outer: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, tuple[str, ...], Callable[..., Any]]]:
    for entry in resolver.url_patterns:
        here = path + str(entry.pattern)
        parameters = outer + _parameters(entry)
        if isinstance(entry, URLResolver):
            deeper = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, deeper, here, parameters)
        else:
            yield f"{space}{entry.name or here}", here, parameters, entry.callback


def _parameters(entry: URLPattern | URLResolver) -> tuple[str, ...]:
    named = getattr(entry.pattern.regex, "groupindex", {})
    return tuple({**dict.fromkeys(entry.pattern.converters), **dict.fromkeys(named)})


def operations() -> Iterator[Route]:
    """What the interface offers, one route for each method and path."""
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            # routers inside routers come without a slash before and with two between
            template = _template(re.sub("/{2,}", "/", f"/{prefix}/{path}"))
            blanks = tuple(name for _, name, _, _ in Formatter().parse(template) if name)
            for operation in view.operations:
                for method in operation.methods:
                    name = f"{method} {template.removeprefix(API_ROOT)}"
                    roles = roles_of(operation.view_func)
                    yield Route(name, (method,), blanks, roles, template)


def _template(path: str) -> str:
    """``/calls/{uuid:call_id}`` without the names of converters."""
    parts = [
        text + (f"{{{name.rpartition(':')[2]}}}" if name else "") for text, name in _pieces(path)
    ]
    return API_ROOT + "".join(parts)


def _pieces(path: str) -> Iterator[tuple[str, str]]:
    for text, name, form, _ in Formatter().parse(path):
        # ``{uuid:call_id}`` reads as a field with a format
        yield text, form or name or ""


def _machine_addresses() -> Iterator[tuple[str, str]]:
    """The paths under which the operations hang, as Django writes them."""
    for entry in api.urls[0]:
        if entry.name not in {"openapi-json", "openapi-view", "api-root"}:
            yield f"{API_ROOT}/{entry.pattern}", str(entry.name)
