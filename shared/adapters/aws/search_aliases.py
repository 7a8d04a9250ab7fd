"""Which index stands behind a name: made at need, built anew beside the live one, and switched.

Two aliases belong to a pair of spaces: ``live`` is searched and written; ``building`` exists while
another index is filled, and is written as well, so that nothing put or deleted meanwhile is missed.
"""

from typing import Any, Final

from opensearchpy.exceptions import NotFoundError, RequestError

from shared.adapters.aws.search_cluster import Cluster
from shared.adapters.aws.search_mapping import alias_name, index_body
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
        shards: int,
        replicas: int,
    ) -> None:
        self.live: Final = alias_name(prefix, text_space, picture_space)
        self.building: Final = f"{self.live}-building"
        self._cluster = cluster
        self._body = index_body(text_space, picture_space, shards=shards, replicas=replicas)

    def written(self) -> list[str]:
        """The aliases that a change has to reach, in the order to do so."""
        return [self.live, *([self.building] if self._indexes(self.building) else [])]

    def create(self) -> None:
        """Make the live index, unless another process just has."""
        try:
            self._create(f"{self.live}-{_FIRST}", self.live)
        except RequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def begin(self) -> None:
        """Raises: Conflict: an index is being built already."""
        if self._indexes(self.building):
            raise Conflict(f"An index is being built already under {self.building}.")
        self._create(f"{self.live}-{new_id('index').lower()}", self.building)

    def switch(self) -> None:
        """What was built is live from one moment to the next; what was live before is removed."""
        former, built = self._indexes(self.live), self._indexes(self.building)
        actions: list[dict[str, Any]] = [{"remove_index": {"index": name}} for name in former]
        for name in built:
            actions += [
                {"add": {"index": name, "alias": self.live}},
                {"remove": {"index": name, "alias": self.building}},
            ]
        self._cluster.request("POST", "/_aliases", {"actions": actions})

    def abandon(self) -> None:
        """Remove what was being built, if anything."""
        for name in self._indexes(self.building):
            self._cluster.request("DELETE", f"/{name}")

    def _create(self, name: str, alias: str) -> None:
        self._cluster.request("PUT", f"/{name}", self._body | {"aliases": {alias: {}}})

    def _indexes(self, alias: str) -> list[str]:
        try:
            return sorted(self._cluster.request("GET", f"/_alias/{alias}"))
        except NotFoundError:
            return []
