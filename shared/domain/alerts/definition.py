"""What a client defines of a saved search, and the rules for it."""

from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.alerts.saved_search import Floor, SavedSearch, SavedSearchStatus
from shared.domain.errors import InvalidRequest
from shared.domain.query.conditions import parse_conditions

MAX_NAME_CHARACTERS: Final = 100
MAX_QUERY_CHARACTERS: Final = 1000
MAX_INDEX_IDS: Final = 20

_CLEARABLE: Final = frozenset({"query", "conditions", "threshold"})


class SavedSearchDefinition(BaseModel):
    """The fields of a saved search that a client sets."""

    model_config = ConfigDict(frozen=True)

    name: str
    index_ids: list[str] = Field(default_factory=list)
    playground: bool = False
    query: str | None = None
    conditions: list[dict[str, Any]] | None = None
    threshold: Floor | None = None
    status: SavedSearchStatus = SavedSearchStatus.ENABLED

    @classmethod
    def of(cls, search: SavedSearch) -> Self:
        return cls.model_validate(search.model_dump(include=set(cls.model_fields)))

    def check(self) -> None:
        """Raises: InvalidRequest: a field breaks a rule."""
        if not 1 <= len(self.name) <= MAX_NAME_CHARACTERS or not self.name.strip():
            rule = f"must have 1 to {MAX_NAME_CHARACTERS} characters, not only spaces"
            raise InvalidRequest("name", rule)
        self._check_scope()
        self._check_query()
        if self.conditions is not None:
            parse_conditions(self.conditions, lenient=False)

    def _check_scope(self) -> None:
        if len(self.index_ids) > MAX_INDEX_IDS:
            raise InvalidRequest("index_ids", f"must name at most {MAX_INDEX_IDS} indexes")
        if len(set(self.index_ids)) < len(self.index_ids):
            raise InvalidRequest("index_ids", "must not repeat an index")
        if bool(self.index_ids) is self.playground:
            raise InvalidRequest("index_ids", "give indexes or the playground, and not both")

    def _check_query(self) -> None:
        if self.query is None and self.conditions is None:
            raise InvalidRequest("query", "give a query, conditions or both")
        if self.query is None:
            if self.threshold is not None:
                raise InvalidRequest("threshold", "needs a query, whose scores it limits")
            return
        if not 1 <= len(self.query) <= MAX_QUERY_CHARACTERS or not self.query.strip():
            rule = f"must have 1 to {MAX_QUERY_CHARACTERS} characters, not only spaces"
            raise InvalidRequest("query", rule)
        if self.threshold is None:
            raise InvalidRequest("threshold", "must be given with a query: every segment has some score")
        if not 0 <= self.threshold.min_score <= 1:
            raise InvalidRequest("threshold.min_score", "must be in 0..1")


class SavedSearchChanges(BaseModel):
    """New values of a saved search's fields. A field that is not set stays as it is. None clears ``query``,
    ``conditions`` and ``threshold``; the other fields cannot be None."""

    model_config = ConfigDict(frozen=True)

    name: str | None = None
    index_ids: list[str] | None = None
    playground: bool | None = None
    query: str | None = None
    conditions: list[dict[str, Any]] | None = None
    threshold: Floor | None = None
    status: SavedSearchStatus | None = None

    def check(self) -> None:
        """Raises: InvalidRequest: nothing is set, or a field that cannot be None is."""
        if not self.model_fields_set:
            raise InvalidRequest("body", "must have at least one field to change")
        for field in sorted(self.model_fields_set - _CLEARABLE):
            if getattr(self, field) is None:
                raise InvalidRequest(field, "must not be null; leave the field out to keep its value")

    def applied(self, definition: SavedSearchDefinition) -> SavedSearchDefinition:
        """Return the definition with these changes. Indexes replace the playground, and it replaces them."""
        changes = {field: getattr(self, field) for field in self.model_fields_set}
        if self.playground and self.index_ids is None:
            changes["index_ids"] = []
        if self.index_ids and self.playground is None:
            changes["playground"] = False
        return definition.model_copy(update=changes)
