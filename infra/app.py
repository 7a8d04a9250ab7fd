"""``python -m infra.app [-c name=value ...]``: synthesise every stack; what the ``cdk`` command runs too."""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from infra.configuration import Configuration


def main(arguments: Sequence[str] | None = None) -> int:
    """``arguments`` None are the process's own. Prints a line a stack with its number of resources. 1 when a
    rule is broken, 2 when it cannot run."""
    if shutil.which("node") is None:
        print("The CDK runs on Node, and there is no `node` on the PATH: install Node 22.", file=sys.stderr)
        return 2
    choices = _choices(arguments)
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")  # it still works there
    from infra.synthesis import RulesBroken, application, resource_counts, synthesise  # noqa: PLC0415 - starts Node

    try:
        assembly = synthesise(application(Path(os.environ.get("CDK_OUTDIR", "cdk.out")), choices))
    except ValidationError as error:
        print(f"The deployment's configuration is wrong: {error}", file=sys.stderr)
        return 2
    except RulesBroken as error:
        print(error, file=sys.stderr)
        return 1
    for stack, count in resource_counts(assembly).items():
        print(f"{stack}: {count} resources")
    return 0


def _choices(arguments: Sequence[str] | None) -> dict[str, str]:
    """Ends the process, with 2, for a choice that there is not."""
    parser = argparse.ArgumentParser(prog="python -m infra.app", description="Synthesise the AWS stacks.")
    parser.add_argument(
        "-c", "--context", action="append", default=[], metavar="NAME=VALUE", help="see docs/aws-guide.md"
    )
    chosen = {}
    for each in parser.parse_args(arguments).context:
        name, separator, value = each.partition("=")
        if not separator or name not in Configuration.model_fields:
            parser.error(f"there is no choice {each!r}; there are {', '.join(Configuration.model_fields)}")
        chosen[name] = value
    return chosen


if __name__ == "__main__":
    sys.exit(main())
