"""Weights from a prefix in S3, each file checked against the digest that lies beside it.

``{location}/{source}/SHA256SUMS`` has a line a file, as ``sha256sum`` writes them: a worker runs what
whoever filled the prefix meant it to run, or nothing.
"""

# ruff: noqa: PLC0415  boto3 is imported at first use

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from shared.domain.errors import Unavailable
from shared.models.weights.locations import Weights, WeightSource, fingerprint, published

SUMS: Final = "SHA256SUMS"
_ADDRESS: Final = re.compile(r"s3://(?P<bucket>[a-z0-9.-]{3,63})/?(?P<prefix>.*)")
_LINE: Final = re.compile(r"(?P<sha256>[0-9a-f]{64}) [ *](?P<name>[\w.-]+)")


class RemoteWeights(Weights):
    """Looks into ``location`` before everywhere else. A source without digests there is not there."""

    def __init__(
        self,
        cache: Path,
        model_folder: Path | None = None,
        location: str | None = None,
        *,
        hub: bool = False,
        client: Any = None,
    ) -> None:
        """``client`` is boto3's for S3; None makes one. Raises: ValueError: no S3 address."""
        super().__init__(cache, model_folder, hub=hub)
        self._client = client
        self._address = None
        if location is not None:
            self._address = _ADDRESS.fullmatch(location)
            if self._address is None:
                raise ValueError(f"{location!r} is no S3 address")

    def find(self, source: WeightSource) -> dict[str, Path] | None:
        """Raises: Unavailable: a file is not what its digest says (code ``model_weights_damaged``), or S3
        refuses (``model_weights_refused``) or does not answer."""
        return self._remote(source) or super().find(source)

    def _remote(self, source: WeightSource) -> dict[str, Path] | None:
        if self._address is None:
            return None
        with _answering(source):
            sums = self._sums(source)
        if sums is None or not set(source.files) <= {*sums, *source.dispensable}:
            return None
        files = tuple(sorted(sums))
        version = fingerprint_of(sums)
        folder = self._cache / f"{source.name}-{version}"
        with _answering(source):
            return published(folder, files, lambda target: self._download(source, sums, target))

    def _sums(self, source: WeightSource) -> dict[str, str] | None:
        from botocore.exceptions import ClientError  # type: ignore[import-untyped]

        try:
            answer = self._s3().get_object(Bucket=self._bucket(), Key=self._key(source, SUMS))
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise
        lines = answer["Body"].read().decode("utf-8").splitlines()
        found = [match for line in lines if (match := _LINE.fullmatch(line.strip()))]
        return {match["name"]: match["sha256"] for match in found}

    def _download(self, source: WeightSource, sums: dict[str, str], target: Path) -> None:
        for name, expected in sums.items():
            path = target / name
            self._s3().download_file(self._bucket(), self._key(source, name), str(path))
            if fingerprint(path) != expected:
                raise Unavailable(f"{name} is not the file that was expected.", code="model_weights_damaged")
        fingerprint.cache_clear()  # the paths it remembers are about to be renamed

    def _s3(self) -> Any:
        if self._client is None:
            import boto3  # type: ignore[import-untyped]

            self._client = boto3.client("s3")
        return self._client

    def _bucket(self) -> str:
        assert self._address is not None  # noqa: S101 - only asked where there is an address
        return self._address["bucket"]

    def _key(self, source: WeightSource, name: str) -> str:
        assert self._address is not None  # noqa: S101 - as above
        prefix = self._address["prefix"].strip("/")
        return "/".join(part for part in (prefix, source.name, name) if part)


@contextmanager
def _answering(source: WeightSource) -> Iterator[None]:
    """A refusal is this model's failure alone; where S3 does not answer, the work is tried again."""
    from boto3.exceptions import Boto3Error  # type: ignore[import-untyped]
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if 400 <= error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
            said = f"S3 refuses the weights of the model {source.name!r}: {code}"
            raise Unavailable(said, code="model_weights_refused") from error
        raise Unavailable(f"S3 has too much to do just now ({code}).") from error
    except (BotoCoreError, Boto3Error) as error:
        raise Unavailable(f"S3 does not answer: {type(error).__name__}") from error


def fingerprint_of(sums: dict[str, str]) -> str:
    """12 hex digits for a set of files."""
    text = "".join(f"{name}{sums[name]}" for name in sorted(sums))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
