"""Functions use services of exports and clips, but no package that only the worker has."""

import subprocess
import sys
from typing import Final

import pytest

ONLY_IN_WORKER: Final = ("av", "cv2", "numpy", "onnxruntime", "PIL", "pyarrow", "scenedetect")

PROGRAM: Final = """
import sys
sys.modules.update(dict.fromkeys({packages!r}))
from shared.runtime.aws import aws_runtime
from shared.settings import Settings
runtime = aws_runtime(Settings(
    records_table="records", media_bucket="media", encryption_key_arn="key", event_topic="topic",
    import_batches_queue="https://queue", import_listings_queue="https://queue", due_work_queue="https://queue",
))
{uses}
"""
"""A module that is None in ``sys.modules`` cannot be imported."""

USES: Final = {
    "api-exports": "runtime.exports.exports, runtime.exports.downloads",
    "api-editing": "runtime.editing.clips, runtime.editing.cut_lists, runtime.editing.transcripts",
    "events-automation-exports": "runtime.automations.run_exports",
    "events-due-work": "runtime.exports.expiry, runtime.editing.clip_erasure",
    "events-job-sweeper": "runtime.exports.work, runtime.editing.clip_failures",
    "pipeline-deletion": "runtime.exports.erasure, runtime.editing.clip_erasure",
    "pipeline-finish": "runtime.runs.tables",
}


@pytest.mark.slow
def test_services_of_functions_need_no_package_of_worker() -> None:
    program = PROGRAM.format(packages=ONLY_IN_WORKER, uses="\n".join(USES.values()))
    environment = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
