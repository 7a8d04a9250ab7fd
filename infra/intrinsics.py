"""CloudFormation functions as text: ``arn:<AWS::Partition>:s3:::NAME-MediaBucket/media/*``."""

from typing import Any


def flat(value: Any) -> str:
    """Raises: ValueError: a function that no ARN of ours is made with."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        separator, parts = argument
        return str(separator).join(flat(part) for part in parts)
    if function == "Ref":
        return f"<{argument}>"
    if function == "Fn::GetAtt":
        return f"<{'.'.join(argument)}>"
    if function == "Fn::ImportValue":
        return flat(argument)
    raise ValueError(f"{function} is not expected in an ARN")
