"""Command ``python -m tests.prerequisites``: say what the tests need of the machine beside Python.

``make test`` runs it before it sets anything up, with any Python, so it imports the standard library only.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from typing import Final

CHROMIUM_NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_JAVA: Final = ("java", "javac", "mvn")
_ENGINES: Final = ("docker", "podman")

NO_CHROMIUM: Final = """\
Chromium, for the tests of the console and the documentation. On Debian or Ubuntu:
    apt-get update && apt-get install -y chromium
  Elsewhere, install Chromium or Chrome and name the program: export CHROMIUM=/path/to/chrome"""

NO_OPENSEARCH: Final = """\
OpenSearch 2.19, for the tests of the AWS adapters. Provide one of these:
    a JDK 17 and Maven 3.8 or newer. On Debian: apt-get install -y openjdk-17-jdk maven
    a container engine: docker or podman
    a server without authentication: export OPENSEARCH_URL=http://127.0.0.1:9200"""


def find_chromium() -> "str | None":
    """Return the path of Chromium. The variable ``CHROMIUM`` names another program."""
    names = (os.environ.get("CHROMIUM"), *CHROMIUM_NAMES)
    return next((path for name in names if name and (path := shutil.which(name))), None)


def missing() -> Iterator[str]:
    """Yield what is missing, each with the way to get it."""
    if find_chromium() is None:
        yield NO_CHROMIUM
    has_java = all(shutil.which(tool) for tool in _JAVA)
    has_engine = any(shutil.which(engine) for engine in _ENGINES)
    if not (has_java or has_engine or os.environ.get("OPENSEARCH_URL")):
        yield NO_OPENSEARCH


def main() -> int:
    found = list(missing())
    if not found:
        return 0
    listed = "".join(f"- {each}\n" for each in found)
    sys.stderr.write(f"The tests need, beside Python:\n{listed}`make check` runs without them.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
