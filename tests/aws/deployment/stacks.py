"""The synthesised stacks, deployed to the emulator as the CDK's command deploys them to an account.

Assets go to the bootstrap's bucket, templates to CloudFormation. The emulator's CloudFormation does not
support Batch, so ``job_definition`` registers the job definition.
"""

import fcntl
import io
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from aws_cdk import App

from infra.configuration import Configuration
from infra.stacks import add_stacks
from infra.stacks.compute import ComputeStack
from infra.synthesis import application, synthesise
from tests.aws.deployment.job_definition import ACCOUNT, define_jobs
from tests.aws.emulator import REGION

NAME: Final = "archive"
_BOOTSTRAP_BUCKET: Final = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
_BOOTSTRAP_VERSION: Final = "/cdk-bootstrap/hnb659fds/version"
_SYNTHESISED: Final = Path(__file__).resolve().parents[3] / ".tools" / "deployment"
_ORDER: Final = ("data", "processing", "api", "observability")


def deploy(clients: Mapping[str, Any], search_endpoint: str, addresses: Mapping[str, str]) -> dict[str, str]:
    """Deploy all stacks; return their outputs by name.

    ``clients`` are boto3 clients by service. ``addresses`` are the operator's choices of hosts for webhooks
    and of stores for connectors.

    Raises:
        AssertionError: a stack was not created. The message contains the events with the reason.
    """
    _bootstrap(clients)
    outputs: dict[str, str] = {}
    with _assembly(search_endpoint, addresses) as folder:
        for title in _ORDER:
            stack = f"{NAME}-{title}"
            url = _publish(folder, stack, clients["s3"])
            outputs |= _create(clients["cloudformation"], stack, url)
        compute = json.loads((folder / f"{NAME}-compute.template.json").read_text())
    define_jobs(compute, clients)
    return outputs


@contextmanager
def _assembly(search_endpoint: str, addresses: Mapping[str, str]) -> Iterator[Path]:
    """Synthesise the stacks. The folder stays, so that the assets of functions are built once."""
    _SYNTHESISED.mkdir(parents=True, exist_ok=True)
    with (_SYNTHESISED / "lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        folder = _SYNTHESISED / "cdk.out"
        choices = {
            "name": NAME,
            "region": REGION,
            "emulator": True,
            "deletion_protection": False,
            "search_engine": "external",
            "search_endpoint": search_endpoint,
            "worker_image": "the-worker",
            **addresses,
        }
        synthesise(application(folder, choices, _all_stacks))
        _delete_old_assets(folder)
        yield folder


def _all_stacks(app: App, configuration: Configuration) -> None:
    add_stacks(app, configuration)
    ComputeStack(app, configuration)


def _delete_old_assets(folder: Path) -> None:
    used = {path for manifest in folder.glob("*.assets.json") for path in _sources(manifest)}
    for path in folder.glob("asset.*"):
        if path.name not in used and path.is_dir():
            shutil.rmtree(path)


def _sources(manifest: Path) -> set[str]:
    return {each["source"]["path"] for each in json.loads(manifest.read_text())["files"].values()}


def _bootstrap(clients: Mapping[str, Any]) -> None:
    clients["s3"].create_bucket(
        Bucket=_BOOTSTRAP_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    clients["ssm"].put_parameter(Name=_BOOTSTRAP_VERSION, Value="30", Type="String")


def _publish(folder: Path, stack: str, s3: Any) -> str:
    """Upload the stack's assets; return the URL of its template, which is too large for a request."""
    template = ""
    for asset in json.loads((folder / f"{stack}.assets.json").read_text())["files"].values():
        source = folder / asset["source"]["path"]
        content = _zipped(source) if asset["source"]["packaging"] == "zip" else source.read_bytes()
        for destination in asset["destinations"].values():
            s3.put_object(Bucket=_BOOTSTRAP_BUCKET, Key=destination["objectKey"], Body=content)
            if source.name == f"{stack}.template.json":
                template = f"{s3.meta.endpoint_url}/{_BOOTSTRAP_BUCKET}/{destination['objectKey']}"
    return template


def _zipped(folder: Path) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return found.getvalue()


def _create(cloudformation: Any, stack: str, template_url: str) -> dict[str, str]:
    cloudformation.create_stack(
        StackName=stack,
        TemplateURL=template_url,
        Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    try:
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 180})
    except _waiter_error() as error:
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        failed = [e for e in events if "FAILED" in e["ResourceStatus"]]
        raise AssertionError(f"{stack} was not created: {failed}") from error
    (made,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in made.get("Outputs", [])}


def _waiter_error() -> type[Exception]:
    from botocore.exceptions import WaiterError  # type: ignore[import-untyped]

    found: type[Exception] = WaiterError
    return found
