"""Files that failed in the imports of an automation for a reason that may pass."""

from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel, Field

MAX_IMPORTS: Final = 3
"""Imports in a row in which a file may fail before the automation leaves it alone, in one version."""

_MAX_FILES: Final = 200
"""Files that are remembered. One of them is enough to start an import, which takes all files that are not
imported yet."""


class FailedFiles(BaseModel):
    """In how many imports in a row a file has failed, by the digest of its path and version.

    ``job_id`` is the last import that is counted.
    """

    job_id: str | None = None
    imports: dict[str, int] = Field(default_factory=dict)

    def counted(self, job_id: str, digests: Iterable[int]) -> "FailedFiles":
        """Return the files after an import, in which those with ``digests`` failed. Others are forgotten. An
        import counts once."""
        if job_id == self.job_id:
            return self
        known, others = dict[str, int](), dict[str, int]()
        for name in map(_name, digests):
            if name in self.imports:
                known[name] = self.imports[name] + 1
            elif len(others) < _MAX_FILES:
                others[name] = 1
        first = list((known | others).items())[:_MAX_FILES]
        return FailedFiles(job_id=job_id, imports=dict(first))

    @property
    def to_retry(self) -> frozenset[int]:
        """The digests of files that a further import is to try again."""
        return frozenset(int(name, 16) for name, count in self.imports.items() if count < MAX_IMPORTS)

    def without_retries(self) -> "FailedFiles":
        """Return the files that are left alone. The others were imported meanwhile, or are gone."""
        left = {name: count for name, count in self.imports.items() if count >= MAX_IMPORTS}
        return FailedFiles(job_id=self.job_id, imports=left)


def _name(digest: int) -> str:
    return f"{digest:016x}"
