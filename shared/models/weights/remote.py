"""Weights from an S3 prefix, each file verified against a published digest.

``{location}/{source}/SHA256SUMS`` has one line per file, in the format of ``sha256sum``. A worker therefore
runs exactly the files that were published under the prefix, or none.
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
from shared.models.weights.locations import Weights, WeightSource, fingerprint, publish

DIGESTS_FILE: Final = "SHA256SUMS"
_S3_URI: Final = re.compile(r"s3://(?P<bucket>[a-z0-9.-]{3,63})/?(?P<prefix>.*)")
_DIGEST_LINE: Final = re.compile(r"(?P<sha256>[0-9a-f]{64}) [ *](?P<name>[\w.-]+)")


class RemoteWeights(Weights):
    """Looks up weights in ``location`` first. A source without a digests file counts as absent there."""

    def __init__(
        self,
        cache: Path,
        model_folder: Path | None = None,
        location: str | None = None,
        *,
        hub: bool = False,
        client: Any = None,
    ) -> None:
        """Create the lookup. ``client`` is a boto3 S3 client; None creates one at first use.

        Raises:
            ValueError: ``location`` is not an S3 address.
        """
        super().__init__(cache, model_folder, hub=hub)
        self._client = client
        self._uri = None
        if location is not None:
            self._uri = _S3_URI.fullmatch(location)
            if self._uri is None:
                raise ValueError(f"{location!r} is no S3 address")

    def find(self, source: WeightSource) -> dict[str, Path] | None:
        """Return the paths of the files by name, or None if the weights are not available.

        Raises:
            Unavailable: a file does not match its digest (code ``model_weights_damaged``), or S3 refuses
                access (``model_weights_refused``) or does not answer.
        """
        return self._remote(source) or super().find(source)

    def _remote(self, source: WeightSource) -> dict[str, Path] | None:
        if self._uri is None:
            return None
        with _translate_s3_errors(source):
            digests = self._digests(source)
        if digests is None or not set(source.files) <= {*digests, *source.optional}:
            return None
        files = tuple(sorted(digests))
        version = _version_of(digests)
        folder = self._cache / f"{source.name}-{version}"
        with _translate_s3_errors(source):
            return publish(folder, files, lambda target: self._download(source, digests, target))

    def _digests(self, source: WeightSource) -> dict[str, str] | None:
        from botocore.exceptions import ClientError  # type: ignore[import-untyped]

        try:
            answer = self._s3().get_object(Bucket=self._bucket(), Key=self._key(source, DIGESTS_FILE))
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise
        lines = answer["Body"].read().decode("utf-8").splitlines()
        found = [match for line in lines if (match := _DIGEST_LINE.fullmatch(line.strip()))]
        return {match["name"]: match["sha256"] for match in found}

    def _download(self, source: WeightSource, digests: dict[str, str], target: Path) -> None:
        for name, expected in digests.items():
            path = target / name
            self._s3().download_file(self._bucket(), self._key(source, name), str(path))
            if fingerprint(path) != expected:
                raise Unavailable(f"{name} does not match its SHA-256 digest.", code="model_weights_damaged")
        fingerprint.cache_clear()  # the cached paths are about to be renamed

    def _s3(self) -> Any:
        if self._client is None:
            import boto3  # type: ignore[import-untyped]

            self._client = boto3.client("s3")
        return self._client

    def _bucket(self) -> str:
        assert self._uri is not None  # noqa: S101 - called only if there is an address
        return self._uri["bucket"]

    def _key(self, source: WeightSource, name: str) -> str:
        assert self._uri is not None  # noqa: S101 - as above
        prefix = self._uri["prefix"].strip("/")
        return "/".join(part for part in (prefix, source.name, name) if part)


@contextmanager
def _translate_s3_errors(source: WeightSource) -> Iterator[None]:
    """Translate boto3 errors to Unavailable.

    A refusal (4xx) has a code of its own and fails this model only; other errors mean that the work is
    retried.
    """
    from boto3.exceptions import Boto3Error  # type: ignore[import-untyped]
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if 400 <= error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
            message = f"S3 refuses the weights of the model {source.name!r}: {code}"
            raise Unavailable(message, code="model_weights_refused") from error
        raise Unavailable(f"S3 is overloaded ({code}).") from error
    except (BotoCoreError, Boto3Error) as error:
        raise Unavailable(f"S3 does not answer: {type(error).__name__}") from error


def _version_of(digests: dict[str, str]) -> str:
    """Return 12 hex digits that identify a set of files."""
    text = "".join(f"{name}{digests[name]}" for name in sorted(digests))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
