"""Removal of one medium or one index: a piece of it at a time."""

from typing import Final

from infra.state_machines.states import JOB, State, caught, ending, jsonata, machine, step
from infra.state_machines.tasks import Tasks

_WAIT_SECONDS: Final = 5


def deletion(tasks: Tasks) -> State:
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
    return machine("Remove a medium or an index, and all that belongs to it.", "Remove", states, hours=48)
