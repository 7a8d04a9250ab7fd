"""A resource as the suites over all routes know it: scopes, isolation cases and one thing of each kind."""

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


class Post(Protocol):
    """Send a POST that must succeed, and return its JSON."""

    def __call__(self, path: str, **body: Any) -> Any: ...


@dataclass(frozen=True)
class Try:
    """A request of one tenant that names something of another, ``theirs``.

    ``statuses`` are the permitted answers.
    """

    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] | None = None
    path: dict[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = (404,)


Tries = Callable[["TenantArchive", "TenantArchive"], list[Try]]
"""Requests by (theirs, mine). Path parameters that a try leaves open are filled with every mixture of ids
that has one of theirs."""


@dataclass(frozen=True)
class Resource:
    """Routes are written as "GET /prompts/{prompt_id}", without the API's prefix.

    ``scopes`` maps every route to the least scope that may call it, as the public documentation has it.
    ``isolation`` maps every route that names something to its tries; ``names_nothing`` gives the reason for
    each of the others. ``make`` makes one thing of each kind that no other archive of the suites has, and
    returns the ids by the names of path parameters.
    """

    scopes: Mapping[str, str]
    isolation: Mapping[str, Tries] = field(default_factory=dict)
    names_nothing: Mapping[str, str] = field(default_factory=dict)
    make: Callable[[Post], dict[str, str]] = lambda _: {}


def by_path(_theirs: TenantArchive, _mine: TenantArchive) -> list[Try]:
    """Name another tenant's ids in the path, and nothing else."""
    return [Try()]


def paged(route: str, *other: Try) -> Tries:
    """A foreign place is not found; a foreign cursor is none of ours, also in a place of our own."""

    def tries(theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
        cursor, query = theirs.cursors[route]
        _, own_query = mine.cursors[route]
        own_path = {name: mine[name] for name in PARAMETER.findall(route)}
        foreign_place = [] if not own_path else [Try(query=query), Try(query=own_query)]
        own_place = Try(query=own_query | {"cursor": cursor}, path=own_path, statuses=(400,))
        return [*foreign_place, own_place, *other]

    return tries


def _all() -> Iterator[Resource]:
    for module in iter_modules(resources.__path__):
        found = import_module(f"{resources.__name__}.{module.name}").RESOURCE
        assert isinstance(found, Resource)
        yield found


def scopes() -> dict[str, str]:
    """The least scope by route."""
    return {route: scope for each in _all() for route, scope in each.scopes.items()}


def isolation_cases() -> dict[str, Tries]:
    """The tries by route."""
    return {route: tries for each in _all() for route, tries in each.isolation.items()}


def routes_that_name_nothing() -> set[str]:
    return {route for each in _all() for route in each.names_nothing}


def make_things(post: Post) -> dict[str, str]:
    """Ids by the names of path parameters."""
    return {name: value for each in _all() for name, value in each.make(post).items()}
