"""What functions are made of, built without Docker by ``layers.build``."""

import hashlib
import platform
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from infra.configuration import Configuration
from layers import build, locked

_OURS: Final = ("functions", "shared")
_BUILDERS: Final = sorted((locked.REPOSITORY / "layers").glob("*.py"))


@jsii.implements(ILocalBundling)
class _LayerPackages:
    def __init__(self, name: str, configuration: Configuration) -> None:
        self._name = name
        self._here = configuration.emulator

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        build.build_layer(self._name, Path(output_dir), here=self._here)
        return True


@jsii.implements(ILocalBundling)
class _Modules:
    def __init__(self, configuration: Configuration) -> None:
        self._here = configuration.emulator

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        build.build_code(Path(output_dir), python=sys.executable if self._here else build.PYTHON_VERSION)
        return True


def architecture(layer: str, configuration: Configuration) -> lambda_.Architecture:
    """Of functions with the layer. An emulator runs them here, with the interpreter that runs this."""
    on_x86 = build.platform_of(layer) == build.X86_64
    if configuration.emulator:
        on_x86 = platform.machine() == "x86_64"
    return lambda_.Architecture.X86_64 if on_x86 else lambda_.Architecture.ARM_64


def layer_code(name: str, configuration: Configuration) -> lambda_.Code:
    """The packages of ``layers/<name>/requirements.lock``."""
    lock = locked.lock_file(name)
    return _built(lock.parent, _LayerPackages(name, configuration), [lock, *_BUILDERS], configuration)


def function_code(configuration: Configuration) -> lambda_.Code:
    """Our own modules, the same for every function."""
    folder = locked.REPOSITORY / "functions"
    made_of = [*_our_files(), build.DESCRIPTION, *_BUILDERS]
    return _built(folder, _Modules(configuration), made_of, configuration)


def _built(
    source: Path, builder: ILocalBundling, made_of: Iterable[Path], configuration: Configuration
) -> lambda_.Code:
    """Built again when what it is made of changes, and only then."""
    return lambda_.Code.from_asset(
        str(source),
        asset_hash=_fingerprint(made_of, configuration),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(image=DockerImage.from_registry("never-used"), local=builder),
    )


def _our_files() -> Iterator[Path]:
    for name in _OURS:
        files = (path for path in (locked.REPOSITORY / name).rglob("*") if path.is_file())
        yield from sorted(path for path in files if path.suffix != ".pyc")


def _fingerprint(files: Iterable[Path], configuration: Configuration) -> str:
    """What was built without the interpreter is built again when it is there."""
    here = f"{platform.machine()} {sys.version}" if configuration.emulator else f"{build.can_compile()}"
    digest = hashlib.sha256(here.encode())
    for path in files:
        digest.update(f"{path.relative_to(locked.REPOSITORY)} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
