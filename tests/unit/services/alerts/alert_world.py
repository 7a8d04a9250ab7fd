"""Saved searches over real records and a real search index, with results of runs that are made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.alerts.definition import SavedSearchDefinition
from shared.domain.alerts.match import SearchMatch
from shared.domain.alerts.saved_search import Floor, SavedSearch, ScoredSpace
from shared.domain.events.event import Event
from shared.domain.events.payloads import DeletionPayload
from shared.domain.events.types import EventType
from shared.domain.evidence import EmbeddingSpace
from shared.domain.ids import new_id
from shared.domain.media import Media
from shared.domain.query.embedding import EmbeddedQuery, EmbeddedWords
from shared.domain.runs.prompt_run import SegmentResult
from shared.ports.search_index import PicturePassage, SearchDocument, TextPassage
from shared.services.alerts.erasure import MatchErasure
from shared.services.alerts.matches import SearchMatches
from shared.services.alerts.matching import SegmentMatching
from shared.services.alerts.run_alerts import RunAlerts
from shared.services.alerts.saved_searches import SavedSearches
from shared.services.deletion.work import DeletionWork
from shared.services.records.documents import put
from shared.services.records.event_log import EventLog, event_write
from shared.services.search.hits import SearchHits
from tests.unit.services.run_world import keep_media
from tests.unit.services.search_records import document_of, new_film, result_of_second
from tests.unit.services.storage import ANNA, Storage

SEED: Final = "01J9Z3W6X5C8Q4V2T7R1M0N9KP"


def direction(cosine: float) -> Any:
    """Return a unit vector with this cosine to every query."""
    return np.array([cosine, (1 - cosine**2) ** 0.5, 0, 0], np.float32)


@dataclass
class OneDirection:
    """An embedder that gives every query the same vector. ``sees``: it embeds words among pictures too."""

    space: EmbeddingSpace = field(
        default_factory=lambda: EmbeddingSpace(model="test", version="1", dimension=4)
    )
    sees: bool = True

    def words(self, words: str, *, in_pictures: bool) -> EmbeddedWords:
        del words
        query = EmbeddedQuery(space=self.space, vector=(1.0, 0.0, 0.0, 0.0))
        return EmbeddedWords(text=query, pictures=query if in_pictures and self.sees else None)

    def picture(self, picture: str, *, field: str) -> EmbeddedQuery:
        raise NotImplementedError


@dataclass(frozen=True)
class Scene:
    """What a segment of a run has: its cosines to every query, its text, its fields. ``seen`` None: it has
    no picture."""

    cosine: float = 0.0
    seen: float | None = None
    text: str = "something"
    fields: Mapping[str, Any] = field(default_factory=dict)


class AlertWorld(Storage):
    def __init__(self, folder: Path, *, max_saved_searches: int = 100) -> None:
        super().__init__(folder)
        self.embedder = OneDirection()
        self.saved = SavedSearches(
            self.documents, lambda: self.embedder, max_saved_searches=max_saved_searches
        )
        self.matching = SegmentMatching(
            SearchHits(self.documents), lambda: self.search_index, lambda: self.embedder
        )
        self.matches = SearchMatches(self.documents)
        self.alerts = RunAlerts(self.documents, self.matching)
        self.deletion_work = DeletionWork(
            self.documents, self.blobs, self.search_index, [MatchErasure(self.documents)]
        )
        self.index_id = self.new_index()
        self._seeds = 0

    def save(self, caller: Caller = ANNA, *, seed: str | None = None, **given: Any) -> SavedSearch:
        """Create a saved search: by default of the words "a bicycle", with a floor of 0.5 of the texts."""
        if "query" not in given and "conditions" not in given:
            given["query"] = "a bicycle"
        if given.get("query") is not None:
            given.setdefault("threshold", Floor(space=ScoredSpace.TEXT, min_score=0.5))
        if not given.get("playground"):
            given.setdefault("index_ids", [self.index_id])
        definition = SavedSearchDefinition(**{"name": "Bicycles", **given})
        return self.saved.create(caller, definition, seed=seed or new_id("x").removeprefix("x_"))

    def medium(self, index_id: str | None) -> Media:
        """Store the record of a medium without files, which nothing here reads."""
        media = new_film(index_id)
        keep_media(self.documents, media)
        return media

    def run(self, *scenes: Scene, media: Media | None = None, run_id: str | None = None) -> Event:
        """Store and index the results of a run over one medium, and return the event of its end."""
        medium = media or self.medium(self.index_id)
        run = run_id or new_id("run")
        results = [result_of_second(medium, run, number, scene.fields) for number, scene in enumerate(scenes)]
        for result in results:
            key = keys.segment_result(medium.tenant_id, run, medium.media_id, result.segment_id)
            self.documents.write(put(key, result))
        self.documents.write(put(keys.run_of_media(medium.tenant_id, medium.media_id, run), medium))
        self.search_index.put(
            [_document(medium, result, scene) for result, scene in zip(results, scenes, strict=True)]
        )
        return self.end_of(run, medium.index_id)

    def end_of(
        self, run_id: str, index_id: str | None, event_type: EventType = EventType.PROMPT_RUN_COMPLETED
    ) -> Event:
        """Append the end of a run to the log. Nothing reads its payload."""
        event = Event.of(
            event_type,
            DeletionPayload(deletion_id="d", kind="index", target_id="t", status="deleted"),
            tenant_id=ANNA.tenant_id,
            index_id=index_id,
            run_id=run_id,
        )
        self.documents.write(event_write(event))
        return event

    def raised(self) -> list[Event]:
        """Return the events of matches in the log of Anna's tenant."""
        events = EventLog(self.documents).each(ANNA.tenant_id, after=None, limit=100)
        return [event for event in events if event.event_type is EventType.SEARCH_MATCHED]

    def found(self, search: SavedSearch) -> list[SearchMatch]:
        return self.matches.page(ANNA, search.saved_search_id, limit=100, after=None).items


def starts(match: SearchMatch) -> Sequence[float]:
    return [segment.start for segment in match.segments]


def _document(media: Media, result: SegmentResult, scene: Scene) -> SearchDocument:
    words = TextPassage("text", "text", scene.text, direction(scene.cosine))
    seen = [] if scene.seen is None else [PicturePassage(result.start, "picture.jpg", direction(scene.seen))]
    return document_of(media, result, [words], seen)
