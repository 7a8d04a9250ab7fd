"""Lambda assets: layers and function code, built without Docker by ``layers.build``."""

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
from layers import build, lock_files

_SOURCE_PACKAGES: Final = ("functions", "shared")
_BUILDERS: Final = sorted((lock_files.REPOSITORY / "layers").glob("*.py"))


@jsii.implements(ILocalBundling)
class _LayerBundling:
    def __init__(self, name: str, configuration: Configuration) -> None:
        self._name = name
        self._emulator = configuration.emulator

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        build.build_layer(self._name, Path(output_dir), here=self._emulator)
        return True


@jsii.implements(ILocalBundling)
class _CodeBundling:
    def __init__(self, configuration: Configuration) -> None:
        self._emulator = configuration.emulator

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        build.build_code(Path(output_dir), python=sys.executable if self._emulator else build.PYTHON_VERSION)
        return True


def architecture(layer: str, configuration: Configuration) -> lambda_.Architecture:
    """Return the processor architecture of functions that use ``layer``.

    An emulator runs functions on this machine, with the interpreter that runs this code.
    """
    on_x86 = build.platform_of(layer) == build.X86_64
    if configuration.emulator:
        on_x86 = platform.machine() == "x86_64"
    return lambda_.Architecture.X86_64 if on_x86 else lambda_.Architecture.ARM_64


def layer_code(name: str, configuration: Configuration) -> lambda_.Code:
    """Build the layer from the packages in ``layers/<name>/requirements.lock``."""
    lock = lock_files.lock_file(name)
    return _asset(lock.parent, _LayerBundling(name, configuration), [lock, *_BUILDERS], configuration)


def function_code(configuration: Configuration) -> lambda_.Code:
    """Build the code asset: the project's own modules, the same for every function."""
    folder = lock_files.REPOSITORY / "functions"
    inputs = [*_source_files(), build.OPENAPI_DOCUMENT, *_BUILDERS]
    return _asset(folder, _CodeBundling(configuration), inputs, configuration)


def _asset(
    source: Path, builder: ILocalBundling, inputs: Iterable[Path], configuration: Configuration
) -> lambda_.Code:
    """Bundle an asset that is rebuilt only when one of its inputs changes."""
    return lambda_.Code.from_asset(
        str(source),
        asset_hash=_fingerprint(inputs, configuration),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(image=DockerImage.from_registry("never-used"), local=builder),
    )


def _source_files() -> Iterator[Path]:
    for name in _SOURCE_PACKAGES:
        files = (path for path in (lock_files.REPOSITORY / name).rglob("*") if path.is_file())
        yield from sorted(path for path in files if path.suffix != ".pyc")


def _fingerprint(files: Iterable[Path], configuration: Configuration) -> str:
    """Hash the inputs and the build environment.

    The hash includes whether Lambda's Python version is installed here. An asset that was built without byte
    code is therefore rebuilt once the interpreter is available.
    """
    environment = (
        f"{platform.machine()} {sys.version}" if configuration.emulator else f"{build.can_compile()}"
    )
    digest = hashlib.sha256(environment.encode())
    for path in files:
        digest.update(f"{path.relative_to(lock_files.REPOSITORY)} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
