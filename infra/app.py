"""Command ``python -m infra.app [-c name=value ...]``: synthesise every stack.

The ``cdk`` command runs it too (``app`` in ``cdk.json``). The assembly goes to ``CDK_OUTDIR``, or to
``cdk.out``.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from infra import choices
from infra.node import NodeMissing, use_packaged_node
from infra.site_files import SiteNotBuilt


def main(arguments: Sequence[str] | None = None) -> int:
    """Synthesise the stacks and print each with its number of resources.

    ``arguments`` None means ``sys.argv``. Returns the exit status: 1 if a cdk-nag rule is violated or an
    asset cannot be built, 2 if Node or the built site is missing or a choice is invalid.
    """
    given = (
        choices.argument_parser("python -m infra.app", "Synthesise the AWS stacks.")
        .parse_args(arguments)
        .context
    )
    try:
        use_packaged_node()
        chosen = choices.parse_choices(given)
    except (NodeMissing, choices.UnknownChoice) as error:
        print(error, file=sys.stderr)
        return 2
    from infra.synthesis import (  # noqa: PLC0415 - starts Node
        BuildFailed,
        RuleViolations,
        application,
        resource_counts,
        synthesise,
    )

    try:
        assembly = synthesise(application(Path(os.environ.get("CDK_OUTDIR", "cdk.out")), chosen))
    except ValidationError as error:
        print(f"Invalid choices:\n{choices.describe_errors(error)}", file=sys.stderr)
        return 2
    except (choices.UnknownChoice, SiteNotBuilt) as error:
        print(error, file=sys.stderr)
        return 2
    except (RuleViolations, BuildFailed) as error:
        print(error, file=sys.stderr)
        return 1
    for stack, count in resource_counts(assembly).items():
        print(f"{stack}: {count} resources")
    return 0


if __name__ == "__main__":
    sys.exit(main())
