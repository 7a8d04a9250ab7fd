"""The preset of an import automation: a prompt as it was when the automation was saved, and run options."""

from pydantic import BaseModel

from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.runs.prompt_run import RunOptions


class PromptPreset(BaseModel):
    """A frozen prompt. A later change or deletion of the prompt ``prompt_id`` does not change it."""

    prompt_id: str
    prompt: PromptDefinition
    options: RunOptions
    captured_at: str
