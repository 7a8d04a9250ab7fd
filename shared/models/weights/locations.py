"""Lookup of model weights: a configured folder, an installed package, or the model hub.

Packages are located without being imported. Weights that ship in parts are joined once into the cache folder.
Two processes that join the same weights at the same time both end with the same verified files.
"""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from shared.domain.errors import Unavailable

_log = logging.getLogger(__name__)
_BLOCK_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file inside an installed package, or several parts that are concatenated.

    ``parts`` are pairs of a package's import name and the path inside that package. ``sha256`` is the digest
    of the joined file; None if nothing is joined and the lock file of the packages already pins the content.
    """

    parts: tuple[tuple[str, str], ...]
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class HubRepository:
    """A repository of the model hub.

    ``files`` maps our file names to paths in the repository. ``optional`` names the files that the repository
    may lack. ``patterns`` match further files, which keep their names; their number depends on the model's
    size.
    """

    repository: str
    files: Mapping[str, str]
    optional: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WeightSource:
    """The files that a model needs, by the names that the model's code uses.

    ``name`` is also the folder below ``model_folder``; weights in that folder may lack the ``optional``
    files. ``joined`` models require all files in one folder.
    """

    name: str
    files: tuple[str, ...]
    packaged: Mapping[str, PackagedFile] = field(default_factory=dict)
    hub: HubRepository | None = None
    joined: bool = False
    optional: tuple[str, ...] = ()


class Weights:
    """Resolves weight sources in order: ``model_folder``, installed packages, the hub if allowed."""

    def __init__(self, cache: Path, model_folder: Path | None = None, *, hub: bool = False) -> None:
        self._cache = cache
        self._model_folder = model_folder
        self._hub = hub

    def find(self, source: WeightSource) -> dict[str, Path] | None:
        """Return the paths of the files by name, or None if the weights are not available."""
        return self._configured(source) or self._packaged(source) or self._fetched(source)

    def require(self, source: WeightSource) -> dict[str, Path]:
        """Return the paths of the files by name.

        Raises:
            Unavailable: the weights are missing; the message says how to provide them.
        """
        found = self.find(source)
        if found is None:
            folder = self._model_folder or "VIDEOVECTOR_SERVER_MODEL_FOLDER"
            raise Unavailable(
                f"The weights of the model {source.name!r} are missing. Install the model packages, or put "
                f"{', '.join(source.files)} into {folder}/{source.name}, or allow the model hub.",
                code="model_weights_missing",
            )
        return found

    def _configured(self, source: WeightSource) -> dict[str, Path] | None:
        if self._model_folder is None:
            return None
        folder = self._model_folder / source.name
        paths = {name: folder / name for name in source.files if (folder / name).is_file()}
        return paths if set(source.files) <= {*paths, *source.optional} else None

    def _packaged(self, source: WeightSource) -> dict[str, Path] | None:
        located: dict[str, list[Path]] = {}
        for name in source.files:
            parts = _installed_paths(source.packaged[name]) if name in source.packaged else None
            if parts is None:
                return None
            located[name] = parts
        if source.joined:
            return self._join(source, located)
        for name, parts in located.items():
            _verify(parts[0], source.packaged[name].sha256)
        return {name: parts[0] for name, parts in located.items()}

    def _join(self, source: WeightSource, located: Mapping[str, list[Path]]) -> dict[str, Path]:
        digests = "".join(f"{name}{source.packaged[name].sha256}" for name in source.files)
        folder = self._cache / f"{source.name}-{hashlib.sha256(digests.encode()).hexdigest()[:12]}"

        def write(target: Path) -> None:
            for name, parts in located.items():
                _concatenate(parts, target / name, source.packaged[name].sha256)

        return publish(folder, source.files, write)

    def _fetched(self, source: WeightSource) -> dict[str, Path] | None:
        hub = source.hub
        if hub is None or not self._hub:
            return None
        folder = self._cache / f"{source.name}-{hub.repository.replace('/', '--')}"
        try:
            return publish(folder, source.files, lambda target: _download(hub, source.files, target))
        except OSError as error:  # the hub's client raises OSError if the network is down
            _log.warning("The model hub returned no weights for %s: %s", source.name, error)
            return None


@lru_cache(maxsize=64)
def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file in hex, computed once per process."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _installed_paths(packaged: PackagedFile) -> list[Path] | None:
    paths = []
    for package, path_inside in packaged.parts:
        spec = find_spec(package)
        locations = spec.submodule_search_locations if spec else None
        path = Path(locations[0]) / path_inside if locations else None
        if path is None or not path.is_file():
            return None
        paths.append(path)
    return paths


def _verify(path: Path, sha256: str | None) -> None:
    if sha256 is not None and fingerprint(path) != sha256:
        raise Unavailable(f"{path.name} does not match its SHA-256 digest.", code="model_weights_damaged")


def _concatenate(parts: list[Path], target: Path, sha256: str | None) -> None:
    with target.open("wb") as joined_file:
        for part in parts:
            with part.open("rb") as part_file:
                shutil.copyfileobj(part_file, joined_file, _BLOCK_BYTES)
    _verify(target, sha256)
    fingerprint.cache_clear()  # the cached path is about to be renamed


def publish(folder: Path, files: tuple[str, ...], write: Callable[[Path], None]) -> dict[str, Path]:
    """Write files into a staging folder and rename it: readers see all files or none."""
    paths = {name: folder / name for name in files}
    if not all(path.is_file() for path in paths.values()):
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            write(staging)
            staging.chmod(0o755)
            if folder.exists() and not all(path.is_file() for path in paths.values()):
                shutil.rmtree(folder)  # an incomplete folder, such as one emptied by hand
            staging.rename(folder)
        except OSError:
            if not all(path.is_file() for path in paths.values()):
                raise  # otherwise another process has published the same files
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return paths


def _download(hub: HubRepository, files: tuple[str, ...], target: Path) -> None:
    import httpx
    from huggingface_hub import hf_hub_download, snapshot_download
    from huggingface_hub.errors import RemoteEntryNotFoundError

    for name in (*files, *hub.optional):
        try:
            fetched = hf_hub_download(hub.repository, hub.files[name], local_dir=target / ".hub")
        except RemoteEntryNotFoundError:
            if name not in hub.optional:
                raise
        except httpx.HTTPError as error:
            raise OSError(str(error)) from error
        else:
            shutil.move(fetched, target / name)
    shutil.rmtree(target / ".hub", ignore_errors=True)
    if hub.patterns:
        try:
            snapshot_download(hub.repository, local_dir=target, allow_patterns=list(hub.patterns))
        except httpx.HTTPError as error:
            raise OSError(str(error)) from error
        shutil.rmtree(target / ".cache", ignore_errors=True)
