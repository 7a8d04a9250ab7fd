"""CloudFormation intrinsic functions as readable text, for example
``arn:<AWS::Partition>:s3:::NAME-MediaBucket/media/*``.
"""

from typing import Any


def as_text(value: Any) -> str:
    """Render a template value that may contain intrinsic functions.

    Raises: ValueError: the value contains a function that the stacks' ARNs do not use.
    """
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        separator, parts = argument
        return str(separator).join(as_text(part) for part in parts)
    if function == "Ref":
        return f"<{argument}>"
    if function == "Fn::GetAtt":
        return f"<{'.'.join(argument)}>"
    if function == "Fn::ImportValue":
        return as_text(argument)
    raise ValueError(f"{function} is not expected in an ARN")
