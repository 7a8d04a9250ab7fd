"""A resource in the suites over all routes: its scopes, its isolation cases and an example of each kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Final, Protocol

from tests.robustness import resources

if TYPE_CHECKING:
    from tests.robustness.tenant_archive import TenantArchive

PARAMETER: Final = re.compile(r"{(\w+)}")

REQUIRED_QUERIES: Final = {"/search/fields/{index_id}/values": {"field": "summary", "type": "string"}}
"""Parameters without which a route refuses every id."""


class Post(Protocol):
    """Send a POST that must succeed, and return its JSON."""

    def __call__(self, path: str, **body: Any) -> Any: ...


@dataclass(frozen=True)
class Attempt:
    """A request of one tenant that names a resource of another tenant.

    ``path`` fixes path parameters; ``statuses`` are the permitted status codes of the answer.
    """

    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] | None = None
    path: dict[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = (404,)


MakeAttempts = Callable[["TenantArchive", "TenantArchive"], list[Attempt]]
"""Make the attempts from the archives (theirs, mine).

The test fills each path parameter that an attempt leaves open, in every combination with at least one id of
theirs.
"""


@dataclass(frozen=True)
class Resource:
    """The routes of one resource, each written as "GET /prompts/{prompt_id}", without the API's prefix.

    ``scopes`` maps every route to the least scope that may call it, as in the public documentation.
    ``isolation`` maps every route whose requests name a resource to its attempts; ``exempt`` maps each
    other route to the reason. ``make`` creates one example of each kind that the suites' archives do not
    create themselves, and returns the ids by path parameter.
    """

    scopes: Mapping[str, str]
    isolation: Mapping[str, MakeAttempts] = field(default_factory=dict)
    exempt: Mapping[str, str] = field(default_factory=dict)
    make: Callable[[Post], dict[str, str]] = lambda _: {}


def by_path(_theirs: TenantArchive, _mine: TenantArchive) -> list[Attempt]:
    """Name another tenant's ids in the path only."""
    return [Attempt()]


def paged(route: str, *other: Attempt) -> MakeAttempts:
    """Attempt a foreign path, which is not found, and a foreign cursor, refused in an own path too."""

    def attempts(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
        cursor, query = theirs.cursors[route]
        _, own_query = mine.cursors[route]
        own_path = {name: mine[name] for name in PARAMETER.findall(route)}
        foreign_path = [] if not own_path else [Attempt(query=query), Attempt(query=own_query)]
        foreign_cursor = Attempt(query=own_query | {"cursor": cursor}, path=own_path, statuses=(400,))
        return [*foreign_path, foreign_cursor, *other]

    return attempts


def _all() -> Iterator[Resource]:
    for module in iter_modules(resources.__path__):
        found = import_module(f"{resources.__name__}.{module.name}").RESOURCE
        assert isinstance(found, Resource)
        yield found


def scopes() -> dict[str, str]:
    """Return the least scope of every route."""
    return {route: scope for each in _all() for route, scope in each.scopes.items()}


def isolation_cases() -> dict[str, MakeAttempts]:
    """Return the attempts of every route whose requests name a resource."""
    return {route: attempts for each in _all() for route, attempts in each.isolation.items()}


def exempt_routes() -> set[str]:
    return {route for each in _all() for route in each.exempt}


def make_examples(post: Post) -> dict[str, str]:
    """Create an example of each kind; return the ids by path parameter."""
    return {name: value for each in _all() for name, value in each.make(post).items()}
