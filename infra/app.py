"""``python -m infra.app [-c name=value ...]``: synthesise every stack; what the ``cdk`` command runs too."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from infra import choices
from infra.node import NodeMissing, check_node


def main(arguments: Sequence[str] | None = None) -> int:
    """``arguments`` None are the process's own. Prints a line a stack with its number of resources. 1 when a
    rule is broken, 2 when it cannot run."""
    given = choices.parser("python -m infra.app", "Synthesise the AWS stacks.").parse_args(arguments).context
    try:
        check_node()
        chosen = choices.split(given)
    except (NodeMissing, choices.UnknownChoice) as error:
        print(error, file=sys.stderr)
        return 2
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")  # it still works there
    from infra.synthesis import (  # noqa: PLC0415 - starts Node
        NotBuilt,
        RulesBroken,
        application,
        resource_counts,
        synthesise,
    )

    try:
        assembly = synthesise(application(Path(os.environ.get("CDK_OUTDIR", "cdk.out")), chosen))
    except ValidationError as error:
        print(f"This cannot be deployed:\n{choices.described(error)}", file=sys.stderr)
        return 2
    except choices.UnknownChoice as error:
        print(error, file=sys.stderr)
        return 2
    except (RulesBroken, NotBuilt) as error:
        print(error, file=sys.stderr)
        return 1
    for stack, count in resource_counts(assembly).items():
        print(f"{stack}: {count} resources")
    return 0


if __name__ == "__main__":
    sys.exit(main())
