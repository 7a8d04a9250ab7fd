"""Which index stands behind a name: made at need, built anew beside the live one, and switched.

Two aliases belong to a pair of spaces: ``live`` is searched and written; ``building`` exists while
another index is filled, and is written as well, so that nothing put or deleted meanwhile is missed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from opensearchpy.exceptions import RequestError

from shared.adapters.aws.search_cluster import Cluster
from shared.adapters.aws.search_mapping import Layout, alias_name, index_body
from shared.adapters.aws.search_spread import marked
from shared.domain.errors import Conflict
from shared.domain.evidence import EmbeddingSpace
from shared.domain.ids import new_id

_FIRST: Final = "first"


class Aliases:
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
        """The aliases that a change has to reach, in the order to do so."""
        return [self.live, *([self.building] if self._cluster.indexes(self.building) else [])]

    def create(self) -> None:
        """Make the live index, unless another process just has."""
        name = marked(f"{self.live}-{_FIRST}")
        try:
            self._make(name)
        except RequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
        self._change([_added(name, self.live)])

    def begin(self) -> None:
        """Raises: Conflict: an index is being built already."""
        if self._cluster.indexes(self.building):
            raise Conflict(f"An index is being built already under {self.building}.")
        name = marked(f"{self.live}-{new_id('index').lower()}")
        self._make(name)
        self._change([_added(name, self.building)])

    def switch(self) -> None:
        """What was built is live from one moment to the next; what was live before is removed after it."""
        former, built = self._cluster.indexes(self.live), self._cluster.indexes(self.building)
        actions = [{"remove": {"index": name, "alias": self.live}} for name in former]
        for name in built:
            actions += [_added(name, self.live), {"remove": {"index": name, "alias": self.building}}]
        self._change(actions)
        self._remove(former)

    def abandon(self) -> None:
        """Remove what was being built, if anything."""
        self._remove(self._cluster.indexes(self.building))

    def _make(self, name: str) -> None:
        self._cluster.request("PUT", f"/{name}", self._body)

    def _change(self, actions: Sequence[Mapping[str, Any]]) -> None:
        self._cluster.request("POST", "/_aliases", {"actions": list(actions)})

    def _remove(self, names: Sequence[str]) -> None:
        for name in names:
            self._cluster.request("DELETE", f"/{name}")


def _added(name: str, alias: str) -> dict[str, Any]:
    return {"add": {"index": name, "alias": alias}}
