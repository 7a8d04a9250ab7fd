"""Settings of all tests: the folders of slow tests, and an environment without the user's own settings."""

import os
import socket
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings

from infra.node import use_packaged_node
from tests.syntax_trees import parse_one_at_a_time
from tests.waiting import HANG_TIMEOUT

_HERE: Final = Path(__file__).parent
_SLOW: Final = tuple(
    _HERE / name
    for name in (
        "aws/deployment",  # imports the CDK, which starts Node
        "browser",
        "clients",
        "durability",
        "infra",
        "robustness/test_openapi.py",  # imports Schemathesis
    )
)
"""Every test in these places is slow. With ``-m "not slow"`` they are not even imported."""

_TOGETHER: Final = (("tests/clients/", "tests/aws/deployment/"), ("tests/infra/",))
"""The tests in the places of a row run in one process. Those of the client record each call, and the last
ones check the record. On AWS, all of them use the same deployed stacks. Those of the infrastructure use the
same templates."""

_USER_PREFIXES: Final = ("VIDEOVECTOR_SERVER_", "AWS_", "VIDEO_VECTOR_")


def pytest_configure() -> None:
    """Remove the variables that the user has set for a server or an AWS account. The CDK gets its Node."""
    for name in [name for name in os.environ if name.startswith(_USER_PREFIXES)]:
        del os.environ[name]
    os.environ["VIDEOVECTOR_SERVER_DEFAULT_INDEX"] = "false"  # servers of tests do no work of their own
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["VIDEO_VECTOR_TIMEOUT"] = str(HANG_TIMEOUT)  # the official client's timeout of one request
    use_packaged_node()
    parse_one_at_a_time()
    settings.register_profile(
        "any machine", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("any machine")
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), "localhost", "127.0.0.1"]))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if config.option.markexpr == "not slow" and collection_path in _SLOW else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if any(item.path.is_relative_to(slow) for slow in _SLOW):
            item.add_marker(pytest.mark.slow)
    if "long" not in config.option.markexpr:
        longest = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if item not in longest]
        config.hook.pytest_deselected(items=longest)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a process whole files, and all files of ``_TOGETHER`` to the same one."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    scheduling = LoadFileScheduling(config, log)
    scheduling._split_scope = _tests_of_one_process
    return scheduling


def _tests_of_one_process(node_id: str) -> str:
    file = node_id.partition("::")[0]
    return next((row[0] for row in _TOGETHER if file.startswith(row)), file)


@pytest.fixture
def no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve no host name but localhost, and fail at once.

    An unreachable resolver fails only after its timeout, and some answer for names that do not exist.
    """
    real = socket.getaddrinfo

    def resolve(host: str | None, *arguments: Any, **named: Any) -> Any:
        if host and host.lower() != "localhost":
            real(host, None, flags=socket.AI_NUMERICHOST)
        return real(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
