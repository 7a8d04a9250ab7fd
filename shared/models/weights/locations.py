"""Where the weights of a model come from: a configured folder, a registry package, or the model hub.

Packages are found without importing them. What ships in pieces is joined once into the cache folder;
two processes that do it at the same time both end with the same verified files.
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
_BLOCK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Packaged:
    """A file inside an installed package, or several that follow one another.

    ``parts`` are pairs of a package's import name and the path inside it. ``sha256`` is the digest of
    the whole; None where the lock file of the packages already pins it and nothing is joined.
    """

    parts: tuple[tuple[str, str], ...]
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository of the model hub; ``files`` maps our file name to the path there. ``also`` are
    patterns of further files, whose names are kept: how many there are depends on the model's size."""

    repository: str
    files: Mapping[str, str]
    optional: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WeightSource:
    """The files a model needs, under the names it knows them by.

    ``name`` is the folder below ``model_folder``; a model that lies there may lack the ``dispensable``
    files. ``joined`` models want all files in one folder.
    """

    name: str
    files: tuple[str, ...]
    packaged: Mapping[str, Packaged] = field(default_factory=dict)
    hub: Hub | None = None
    joined: bool = False
    dispensable: tuple[str, ...] = ()


class Weights:
    """Resolves sources in order: ``model_folder``, packages, hub (only when it is allowed)."""

    def __init__(self, cache: Path, model_folder: Path | None = None, *, hub: bool = False) -> None:
        self._cache = cache
        self._model_folder = model_folder
        self._hub = hub

    def find(self, source: WeightSource) -> dict[str, Path] | None:
        """Paths of the files by name, or None where the weights cannot be had."""
        return self._configured(source) or self._packaged(source) or self._fetched(source)

    def require(self, source: WeightSource) -> dict[str, Path]:
        """Raises: Unavailable, with what to do about it."""
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
        return paths if set(source.files) <= {*paths, *source.dispensable} else None

    def _packaged(self, source: WeightSource) -> dict[str, Path] | None:
        located: dict[str, list[Path]] = {}
        for name in source.files:
            parts = _locate(source.packaged[name]) if name in source.packaged else None
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

        return published(folder, source.files, write)

    def _fetched(self, source: WeightSource) -> dict[str, Path] | None:
        hub = source.hub
        if hub is None or not self._hub:
            return None
        folder = self._cache / f"{source.name}-{hub.repository.replace('/', '--')}"
        try:
            return published(folder, source.files, lambda target: _download(hub, source.files, target))
        except OSError as error:  # the hub's client reports a network that is down as OSError
            _log.warning("The model hub gave no weights for %s: %s", source.name, error)
            return None


@lru_cache(maxsize=64)
def fingerprint(path: Path) -> str:
    """The sha256 of a file in hex, computed once a process."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _locate(packaged: Packaged) -> list[Path] | None:
    paths = []
    for package, inside in packaged.parts:
        spec = find_spec(package)
        locations = spec.submodule_search_locations if spec else None
        path = Path(locations[0]) / inside if locations else None
        if path is None or not path.is_file():
            return None
        paths.append(path)
    return paths


def _verify(path: Path, sha256: str | None) -> None:
    if sha256 is not None and fingerprint(path) != sha256:
        raise Unavailable(f"{path.name} is not the file that was expected.", code="model_weights_damaged")


def _concatenate(parts: list[Path], target: Path, sha256: str | None) -> None:
    with target.open("wb") as whole:
        for part in parts:
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, whole, _BLOCK)
    _verify(target, sha256)
    fingerprint.cache_clear()  # the path it remembers is about to be renamed


def published(folder: Path, files: tuple[str, ...], write: Callable[[Path], None]) -> dict[str, Path]:
    """Write into a private folder, then rename: readers see all files or none."""
    paths = {name: folder / name for name in files}
    if not all(path.is_file() for path in paths.values()):
        folder.parent.mkdir(parents=True, exist_ok=True)
        private = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            write(private)
            private.chmod(0o755)
            if folder.exists() and not all(path.is_file() for path in paths.values()):
                shutil.rmtree(folder)  # a folder that somebody emptied by hand
            private.rename(folder)
        except OSError:
            if not all(path.is_file() for path in paths.values()):
                raise  # otherwise another process was first, with the same files
        finally:
            shutil.rmtree(private, ignore_errors=True)
    return paths


def _download(hub: Hub, files: tuple[str, ...], target: Path) -> None:
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
    if hub.also:
        try:
            snapshot_download(hub.repository, local_dir=target, allow_patterns=list(hub.also))
        except httpx.HTTPError as error:
            raise OSError(str(error)) from error
        shutil.rmtree(target / ".cache", ignore_errors=True)
