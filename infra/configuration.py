"""What a deployment may choose, each by ``cdk deploy -c name=value``; nothing has to be chosen."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field


class Size(StrEnum):
    """``idle-zero`` keeps running costs near nothing while unused; ``standard`` is for an archive at work."""

    IDLE_ZERO = "idle-zero"
    STANDARD = "standard"


class Configuration(BaseModel):
    """The account is the one that deploys, so that nothing is looked up while synthesising."""

    model_config = ConfigDict(frozen=True)

    name: str = Field("video-archive", pattern=r"^[a-z][a-z0-9-]{1,30}$", description="Begins stack names.")
    region: str = Field("eu-central-1", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="Of every stack.")
    size: Size = Field(Size.IDLE_ZERO, description="What is kept ready, and for how long copies are kept.")
    deletion_protection: bool = Field(
        True, description="Refuse to delete the stacks and the table until this is turned off."
    )

    @property
    def access_log_days(self) -> int:
        return _ACCESS_LOG_DAYS[self.size]

    @classmethod
    def read(cls, choice: Callable[[str], Any]) -> "Configuration":
        """``choice`` gives the value of a name, or None. Raises: pydantic.ValidationError."""
        given = {name: choice(name) for name in cls.model_fields}
        return cls.model_validate({name: value for name, value in given.items() if value is not None})


_ACCESS_LOG_DAYS: Final = {Size.IDLE_ZERO: 30, Size.STANDARD: 365}
