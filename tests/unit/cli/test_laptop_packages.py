"""A laptop has the packages of its own group only, as after ``make demo`` in a fresh clone."""

import subprocess
import sys
from typing import Final

ONLY_ON_AWS: Final = ("boto3", "botocore", "s3transfer", "opensearchpy", "mangum", "aws_lambda_powertools")

COMMANDS: Final = """
import sys
sys.modules |= dict.fromkeys(sys.argv[1:])
import shared.cli.__main__
"""


def test_commands_need_no_package_of_aws() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", COMMANDS, *ONLY_ON_AWS], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
