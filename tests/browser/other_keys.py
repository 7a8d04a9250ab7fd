"""Further keys of the server of these tests: of a lower scope, or of another tenant."""

import subprocess
import sys
from pathlib import Path


def created_key(data_folder: Path, scope: str, tenant: str | None = None) -> str:
    """Create a key by the command line, beside the running server."""
    arguments = ["--name", "test", "--scope", scope, "--data", str(data_folder)]
    of_tenant = ["--tenant", tenant] if tenant else []
    created = subprocess.run(
        [sys.executable, "-m", "shared.cli", "keys", "create", *arguments, *of_tenant],
        capture_output=True,
        text=True,
        check=True,
    )
    return created.stdout.splitlines()[-1]
