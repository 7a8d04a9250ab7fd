"""Limits on the size of rooms, and import-linter's contracts on their order."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.product_copy import REPOSITORY, ProductCopy

MOST_MODULES: Final = 16
MOST_PORTS: Final = 20

PLANTED: Final = {
    "Floors: imports run one way": ("shared/domain/clock.py", "shared.ports.blobs"),
    "Domain: imports nothing of the product and does no I/O": ("shared/domain/ids.py", "shared.settings"),
    "Adapters: named in the composition root only": (
        "functions/api/application.py",
        "shared.adapters.local.blobs",
    ),
    "Settings: read in the composition root, not in services, media or ports": (
        "shared/services/search/search.py",
        "shared.settings",
    ),
    "Rooms of services": ("shared/services/search/hits.py", "shared.services.runs.views"),
    "Rooms of runs": ("shared/services/runs/analysis/content_keys.py", "shared.services.runs.pipeline.plan"),
    "Rooms of exports": ("shared/services/exports/content/written.py", "shared.services.exports.work"),
    "Rooms of imports": ("shared/services/imports/manifest.py", "shared.services.imports.views"),
    "Rooms of the domain": ("shared/domain/schema/paths.py", "shared.domain.prompts.rules"),
    "Rooms of media": ("shared/media/decode/frames.py", "shared.media.derive.playback"),
    "Rooms of models": ("shared/models/vision/tagger.py", "shared.models.embedding.text_embedder"),
    "Rooms of adapters": ("shared/adapters/local/blobs.py", "shared.adapters.aws.errors"),
    "Rooms of the API: a resource imports the Lambda shell from its handler only": (
        "functions/api/prompts/routes.py",
        "functions.api.gateway.events",
    ),
    "Entry points do not import each other": ("functions/api/wire.py", "functions.ingress.application"),
    "Deployment: the product does not import it": ("shared/settings.py", "infra.sizes"),
    "Deployment: the CDK app does not import the product": ("infra/names.py", "shared.domain.keys"),
    "Deployment: layers import neither the CDK app nor the product": (
        "layers/lock_files.py",
        "shared.settings",
    ),
    "Deployment: imports of infra run one way": ("infra/configuration.py", "infra.names"),
    "Deployment: imports of layers run one way": ("layers/native_code.py", "layers.contents"),
}
"""One forbidden import for each contract: the importing module and the module that it must not import."""


SOURCES: Final = (
    ("shared", "*.py"),
    ("functions", "*.py"),
    ("console/src", "*.ts"),
    ("console/src", "*.tsx"),
    ("docs/site/src", "*.ts"),
)
"""The trees whose folders are counted, and the files that count."""


def test_no_folder_exceeds_its_number_of_modules() -> None:
    folders = Counter(
        path.parent.relative_to(REPOSITORY)
        for top, pattern in SOURCES
        for path in (REPOSITORY / top).rglob(pattern)
        if path.is_file() and path.name != "__init__.py"
    )
    limits = {Path("shared/ports"): MOST_PORTS}
    assert {
        str(folder): count for folder, count in folders.items() if count > limits.get(folder, MOST_MODULES)
    } == {}


def test_every_contract_has_planted_import() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    names = {contract["name"] for contract in project["tool"]["importlinter"]["contracts"]}
    assert set(PLANTED) == names


@pytest.mark.slow
def test_imports_against_order_of_rooms_are_refused(tmp_path: Path) -> None:
    product = ProductCopy(tmp_path / "product")
    assert product.broken_contracts() == []
    for module, imported in PLANTED.values():
        product.append(module, f"\nimport {imported}\n")
    assert set(product.broken_contracts()) >= set(PLANTED)


@pytest.mark.slow
def test_room_without_place_in_order_is_refused(tmp_path: Path) -> None:
    product = ProductCopy(tmp_path / "product")
    product.append("shared/services/gadgets/__init__.py", "")
    done = product.python(
        "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"
    )
    assert done.returncode == 1
    assert "gadgets" in done.stdout
