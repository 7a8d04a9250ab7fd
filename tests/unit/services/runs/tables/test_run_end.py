"""Run tables at the end of a run, after a retry and after a deletion, with the real pipeline."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shared.domain import blob_keys
from shared.domain.ids import new_id
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun, RunStatus, SegmentResult
from shared.ports.jobs import Interrupted
from shared.services.runs.pipeline.run_coordinator import RunCoordinator
from shared.services.runs.tables.tables import RunTables
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.tables.table_runs import add_table_run, rows, table_rows
from tests.unit.services.storage import ANNA, StopAfter, never
