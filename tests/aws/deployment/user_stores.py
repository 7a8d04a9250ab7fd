"""A bucket of a user in the deployed emulator, and a connector to it."""

import io
import json
import secrets
from collections.abc import Iterator
from typing import Any, Final

import httpx
from PIL import Image

from tests.aws.deployment.deployed import Deployed
from tests.aws.emulator import REGION
from tests.waiting import HANG_TIMEOUT

_SIDE: Final = 64


def new_bucket(product: Deployed, name: str | None = None) -> str:
    """Create an empty bucket, and return its name."""
    bucket = name or f"archive-{secrets.token_hex(6)}"
    product.clients["s3"].create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return bucket


def new_connector(product: Deployed, bucket: str) -> str:
    """Create a connector by the keys of a user who may read the bucket; return its id."""
    iam, name = product.clients["iam"], f"user-{secrets.token_hex(6)}"
    iam.create_user(UserName=name)
    arn = f"arn:aws:s3:::{bucket}"
    allowed = {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": [arn, f"{arn}/*"]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName=name, PolicyName="store", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    form = {
        "name": bucket,
        "bucket": bucket,
        "region": REGION,
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
        "scopes": ["import"],
    }
    return str(request(product, "POST", "/connectors/s3", json=form)["connector_id"])


def request(product: Deployed, method: str, path: str, **content: Any) -> Any:
    """Send a request with the API key; return the body of the answer."""
    answer = httpx.request(
        method,
        f"{product.base_url}{path}",
        headers={"X-API-Key": product.api_key},
        timeout=HANG_TIMEOUT,
        **content,
    )
    assert answer.is_success, answer.text
    return answer.json()


def pictures(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield keys and contents of different small pictures."""
    for number in range(count):
        colour = (number % 256, number // 256 % 256, 128)
        content = io.BytesIO()
        Image.new("RGB", (_SIDE, _SIDE), colour).save(content, "PNG")
        yield f"pictures/{number:05d}.png", content.getvalue()


def put_pictures(product: Deployed, bucket: str, count: int) -> list[str]:
    """Store pictures in a bucket; return their keys."""
    keys = []
    for key, content in pictures(count):
        product.clients["s3"].put_object(Bucket=bucket, Key=key, Body=content)
        keys.append(key)
    return keys
