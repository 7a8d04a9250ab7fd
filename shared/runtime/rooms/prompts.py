"""Services over prompt definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.ports.models import PromptWriter
    from shared.services.prompts.prompts import Prompts


class PromptsRoom(Room):
    @lazy
    def definitions(self) -> Prompts:
        from shared.services.prompts.prompts import Prompts

        return Prompts(self._documents, self._build_writer)

    def _build_writer(self) -> PromptWriter:
        from shared.models.catalogue import build_prompt_writer

        return build_prompt_writer(self._ports.settings, self._ports.llm_key)
