"""Changes of records that append an event, each one as the product makes it, for counts of their requests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.clock import timestamp
from shared.domain.events.event import Event
from shared.domain.ids import imported_media_id, new_id, segment_id
from shared.domain.imports.import_job import ImportJob, ImportPhase, ImportStatus
from shared.domain.media import Deletion, DeletionStatus, Index, Media, MediaType, ProcessingStatus
from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunOptions, RunStatus, SegmentResult
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.targets import MediaTarget
from shared.ports.records import Put, Records
from shared.services.deletion.deletion_events import deletion_advanced
from shared.services.deletion.deletions import Deletions
from shared.services.imports.ingest.ledger import ImportLedger
from shared.services.imports.ingest.registration import register
from shared.services.library.media_records import MediaRecords, address_of
from shared.services.records.documents import Documents, put
from shared.services.runs.execution.failures import Attempt, Failure
from shared.services.runs.execution.progress import Progress
from shared.services.runs.media_states import media_of_run
from shared.services.runs.pipeline.finish import finish_run
from shared.services.runs.pipeline.retry_outcome import write_outcome
from shared.services.runs.pipeline.run_coordinator import RunCoordinator
from shared.services.runs.run_events import segment_processed
from tests.unit.services.storage import SubmittedJobs

Change = tuple[str, Callable[[], object]]


class ToldChanges:
    """The life of one medium of a tenant, from its import to its deletion."""

    def __init__(self, records: Records, tenant_id: str) -> None:
        self.documents = Documents(records)
        self.tenant_id = tenant_id
        self.index_id = new_id("idx")
        self.job = ImportJob(
            job_id=new_id("imp"),
            tenant_id=tenant_id,
            user_id="usr_1",
            index_id=self.index_id,
            created_at=timestamp(),
        )
        self.media = self._media()
        self.run = self._run()
        self.retry = SegmentRetry(
            retry_id=new_id("rty"),
            run_id=self.run.run_id,
            media_id=self.media.media_id,
            segment_id=segment_id(self.media.media_id, "fixed:2", 0),
            created_at=timestamp(),
        )
        index = Index(
            index_id=self.index_id, tenant_id=tenant_id, user_id="usr_1", name="films", created_at=timestamp()
        )
        self.documents.write(
            put(keys.index(tenant_id, self.index_id), index),
            put(keys.import_job(tenant_id, self.job.job_id), self.job),
            put(keys.prompt_run(tenant_id, self.run.run_id), self.run),
            put(keys.segment_retry(tenant_id, self.run.run_id, self.retry.retry_id), self.retry),
        )

    def events(self) -> list[Event]:
        return self.documents.every(Event, keys.event(self.tenant_id))

    def changes(self) -> list[Change]:
        """Return changes in the order in which they are possible. Each appends one event."""
        ledger = ImportLedger(self.documents, self.tenant_id, self.job.job_id)
        scanning = partial(ledger.enter_phase, ImportStatus.SCANNING)
        output = Put(keys.import_output(self.tenant_id, self.job.job_id, 0), {"job_id": self.job.job_id})
        caller = Caller(tenant_id=self.tenant_id, user_id="usr_1", scopes=frozenset({Scope.ADMIN}))
        deletions = Deletions(self.documents, SubmittedJobs())
        change = self._change_state
        return [
            ("start an import", partial(scanning, ImportPhase.SCANNING)),
            ("advance an import", partial(scanning, ImportPhase.PROBING)),
            ("register a medium", partial(register, self.documents, self.media, lambda: [output])),
            ("start a run", partial(RunCoordinator(self.documents).begin, self.run)),
            (
                "start a medium",
                partial(change, RunStatus.PROCESSING, ProcessingStatus.PROCESSING),
            ),
            ("advance a run", self._progress),
            ("store a result", self._result),
            ("end a medium", partial(change, RunStatus.FAILED, ProcessingStatus.FAILED)),
            ("end a run", partial(finish_run, self.documents, self.run)),
            ("change a medium", partial(change, RunStatus.COMPLETED, ProcessingStatus.PROCESSED)),
            ("end a retry", self._retry_outcome),
            ("start a deletion", partial(deletions.delete_media, caller, self.media.media_id)),
            ("end a deletion", self._deleted),
        ]

    def _change_state(self, status: RunStatus, media_status: ProcessingStatus) -> None:
        MediaRecords(self.documents).change_run(
            address_of(self.media),
            self.run.run_id,
            lambda state: state.model_copy(update={"status": status}),
            change_media=lambda media: media.model_copy(update={"status": media_status}),
            user_id=self.run.user_id,
        )

    def _progress(self) -> None:
        progress = Progress(self.documents, self.run, media_of_run(self.documents, self.run))

        def counted(state: MediumState) -> MediumState:
            state.total_segments = 1
            return state

        progress.change(self.media.media_id, counted)

    def _result(self) -> None:
        result = SegmentResult(
            run_id=self.run.run_id,
            media_id=self.media.media_id,
            segment_id=self.retry.segment_id,
            prompt_id=self.run.prompt_id,
            ordinal=0,
            start=0.0,
            end=2.0,
            completed_at=timestamp(),
            executed_at=self.run.executed_at,
        )
        key = keys.segment_result(self.tenant_id, self.run.run_id, self.media.media_id, self.retry.segment_id)
        self.documents.write(put(key, result), *segment_processed(self.run, self.media, result))

    def _retry_outcome(self) -> None:
        failure = Failure("No answer.", "no_answer", retryable=True)
        write_outcome(self.documents, self.run, self.retry.retry_id, Attempt(None, failure))

    def _deleted(self) -> None:
        self.documents.update(
            Deletion,
            keys.deletion(self.tenant_id, self.media.media_id),
            lambda deletion: deletion.model_copy(update={"status": DeletionStatus.DELETED}),
            further=deletion_advanced,
        )

    def _media(self) -> Media:
        media_id = imported_media_id(self.job.job_id, 0)
        return Media(
            media_id=media_id,
            tenant_id=self.tenant_id,
            user_id="usr_1",
            index_id=self.index_id,
            title="A film",
            file_name="film.mp4",
            media_type=MediaType.VIDEO,
            content_hash="ab",
            playback_key=f"media/{self.tenant_id}/{media_id}/film.mp4",
            playback_type="video/mp4",
            duration_seconds=2.0,
            import_job_id=self.job.job_id,
            created_at=timestamp(),
            updated_at=timestamp(),
        )

    def _run(self) -> PromptRun:
        return PromptRun(
            run_id=new_id("run"),
            tenant_id=self.tenant_id,
            user_id="usr_1",
            prompt_id=new_id("prm"),
            prompt=PromptDefinition(name="p", prompt_text="t", json_schema={"type": "object"}),
            options=RunOptions(),
            target=MediaTarget.of([self.media.media_id]),
            index_id=self.index_id,
            executed_at=timestamp(),
        )
