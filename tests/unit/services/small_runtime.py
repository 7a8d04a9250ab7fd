"""A local runtime with small models."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.lazy import lazy
from shared.ports.models import ModelPack
from shared.runtime import Runtime
from shared.runtime.local import LocalPorts
from shared.settings import Settings
from tests.unit.services.small_models import SmallModels


@dataclass(frozen=True, eq=False)
class SmallPorts(LocalPorts):
    """``LocalPorts`` with small models. Their extractor has the catalogue name ``builtin``."""

    small_models: SmallModels

    @lazy
    def models(self) -> ModelPack:
        return self.small_models.pack("builtin")


def small_runtime(settings: Settings, models: SmallModels) -> Runtime:
    return Runtime(SmallPorts(settings, models))
