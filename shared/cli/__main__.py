"""``python -m shared.cli``: the commands."""

import sys

import typer

from shared.cli import aws
from shared.cli.dead_letters import dead_letters
from shared.cli.demo.command import demo
from shared.cli.documentation import documentation
from shared.cli.invocation import invocation
from shared.cli.keys import keys
from shared.cli.moves.command import move
from shared.cli.moves.to_aws import move_to_aws
from shared.cli.openapi import openapi
from shared.cli.reindex import reindex
from shared.cli.serve import serve
from shared.cli.upgrade import upgrade
from shared.domain.errors import Unavailable

application = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)
application.command()(serve)
application.command()(demo)
application.command()(reindex)
application.command()(upgrade)
application.command()(dead_letters)
application.command()(move)
application.command()(move_to_aws)
application.command()(openapi)
application.command()(documentation)
application.add_typer(keys, name="keys")


def main() -> None:
    """Run a command. An error that AWS reports ends it with a message instead of a traceback."""
    try:
        application(prog_name=invocation())
    except aws.error_types() as error:
        sys.exit(aws.describe_error(error))
    except Unavailable as error:
        sys.exit(error.message)


if __name__ == "__main__":
    main()
