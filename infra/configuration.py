"""Choices of a deployment, each made by ``cdk deploy -c name=value``. Every choice has a default."""

from collections.abc import Callable
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from infra.kinds import SearchEngine, Worker
from infra.sizes import (
    DEFAULT_FARGATE_VCPUS,
    GPU_WORKER_VCPUS,
    SIZINGS,
    Size,
    Sizing,
    WorkerLimits,
)

__all__ = ["Configuration", "SearchEngine", "Size", "Worker"]

DEFAULT_VLLM_MODEL: Final = "Qwen/Qwen3-VL-4B-Instruct"
"""Apache 2.0. It takes 8.9 GB in half precision, so that the other models fit beside it into 24 GB."""

NO_MODEL: Final = "none"

_HOST: Final = r"[A-Za-z0-9.-]+(:\d{1,5})?"
_ORIGIN: Final = rf"https?://{_HOST}"

_OTHER_PARTITION_PREFIXES: Final = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")

_BUCKET: Final = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"

_CHOSEN_TOGETHER: Final = (
    ("domain_name", "certificate_arn"),
    ("site_domain_name", "site_certificate_arn"),
    ("oidc_issuer", "oidc_audience"),
    ("llm_base_url", "llm_model"),
)


class Configuration(BaseModel):
    """Choices of one deployment.

    The account is not a choice. It is the account of the deploying credentials, so that synthesis needs no
    look-ups.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        "videovector-server", pattern=r"^[a-z][a-z0-9-]{1,20}$", description="Prefix of every resource name."
    )
    region: str = Field(
        "eu-central-1",
        pattern=r"^[a-z]{2}(-[a-z]+)+-\d$",
        description="Region of every stack but the firewall.",
    )
    zones: str | None = Field(
        None,
        pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-z](,[a-z]{2}(-[a-z]+)+-\d[a-z]){1,2}$",
        description="Two or three availability zones of the networks; `make deploy` reads them from the "
        "account, and a synthesis without credentials uses the first two.",
    )
    size: Size = Field(Size.IDLE_ZERO, description="Provisioned capacity, limits and log retention.")
    deletion_protection: bool = Field(
        True, description="Refuse to delete the stacks, the table and the search engine until turned off."
    )
    search_engine: SearchEngine = Field(SearchEngine.DOMAIN, description="Engine of the search index.")
    search_endpoint: str | None = Field(None, description="Address of an external search engine.")
    worker: Worker = Field(Worker.CPU, description="Compute for imports and prompt runs.")
    worker_spot: bool = Field(
        True, description="Run workers on Spot capacity, which AWS may reclaim at any time."
    )
    worker_max_vcpus: int | None = Field(
        None,
        ge=4,
        description="Limit of vCPUs of all workers together, half of it on Spot; by default, a new account's "
        "quota of Fargate, or for GPU workers a number by size.",
    )
    gpu_machines: str = Field(
        "g6.xlarge,g6.2xlarge,g5.xlarge,g5.2xlarge",
        pattern=r"^[a-z0-9-]+\.[a-z0-9]+(,[a-z0-9-]+\.[a-z0-9]+)*$",
        description="EC2 instance types of GPU workers; the region must offer each of them.",
    )
    worker_image: str | None = Field(
        None, description="Address of a published worker image; otherwise the deployment builds one."
    )
    weights_location: str | None = Field(
        None,
        pattern=r"^s3://[a-z0-9.-]+(/[A-Za-z0-9._-]+)*$",
        description="S3 address of the GPU models' weights; otherwise workers fetch them from the model hub.",
    )
    llm_base_url: str | None = Field(
        None,
        pattern=r"^https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._/-]*)?$",
        description="OpenAI-compatible endpoint for extraction and prompt writing; by default there is none.",
    )
    llm_model: str | None = Field(None, min_length=1, description="Name of the model at that endpoint.")
    llm_api_key_secret: str | None = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$",
        description="ARN of the secret that holds that endpoint's API key; otherwise no key is sent.",
    )
    llm_timeout_seconds: float = Field(
        120, gt=0, le=600, description="Timeout of a worker's request to that endpoint."
    )
    llm_parallel_requests: int = Field(
        4, ge=1, le=64, description="Concurrent requests of one worker to that endpoint, one per segment."
    )
    llm_pictures_per_segment: int = Field(4, ge=0, le=16, description="Frames sent with a segment.")
    vllm_model: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?$",
        description="Model that vLLM serves on a GPU worker if no endpoint is chosen; `none` turns vLLM off.",
    )
    vllm_gpu_memory: float = Field(0.65, gt=0, le=1, description="Share of the GPU's memory for vLLM.")
    vllm_context_tokens: int = Field(
        24_576, ge=2048, description="Context length of vLLM (prompt and completion), in tokens."
    )
    webhook_hosts: str | None = Field(
        None,
        pattern=rf"^{_HOST}(,{_HOST})*$",
        description="Comma-separated hosts, or `host:port`, that webhooks may deliver to although they have "
        "no public address; http is permitted.",
    )
    s3_endpoints: str | None = Field(
        None,
        pattern=rf"^{_ORIGIN}(,{_ORIGIN})*$",
        description="Comma-separated addresses of S3-compatible stores that connectors may name.",
    )
    s3_base_url: str | None = Field(
        None,
        pattern=rf"^{_ORIGIN}$",
        description="Address of an S3-compatible store for connectors that name no endpoint.",
    )
    gcs_base_url: str | None = Field(
        None, pattern=rf"^{_ORIGIN}$", description="Address of Google Cloud Storage for all connectors."
    )
    azure_endpoint: str | None = Field(
        None,
        pattern=rf"^{_ORIGIN}$",
        description="Blob endpoint of Azure for all connectors; the account is the first part of the path.",
    )
    azure_authority_host: str | None = Field(
        None, pattern=rf"^{_ORIGIN}$", description="Authority that issues tokens for Azure."
    )
    store_authorities_file: str | None = Field(
        None,
        description="Emulator only: file on this machine with certificates to trust for stores of users.",
    )
    watched_buckets: str | None = Field(
        None,
        pattern=rf"^{_BUCKET}(,{_BUCKET})*$",
        description="Comma-separated buckets of this account and region whose EventBridge events tell import "
        "automations of new objects.",
    )
    web_firewall: bool | None = Field(
        None, description="CloudFront with AWS WAF in front of the API; the default depends on the size."
    )
    streaming_ingress: bool = Field(
        False,
        description="Containers at the API's address that accept forms of any size; they cost while idle.",
    )
    ingress_image: str | None = Field(
        None, description="Address of a published ingress image; otherwise the deployment builds one."
    )
    browser_origins: str | None = Field(
        None,
        pattern=r"^https?://[A-Za-z0-9.-]+(:\d+)?(,https?://[A-Za-z0-9.-]+(:\d+)?)*$",
        description="Comma-separated origins whose pages may call the API and upload to the bucket.",
    )
    domain_name: str | None = Field(None, description="Host name of the API; requires a certificate.")
    certificate_arn: str | None = Field(
        None, description="ACM certificate of the host name; in us-east-1 if CloudFront fronts the API."
    )
    site: bool = Field(
        False,
        description="Console and documentation behind CloudFront, with the API at their origin.",
    )
    site_domain_name: str | None = Field(None, description="Host name of the site; requires a certificate.")
    site_certificate_arn: str | None = Field(
        None, description="ACM certificate of that host name, in us-east-1."
    )
    oidc_issuer: str | None = Field(
        None, description="Issuer of bearer tokens; otherwise the stacks create a Cognito user pool."
    )
    oidc_audience: str | None = Field(None, description="Audience claim of that issuer's bearer tokens.")
    alarm_email: str | None = Field(None, description="Email address that receives alarms.")
    emulator: bool = Field(False, description="Deploy to an AWS emulator on this machine.")

    @property
    def served_model(self) -> str | None:
        """Model that vLLM serves on a worker's GPU. None if an endpoint is chosen, which is used instead."""
        if self.worker is not Worker.GPU or self.llm_base_url is not None:
            return None
        chosen = self.vllm_model or DEFAULT_VLLM_MODEL
        return None if chosen == NO_MODEL else chosen

    @property
    def sizing(self) -> Sizing:
        return SIZINGS[self.size]

    @property
    def worker_limits(self) -> WorkerLimits:
        """Limits of the workers' vCPUs. By default, CPU workers stay within the quotas of a new account."""
        kinds = 2 if self.worker_spot else 1
        on_gpu = self.worker is Worker.GPU
        default = self.sizing.max_gpu_vcpus if on_gpu else kinds * DEFAULT_FARGATE_VCPUS
        total = default if self.worker_max_vcpus is None else self.worker_max_vcpus
        return WorkerLimits.split(total, spot=self.worker_spot)

    @property
    def zone_list(self) -> list[str]:
        """Chosen availability zones; empty if there is no choice."""
        return self.zones.split(",") if self.zones else []

    @property
    def watched_bucket_list(self) -> list[str]:
        """Buckets whose events tell of new objects; empty if there is no choice."""
        return self.watched_buckets.split(",") if self.watched_buckets else []

    @property
    def has_snapshots(self) -> bool:
        """Whether API functions use Lambda SnapStart. The emulator does not support it."""
        return self.sizing.snap_start and not self.emulator

    @property
    def has_web_firewall(self) -> bool:
        """Whether the firewall is deployed. The emulator's CloudFront forwards no requests."""
        chosen = self.sizing.web_firewall if self.web_firewall is None else self.web_firewall
        return chosen and not self.emulator

    @property
    def has_streaming_ingress(self) -> bool:
        return self.streaming_ingress and not self.emulator

    @property
    def has_edge(self) -> bool:
        """Whether CloudFront fronts the API.

        An HTTP API supports neither AWS WAF nor routes to another origin.
        """
        return self.has_web_firewall or self.has_streaming_ingress

    @property
    def has_site(self) -> bool:
        """Whether the site is deployed. The emulator's CloudFront forwards no requests."""
        return self.site and not self.emulator

    @property
    def has_gateway_domain(self) -> bool:
        """Whether API Gateway has the custom domain. If CloudFront fronts the API, CloudFront has it."""
        return self.domain_name is not None and not self.has_edge

    @property
    def browser_origin_list(self) -> list[str]:
        """Origins whose pages may call the API."""
        return self.browser_origins.split(",") if self.browser_origins else []

    @property
    def uploading_origins(self) -> list[str]:
        """Origins whose pages may use signed links of the media bucket: those of browsers, and the site.

        CloudFront generates the site's host name after the bucket is made. Without a host name of your own
        the bucket accepts pages of any distribution. That grants nothing: the signature of a link is the only
        credential, and a page cannot make one.
        """
        site = [f"https://{self.site_domain_name or '*.cloudfront.net'}"] if self.has_site else []
        return [*self.browser_origin_list, *site]

    @classmethod
    def read(cls, choice: Callable[[str], Any]) -> Self:
        """Read the choices. ``choice`` returns a name's value or None. Raises: pydantic.ValidationError."""
        given = {name: choice(name) for name in cls.model_fields}
        return cls.model_validate({name: value for name, value in given.items() if value is not None})

    @model_validator(mode="after")
    def _check_site(self) -> Self:
        if self.site_domain_name is not None and not self.site:
            raise ValueError("site_domain_name requires site=true")
        return self

    @model_validator(mode="after")
    def _check_file(self) -> Self:
        if self.store_authorities_file is not None and not self.emulator:
            raise ValueError("store_authorities_file requires emulator=true: functions have no such file")
        return self

    @model_validator(mode="after")
    def _check_combinations(self) -> Self:
        for first, second in _CHOSEN_TOGETHER:
            if (getattr(self, first) is None) != (getattr(self, second) is None):
                raise ValueError(f"{first} and {second} must be chosen together")
        if self.llm_api_key_secret is not None and self.llm_base_url is None:
            raise ValueError("llm_api_key_secret requires llm_base_url")
        if self.vllm_model not in (None, NO_MODEL) and self.served_model is None:
            raise ValueError("vllm_model requires worker=gpu and excludes llm_base_url")
        if any(zone[:-1] != self.region for zone in self.zone_list):
            raise ValueError(f"zones must be availability zones of the region {self.region}")
        if len(set(self.zone_list)) != len(self.zone_list):
            raise ValueError("zones must be different availability zones")
        vcpus = GPU_WORKER_VCPUS if self.worker is Worker.GPU else self.sizing.worker_vcpus
        if self.worker_limits.on_demand < vcpus:
            least = vcpus * (2 if self.worker_spot else 1)
            raise ValueError(f"worker_max_vcpus must be at least {least}: a worker has {vcpus} vCPUs")
        if self.region.startswith(_OTHER_PARTITION_PREFIXES):
            raise ValueError("region must be in the partition `aws`: the stacks use its resource names")
        if (self.search_engine is SearchEngine.EXTERNAL) != (self.search_endpoint is not None):
            raise ValueError("search_endpoint and search_engine=external must be chosen together")
        return self
