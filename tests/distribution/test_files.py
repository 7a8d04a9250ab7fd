"""The Dockerfile and the compose file of the server: linted, and consistent with each other."""

import re
import subprocess
from pathlib import Path
from typing import Any, Final

import yaml

from shared.settings import Settings
from tests.aws.dockerfile import REPOSITORY, instructions

DOCKERFILE: Final = REPOSITORY / "Dockerfile"
_LINTER: Final = REPOSITORY / ".venv" / "bin" / "hadolint"
_SERVICE_KEYS: Final = {
    "build": str,
    "image": str,
    "init": bool,
    "restart": str,
    "stop_grace_period": str,
    "ports": list,
    "environment": dict,
    "volumes": list,
    "cap_drop": list,
    "security_opt": list,
    "logging": dict,
}
"""Elements of services in the Compose specification, with their types, as far as the file uses them."""


def _compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))
    return content


def _settings_of_image() -> dict[str, str]:
    values: dict[str, str] = {}
    for each in instructions(DOCKERFILE):
        if each.stage == "server" and each.name == "ENV":
            values.update(re.findall(r"(\w+)=(\S+)", each.rest))
    return values


def test_linter_finds_nothing_in_dockerfile() -> None:
    done = subprocess.run([_LINTER, "--no-color", DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_compose_file_has_known_elements_of_right_types() -> None:
    content = _compose()
    assert set(content) == {"name", "services", "volumes"}
    (service,) = content["services"].values()
    assert not [key for key, value in service.items() if not isinstance(value, _SERVICE_KEYS[key])]
    assert service["restart"] in {"no", "always", "on-failure", "unless-stopped"}
    assert re.fullmatch(r"\d+s", service["stop_grace_period"])
    assert all(isinstance(value, str) for value in service["environment"].values())
    assert {source for source, _ in (each.split(":") for each in service["volumes"])} == set(
        content["volumes"]
    )


def test_compose_file_fits_the_image() -> None:
    (service,) = _compose()["services"].values()
    image = {each.name: each.rest for each in instructions(DOCKERFILE) if each.stage == "server"}
    assert service["volumes"] == [f"data:{image['VOLUME']}"]
    assert service["ports"][0].endswith(f":{image['EXPOSE']}")
    assert service["ports"][0].startswith("127.0.0.1:")
    values = _settings_of_image()
    assert values["VIDEOVECTOR_SERVER_PORT"] == image["EXPOSE"]
    assert values["VIDEOVECTOR_SERVER_DATA_FOLDER"] == image["VOLUME"]
    named = {name for name in (*values, *service["environment"]) if name.startswith("VIDEOVECTOR_SERVER_")}
    known = {f"VIDEOVECTOR_SERVER_{name.upper()}" for name in Settings.model_fields}
    assert named <= known


def test_image_runs_without_root_and_with_health_check() -> None:
    image = {each.name: each.rest for each in instructions(DOCKERFILE) if each.stage == "server"}
    assert int(image["USER"]) > 0
    assert "/health" in image["HEALTHCHECK"]
    assert image["ENTRYPOINT"].startswith('["python"')


def test_every_copied_file_is_in_the_build_context() -> None:
    lines = Path(REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = [line.removeprefix("!") for line in lines if line.startswith("!")]
    for each in instructions(DOCKERFILE):
        if each.name == "COPY" and not each.rest.startswith("--from="):
            for source in each.rest.split()[:-1]:
                assert any(source == name or source.startswith(f"{name}/") for name in sent), source
                assert (REPOSITORY / source).exists(), source
