"""Automations over real records in virtual time, with stores in memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.automations.debounce import DebounceInterval
from shared.domain.automations.import_automation import ImportAutomation, ImportSettings
from shared.domain.clock import isoformat, timestamp
from shared.domain.connectors.connector import Connector
from shared.domain.due import SHARDS, Due
from shared.domain.events.event import Event
from shared.domain.ids import INDEX, imported_media_id, new_id
from shared.domain.imports.import_job import (
    FileStatus,
    ImportFailure,
    ImportFile,
    ImportHead,
    ImportJob,
    ImportOutput,
    ImportPhase,
    ImportProgress,
    ImportStage,
    ImportStatus,
    OutputStatus,
)
from shared.domain.media import Index, Media, MediaType
from shared.domain.prompts.prompt import Prompt
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.stores import StoredObject
from shared.services.automations.announcements import ObjectAnnouncements
from shared.services.automations.automation_records import AutomationRecords
from shared.services.automations.export_automations import ExportAutomations
from shared.services.automations.import_automations import ImportAutomations
from shared.services.automations.import_checks import ImportChecks
from shared.services.automations.import_runs import ImportRuns
from shared.services.automations.import_starts import ImportStarts, StartImport
from shared.services.automations.listings import Listings
from shared.services.automations.presets import GivenPreset, Presets
from shared.services.imports.connector_imports import ConnectorImports
from shared.services.imports.import_events import import_changed
from shared.services.imports.imported_objects import version_of
from shared.services.prompts.prompts import Prompts
from shared.services.records.documents import put
from shared.services.runs.prompt_runs import PromptRuns
from shared.services.runs.waiting.waiting_runs import WaitingRuns
from tests.unit.services.connectors.memory_stores import MOMENT
from tests.unit.services.connectors.world import World
from tests.unit.services.notifications.webhook_world import Announced, VirtualTime
from tests.unit.services.run_world import add_prompt, keep_media, resolve
from tests.unit.services.storage import ANNA, SubmittedJobs

BUCKET = "films"


class AutomationWorld(World):
    """``announces``: the bucket announces its objects. Otherwise its prefixes are listed."""

    def __init__(self, folder: Path, *, announces: bool = False) -> None:
        super().__init__(folder)
        self.announces = announces
        self.now = VirtualTime()
        self.timer = Announced()
        self.jobs = SubmittedJobs()
        self.prompt_runs = PromptRuns(self.documents, self.jobs, resolve)
        self.imports = ConnectorImports(self.documents, self.jobs, self.connections)
        self.records = AutomationRecords(self.documents, self.timer)
        self.automations = ImportAutomations(
            self.documents,
            self.records,
            self.connections,
            Presets(Prompts(self.documents, _no_writer), resolve),
            lambda connector: connector.address.bucket if self.announces else None,
            now=self.now,
        )
        self.exports = ExportAutomations(self.documents, self.connections)
        self.announcements = ObjectAnnouncements(self.documents, self.records, now=self.now)
        self.runs = ImportRuns(
            self.documents, self.prompt_runs, WaitingRuns(self.documents, self.jobs), now=self.now
        )
        self.checks = self.checks_with(self.imports.start)
        self.index_id = self.new_index()
        self.connector = self.create()

    def checks_with(self, start: StartImport) -> ImportChecks:
        return ImportChecks(
            self.documents,
            self.records,
            Listings(self.documents, self.browsing, self.connections),
            ImportStarts(self.documents, start),
            self.runs,
            self.automations.bucket_of,
            now=self.now,
        )

    def new_index(self, caller: Caller = ANNA) -> str:
        index_id, tenant = new_id(INDEX), caller.tenant_id
        index = Index(
            index_id=index_id,
            tenant_id=tenant,
            user_id=caller.user_id,
            name=index_id,
            created_at=timestamp(),
        )
        self.documents.write(put(keys.index(tenant, index_id), index))
        return index_id

    def new_prompt(self) -> Prompt:
        return add_prompt(self.documents, ANNA)

    def save(
        self,
        interval: DebounceInterval = DebounceInterval.FIVE_MINUTES,
        *,
        prompt: Prompt | None = None,
        connector: Connector | None = None,
        **settings: Any,
    ) -> ImportAutomation:
        chosen = ImportSettings(
            connector_id=(connector or self.connector).connector_id, debounce_interval=interval, **settings
        )
        preset = GivenPreset(prompt_id=prompt.prompt_id) if prompt else None
        return self.automations.save(ANNA, self.index_id, chosen, preset).automation

    def automation(self) -> ImportAutomation:
        return self.automations.get(ANNA, self.index_id).automation

    def last(self) -> tuple[str, str | None]:
        """Return action and code of the last result."""
        newest = self.automation().history[0]
        return newest.action.value, newest.code

    def put(self, *names: str, content: bytes = b"film") -> None:
        for name in names:
            self.stores.buckets[BUCKET][name] = content

    def announce(self, *names: str) -> None:
        for name in names:
            self.announcements.object_announced(BUCKET, name)

    def due(self) -> list[Due]:
        """Return all due work, the earliest first."""
        found = [due for shard in range(SHARDS) for due in self.documents.every(Due, keys.due(shard))]
        return sorted(found, key=lambda due: due.due_at)

    def run_for(self, span: timedelta) -> None:
        """Do the work that becomes due in a span of time, each at its time."""
        end = self.now.moment + span
        while (due := self.due()) and due[0].due_at <= isoformat(end):
            self.now.moment = max(self.now.moment, datetime.fromisoformat(due[0].due_at))
            self.checks.handle(due[0])
        self.now.moment = end

    def import_jobs(self) -> list[ImportJob]:
        return self.documents.every(ImportJob, keys.import_job(ANNA.tenant_id))

    def prompt_run_records(self) -> list[PromptRun]:
        return self.documents.every(PromptRun, keys.prompt_run(ANNA.tenant_id))

    def finish(
        self,
        job: ImportJob,
        *,
        media: int = 1,
        phase: ImportPhase = ImportPhase.COMPLETED,
        first: int = 0,
    ) -> Sequence[str]:
        """End an import that has brought pictures, from the ordinal ``first`` on. Return the ids of its
        media."""
        ordinals = range(first, first + media)
        made = [imported_media_id(job.job_id, ordinal) for ordinal in ordinals]
        for ordinal, media_id in zip(ordinals, made, strict=True):
            keep_media(self.documents, _picture(job, media_id))
            output = _output(job, media_id, ordinal)
            self.documents.write(put(keys.import_output(job.tenant_id, job.job_id, ordinal, 0), output))

        def ended(stored: ImportJob) -> ImportJob:
            stored.phase = phase
            stored.status = _STATUSES[phase]
            return stored

        key = keys.import_job(job.tenant_id, job.job_id)
        self.documents.update(ImportJob, key, ended, further=import_changed)
        return made

    def retry(self, job: ImportJob) -> ImportJob:
        """Begin another attempt of an import that has ended."""

        def retried(stored: ImportJob) -> ImportJob:
            changes = {"attempt": stored.attempt + 1, "started_at": timestamp()}
            pending = {"status": ImportStatus.PENDING, "phase": ImportPhase.QUEUED}
            return stored.model_copy(update=changes | pending)

        self.documents.update(ImportJob, keys.import_job(job.tenant_id, job.job_id), retried)
        return self.import_jobs()[-1]

    def fail(self, job: ImportJob, *names: str, retryable: bool = True) -> None:
        """End an import in which files of the bucket failed, and no other file was imported."""
        objects = self.stores.buckets[BUCKET]
        reason = ImportFailure(
            code="connector_no_answer", message="", stage=ImportStage.FETCH, retryable=retryable
        )
        failed = [
            ImportFile(
                file_id=f"fil_{ordinal}",
                job_id=job.job_id,
                ordinal=ordinal,
                file_name=name,
                path=name,
                version=version_of(StoredObject(name, len(objects[name]), MOMENT)),
                status=FileStatus.FAILED,
                failure=reason,
            )
            for ordinal, name in enumerate(names)
        ]
        for file in failed:
            self.documents.write(put(keys.import_file(job.tenant_id, job.job_id, file.ordinal), file))
        progress, head = ImportProgress(failed=len(failed)), ImportHead(failed_files=failed)

        def with_failures(stored: ImportJob) -> ImportJob:
            return stored.model_copy(update={"progress": progress, "head": head})

        self.documents.update(ImportJob, keys.import_job(job.tenant_id, job.job_id), with_failures)
        self.finish(job, media=0, phase=ImportPhase.FAILED)

    def tell(self) -> None:
        """Give all events to the consumer, also those that it has had before."""
        self.runs.consume(self.documents.every(Event, keys.event(ANNA.tenant_id)))


_STATUSES = {
    ImportPhase.COMPLETED: ImportStatus.COMPLETED,
    ImportPhase.COMPLETED_WITH_FAILURES: ImportStatus.COMPLETED,
    ImportPhase.FAILED: ImportStatus.FAILED,
    ImportPhase.CANCELLED: ImportStatus.CANCELLED,
}


def _picture(job: ImportJob, media_id: str) -> Media:
    now = timestamp()
    return Media(
        media_id=media_id,
        tenant_id=job.tenant_id,
        user_id=job.user_id,
        index_id=job.index_id,
        import_job_id=job.job_id,
        title="leaf",
        file_name="leaf.png",
        media_type=MediaType.IMAGE,
        content_hash="0" * 64,
        playback_key=f"media/{media_id}",
        playback_type="image/png",
        created_at=now,
        updated_at=now,
    )


def _output(job: ImportJob, media_id: str, ordinal: int) -> ImportOutput:
    return ImportOutput(
        job_id=job.job_id,
        file_id=f"fil_{ordinal}",
        file_name="leaf.png",
        source_ordinal=ordinal,
        part_index=0,
        part_count=1,
        source_start_seconds=0.0,
        source_end_seconds=0.0,
        media_id=media_id,
        title="leaf",
        status=OutputStatus.COMPLETED,
        attempt=job.attempt,
    )


def _no_writer() -> Any:
    raise AssertionError("no prompt is written here")
