"""Aliases of the search indexes: creation on demand, rebuild beside the live index, and switch.

Each pair of spaces has two aliases. ``live`` is searched and written. ``building`` exists while a rebuild
fills another index; writes go to it as well, so that the rebuild misses no concurrent put or deletion.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from opensearchpy.exceptions import RequestError

from shared.adapters.aws.search.cluster import Cluster
from shared.adapters.aws.search.layout.mapping import Layout, alias_name, index_body, index_name
from shared.domain.errors import Conflict
from shared.domain.evidence import EmbeddingSpace
from shared.domain.ids import new_id

_FIRST_INDEX_SUFFIX: Final = "first"


class Aliases:
    """The two aliases of one pair of spaces."""

    def __init__(
        self,
        cluster: Cluster,
        prefix: str,
        text_space: EmbeddingSpace,
        picture_space: EmbeddingSpace,
        layout: Layout,
    ) -> None:
        self.live: Final = alias_name(prefix, text_space, picture_space)
        self.building: Final = f"{self.live}-building"
        self._cluster = cluster
        self._body = index_body(text_space, picture_space, layout)

    def written(self) -> list[str]:
        """Return the aliases that a change must be written to, in this order."""
        return [self.live, *([self.building] if self._cluster.indexes(self.building) else [])]

    def create(self) -> None:
        """Create the live index, unless another process has just created it."""
        name = index_name(self.live, _FIRST_INDEX_SUFFIX)
        try:
            self._create_index(name)
        except RequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
        self._update_aliases([_add_action(name, self.live)])

    def begin(self) -> None:
        """Create the index of a rebuild. Raises: Conflict: a rebuild is already in progress."""
        if self._cluster.indexes(self.building):
            raise Conflict(f"An index is being built already under {self.building}.")
        name = index_name(self.live, new_id("index").lower())
        self._create_index(name)
        self._update_aliases([_add_action(name, self.building)])

    def switch(self) -> None:
        """Make the built index live, in one atomic request, and then delete the previous live index."""
        former, built = self._cluster.indexes(self.live), self._cluster.indexes(self.building)
        actions = [{"remove": {"index": name, "alias": self.live}} for name in former]
        for name in built:
            actions += [_add_action(name, self.live), {"remove": {"index": name, "alias": self.building}}]
        self._update_aliases(actions)
        self._delete_indexes(former)

    def abandon(self) -> None:
        """Delete the index of an unfinished rebuild, if there is one."""
        self._delete_indexes(self._cluster.indexes(self.building))

    def _create_index(self, name: str) -> None:
        self._cluster.request("PUT", f"/{name}", self._body)

    def _update_aliases(self, actions: Sequence[Mapping[str, Any]]) -> None:
        self._cluster.request("POST", "/_aliases", {"actions": list(actions)})

    def _delete_indexes(self, names: Sequence[str]) -> None:
        for name in names:
            self._cluster.request("DELETE", f"/{name}")


def _add_action(name: str, alias: str) -> dict[str, Any]:
    return {"add": {"index": name, "alias": alias}}
