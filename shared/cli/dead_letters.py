"""The ``dead-letters`` command: list events that a consumer could not take, and give them to it again."""

import sys
from typing import Annotated

import typer

from shared.cli.configuration import DataFolder, configured, require_records
from shared.domain.errors import DomainError
from shared.domain.events.dead_letter import DeadLetter
from shared.runtime.local import local_runtime
from shared.runtime.local_archive import make_current_beside_server


def dead_letters(
    data: DataFolder = None,
    consumer: Annotated[str, typer.Option(help="Name of the consumer.")] = "webhooks",
    retry: Annotated[bool, typer.Option(help="Give the listed events to the consumer again.")] = False,
) -> None:
    """List events that a consumer failed to take, such as the fan-out of webhooks."""
    settings = configured(data_folder=data)
    require_records(settings)
    runtime = local_runtime(settings)
    try:
        make_current_beside_server(runtime)
    except DomainError as error:
        print(error.message, file=sys.stderr)
        raise typer.Exit(1) from error
    letters = runtime.notifications.dead_letters
    count = 0
    for letter in letters.each(consumer):
        count += 1
        print(_line(letter))
        if retry and not letters.retry(letter):
            print(f"  {letter.event_id} no longer exists, and its dead letter is deleted.")
    print(f"{count} dead letters of {consumer}{', given to it again' if retry and count else ''}.")


def _line(letter: DeadLetter) -> str:
    fields = (letter.created_at, letter.event_id, letter.event_type, letter.tenant_id, letter.error)
    return "  ".join((*fields, f"{letter.attempts} tries"))
