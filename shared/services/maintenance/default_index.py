"""Making of the default index: the sample is imported and processed as a tenant's media are."""

from enum import StrEnum
from pathlib import Path
from typing import Final

from shared.domain import default_index, keys
from shared.domain.access import Caller, Scope
from shared.domain.errors import Unavailable
from shared.domain.ids import IMPORT_JOB, PROMPT_RUN
from shared.domain.imports.import_job import ImportJob, ImportStatus, SourceKind
from shared.domain.prompts.rules import DEFAULT_PROMPT
from shared.domain.runs.prompt_run import PromptRun, RunOptions, RunStatus
from shared.domain.runs.targets import IndexTarget
from shared.ports.blobs import Blobs
from shared.services.imports.identifiers import import_source_key
from shared.services.imports.intake import Imports
from shared.services.library.indexes import Indexes
from shared.services.records.documents import Documents
from shared.services.runs.prompt_runs import PromptRuns

_MAX_ATTEMPTS: Final = 9
_TITLE: Final = "Sample reel"
_OWNER: Final = Caller(
    tenant_id=default_index.TENANT, user_id=default_index.USER, scopes=frozenset({Scope.WRITE})
)


class MakingStage(StrEnum):
    IMPORTING = "importing"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


class DefaultIndexMaker:
    """Makes the default index, step by step. The records hold the state, so it resumes after a crash.

    Its ids follow from fixed seeds, so each step has its effect once. A failed import, and a run with any
    failure, is not repeated by the same object. The next object, at the next start of the server, makes
    another attempt.
    """

    def __init__(
        self,
        documents: Documents,
        blobs: Blobs,
        indexes: Indexes,
        imports: Imports,
        prompt_runs: PromptRuns,
        processing_model: str,
    ) -> None:
        self._documents = documents
        self._blobs = blobs
        self._indexes = indexes
        self._imports = imports
        self._prompt_runs = prompt_runs
        self._processing_model = processing_model
        self._import_attempt: int | None = None
        self._run_attempt: int | None = None

    def is_made(self) -> bool:
        """Return whether a run over the sample has ended with results."""
        return any(_has_results(run) for run in self._runs())

    def is_complete(self) -> bool:
        """Return whether a run over the sample has ended without any failure, or no attempt is left."""
        runs = self._runs()
        return any(_has_every_result(run) for run in runs) or (
            len(runs) == _MAX_ATTEMPTS and all(run.status.is_terminal for run in runs)
        )

    def advance(self, sample: Path) -> MakingStage:
        """Start the next step, if the previous one has ended. Return the present stage.

        Raises: Unavailable: a store does not answer, or the disk is full. OSError: the sample cannot be read.
        """
        if self._import_attempt is None:
            self._import_attempt = self._next_import()
        job = self._import_job(self._import_attempt) or self._start_import(self._import_attempt, sample)
        if not job.status.is_terminal:
            return MakingStage.IMPORTING
        if job.status is not ImportStatus.COMPLETED:
            return MakingStage.FAILED
        if self._run_attempt is None:
            self._run_attempt = self._next_run()
        run = self._run(self._run_attempt) or self._start_run(self._run_attempt)
        if not run.status.is_terminal:
            return MakingStage.PROCESSING
        return MakingStage.DONE if _has_results(run) else MakingStage.FAILED

    def _next_import(self) -> int:
        """Return the first attempt that has not failed, or the last one."""
        for attempt in range(1, _MAX_ATTEMPTS):
            job = self._import_job(attempt)
            if job is None or not job.status.is_terminal or job.status is ImportStatus.COMPLETED:
                return attempt
        return _MAX_ATTEMPTS

    def _next_run(self) -> int:
        """Return the first attempt that had no failure so far, or the last one."""
        for attempt in range(1, _MAX_ATTEMPTS):
            run = self._run(attempt)
            if run is None or not run.status.is_terminal or _has_every_result(run):
                return attempt
        return _MAX_ATTEMPTS

    def _start_import(self, attempt: int, sample: Path) -> ImportJob:
        seed = default_index.seed(attempt)
        content = sample.read_bytes()
        index = self._indexes.create(
            _OWNER, default_index.NAME, seed=default_index.seed(1), description=default_index.DESCRIPTION
        )
        source_key = import_source_key(default_index.TENANT, seed)
        try:
            self._blobs.write(source_key, content, "video/mp4")
        except OSError as error:
            raise Unavailable(f"The sample cannot be stored: {error.strerror}.") from error
        return self._imports.accept_stored(
            _OWNER,
            source_key=source_key,
            file_name=sample.name,
            size=len(content),
            title=_TITLE,
            index_id=index.index_id,
            kind=SourceKind.UPLOAD,
            seed=seed,
        )

    def _start_run(self, attempt: int) -> PromptRun:
        """Start the run. Its extractor is the built-in one even if a language model is configured: results
        are the same everywhere, and nothing is sent to an endpoint that a user pays for."""
        return self._prompt_runs.execute(
            _OWNER,
            DEFAULT_PROMPT.prompt_id,
            IndexTarget.of(default_index.INDEX_ID),
            RunOptions(processing_model=self._processing_model),
            run_id=_run_id(attempt),
        )

    def _import_job(self, attempt: int) -> ImportJob | None:
        job_id = f"{IMPORT_JOB}_{default_index.seed(attempt)}"
        return self._documents.get(ImportJob, keys.import_job(default_index.TENANT, job_id))

    def _runs(self) -> list[PromptRun]:
        run_keys = [
            keys.prompt_run(default_index.TENANT, _run_id(attempt)) for attempt in range(1, _MAX_ATTEMPTS + 1)
        ]
        return self._documents.get_many(PromptRun, run_keys)

    def _run(self, attempt: int) -> PromptRun | None:
        return self._documents.get(PromptRun, keys.prompt_run(default_index.TENANT, _run_id(attempt)))


def _run_id(attempt: int) -> str:
    return f"{PROMPT_RUN}_{default_index.seed(attempt)}"


def _has_results(run: PromptRun) -> bool:
    return run.status in (RunStatus.COMPLETED, RunStatus.COMPLETED_WITH_FAILURES)


def _has_every_result(run: PromptRun) -> bool:
    """Return whether nothing failed: neither a segment, nor a transcription or an embedding of one."""
    failures = run.field_extraction_failures + run.transcription_failures + run.image_embedding_failures
    return run.status is RunStatus.COMPLETED and not failures
