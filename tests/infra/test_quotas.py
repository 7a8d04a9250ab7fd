"""Quotas of the account, compared with what a deployment needs."""

from typing import Final

import pytest

from infra import prerequisites
from infra.quotas import (
    FARGATE_ON_DEMAND,
    FARGATE_SPOT,
    GPU_ON_DEMAND,
    GPU_SPOT,
    LAMBDA_CONCURRENCY,
    Quota,
)
from tests.infra.aws_endpoint import AwsEndpoint, Zone

ZONES: Final = (Zone("eu-central-1a", "euc1-az2"), Zone("eu-central-1b", "euc1-az3"))
NEW_ACCOUNT: Final = {
    FARGATE_ON_DEMAND.code: 6.0,
    FARGATE_SPOT.code: 6.0,
    GPU_ON_DEMAND.code: 0.0,
    GPU_SPOT.code: 0.0,
    LAMBDA_CONCURRENCY.code: 1000.0,
}


class Operator:
    """An operator whose account is ``endpoint``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def notes(self, endpoint: AwsEndpoint, *choices: str, command: str = "deploy") -> list[str]:
        for name, value in endpoint.environment.items():
            self._monkeypatch.setenv(name, value)
        images = [f"{name}=registry.example/image:1" for name in ("worker_image", "ingress_image")]
        given = [word for choice in (*choices, *images) for word in ("-c", choice)]
        with endpoint:
            assert prerequisites.main([command, *given]) == 0
        return self._capsys.readouterr().err.splitlines()


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(monkeypatch, capsys)


@pytest.mark.parametrize("size", ["idle-zero", "standard"])
@pytest.mark.parametrize("command", ["bootstrap", "deploy"])
def test_default_workers_need_no_more_than_new_account_has(
    size: str, command: str, operator: Operator
) -> None:
    endpoint = AwsEndpoint(quotas=NEW_ACCOUNT, zones=ZONES)
    assert operator.notes(endpoint, f"size={size}", command=command) == []
    assert endpoint.received.count("GetServiceQuota") == 3


@pytest.mark.parametrize(
    ("choices", "quota", "value", "amount"),
    [
        (["worker_max_vcpus=64"], FARGATE_SPOT, 6, 32),
        (["worker_max_vcpus=64"], FARGATE_ON_DEMAND, 6, 32),
        (["worker_max_vcpus=64", "worker_spot=false"], FARGATE_ON_DEMAND, 6, 64),
        (["size=standard", "streaming_ingress=true"], FARGATE_ON_DEMAND, 6, 14),
        (["worker=gpu"], GPU_SPOT, 0, 16),
        (["worker=gpu"], GPU_ON_DEMAND, 0, 16),
    ],
)
def test_low_quota_is_named_with_value_to_ask_for(
    choices: list[str], quota: Quota, value: int, amount: int, operator: Operator
) -> None:
    notes = operator.notes(AwsEndpoint(quotas=NEW_ACCOUNT, zones=ZONES), *choices)
    (note,) = (each for each in notes if f"`{quota.name}`" in each)
    assert f"in eu-central-1 from {value} to {amount}: aws service-quotas request-" in note
    assert note.endswith(f"--service-code {quota.service} --quota-code {quota.code} --desired-value {amount}")


def test_low_concurrency_of_functions_is_named(operator: Operator) -> None:
    quotas = NEW_ACCOUNT | {LAMBDA_CONCURRENCY.code: 10.0}
    (note,) = operator.notes(AwsEndpoint(quotas=quotas, zones=ZONES))
    assert "Ask AWS to raise the quota `Concurrent executions` in eu-central-1 from 10 to 162: " in note


def test_quota_without_own_value_has_default_of_aws(operator: Operator) -> None:
    endpoint = AwsEndpoint(defaults=NEW_ACCOUNT | {FARGATE_SPOT.code: 2.0}, zones=ZONES)
    (note,) = operator.notes(endpoint)
    assert "`Fargate Spot vCPU resource count` in eu-central-1 from 2 to 6" in note


def test_unreadable_quotas_are_a_note_and_no_failure(operator: Operator) -> None:
    (note,) = operator.notes(AwsEndpoint(quotas=NEW_ACCOUNT, zones=ZONES, denied=["GetServiceQuota"]))
    assert "cannot be read" in note
    assert "AccessDenied" in note


@pytest.mark.parametrize(
    ("spot", "vcpus"), [("true", 80), ("false", 100)], ids=["spot and on demand", "on demand"]
)
def test_unused_quota_of_fargate_is_offered(spot: str, vcpus: int, operator: Operator) -> None:
    quotas = NEW_ACCOUNT | {FARGATE_ON_DEMAND.code: 100.0, FARGATE_SPOT.code: 40.0}
    (note,) = operator.notes(AwsEndpoint(quotas=quotas, zones=ZONES), f"worker_spot={spot}")
    assert note.endswith(f"the account's quotas permit -c worker_max_vcpus={vcpus}.")
    assert operator.notes(AwsEndpoint(quotas=quotas, zones=ZONES), "worker_max_vcpus=40") == []


def test_emulator_has_no_quotas(operator: Operator) -> None:
    endpoint = AwsEndpoint()
    assert operator.notes(endpoint, "emulator=true") == []
    assert set(endpoint.received) == {"GetCallerIdentity", "GetParameter"}
