"""Workflow that deletes one medium or one index in batches."""

from typing import Final

from infra.state_machines.states import JOB, State, caught, ending, jsonata, machine, step
from infra.state_machines.tasks import Tasks

_WAIT_SECONDS: Final = 5


def deletion(tasks: Tasks) -> State:
    """Define the workflow."""
    states = {
        "Remove": step(tasks.functions["deletion"], "All gone?", on_failure=caught("GiveUp")),
        "All gone?": {
            "Type": "Choice",
            "Choices": [{"Condition": jsonata("$states.input.done"), "Next": "Complete"}],
            "Default": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": _WAIT_SECONDS, "Output": JOB, "Next": "Remove"},
        **ending(tasks.functions["complete"], tasks.functions["give_up"]),
    }
    return machine("Delete a medium or an index with all of its data.", "Remove", states, hours=48)
