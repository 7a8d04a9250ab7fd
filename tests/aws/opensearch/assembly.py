"""OpenSearch with k-NN, assembled from Maven Central once and kept under ``.tools/opensearch``."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.waiting import HANG_TIMEOUT

HERE: Final = Path(__file__).parent
CACHE: Final = HERE.parents[2] / ".tools" / "opensearch"
_PARTS: Final = ("pom.xml", "Server.java")


class NotAssembled(Exception):
    """Why not, for people."""


def class_path() -> str:
    """The server's class path; what is there is used again without a network.

    Raises: NotAssembled: Java or Maven is missing, or Maven Central cannot be reached.
    """
    content = b"".join((HERE / part).read_bytes() for part in _PARTS)
    folder = CACHE / hashlib.sha256(content).hexdigest()[:16]
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _assemble(folder)
    return f"{folder}/classes:{folder}/libraries/*"


def _assemble(folder: Path) -> None:
    missing = [tool for tool in ("java", "javac", "mvn") if shutil.which(tool) is None]
    if missing:
        raise NotAssembled(f"{', '.join(missing)} is not installed (a JDK 17 and Maven 3.8 or newer will do)")
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    libraries, classes = unfinished / "libraries", unfinished / "classes"
    _run("mvn", "-q", "-B", "-f", f"{HERE / 'pom.xml'}", "generate-resources", f"-Dlibraries={libraries}")
    _run("javac", "-nowarn", "-cp", f"{libraries}/*", "-d", f"{classes}", f"{HERE / 'Server.java'}")
    unfinished.rename(folder)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_TIMEOUT, check=False)
    if done.returncode:
        raise NotAssembled(f"{command[0]} failed: {(done.stdout + done.stderr).strip()[-2000:]}")
