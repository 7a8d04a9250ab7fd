"""``python -m infra.app``: synthesise every stack; what the ``cdk`` command runs too."""

import os
import shutil
import sys
from pathlib import Path

from pydantic import ValidationError


def main() -> int:
    """Prints a line a stack with its number of resources. 1 when a rule is broken, 2 when it cannot run."""
    if shutil.which("node") is None:
        print("The CDK runs on Node, and there is no `node` on the PATH: install Node 22.", file=sys.stderr)
        return 2
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")  # it still works there
    from infra.synthesis import RulesBroken, application, resource_counts, synthesise  # noqa: PLC0415 - starts Node

    try:
        assembly = synthesise(application(Path(os.environ.get("CDK_OUTDIR", "cdk.out"))))
    except ValidationError as error:
        print(f"The deployment's configuration is wrong: {error}", file=sys.stderr)
        return 2
    except RulesBroken as error:
        print(error, file=sys.stderr)
        return 1
    for stack, count in resource_counts(assembly).items():
        print(f"{stack}: {count} resources")
    return 0


if __name__ == "__main__":
    sys.exit(main())
