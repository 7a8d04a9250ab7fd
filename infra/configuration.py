"""What a deployment may choose, each by ``cdk deploy -c name=value``; nothing has to be chosen."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from infra.sizes import SIZINGS, Size, Sizing

__all__ = ["Configuration", "SearchEngine", "Size", "Worker"]


class SearchEngine(StrEnum):
    """``external`` is a server that these stacks do not make: its address is ``search_endpoint``."""

    DOMAIN = "domain"
    SERVERLESS = "serverless"
    EXTERNAL = "external"


class Worker(StrEnum):
    """What Batch runs: containers without servers, or machines with an NVIDIA GPU."""

    CPU = "cpu"
    GPU = "gpu"


DEFAULT_VLLM_MODEL: Final = "Qwen/Qwen3-VL-4B-Instruct"
"""Apache 2.0; 8.9 GB in half precision, so that the other models fit beside it into 24 GB."""

NO_MODEL: Final = "none"

_OF_OTHER_PARTITIONS: Final = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")

_TOGETHER: Final = (
    ("domain_name", "certificate_arn"),
    ("oidc_issuer", "oidc_audience"),
    ("llm_base_url", "llm_model"),
)


class Configuration(BaseModel):
    """The account is the one that deploys, so that nothing is looked up while synthesising."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        "videovector-server", pattern=r"^[a-z][a-z0-9-]{1,20}$", description="Begins every name."
    )
    region: str = Field("eu-central-1", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="Of every stack.")
    size: Size = Field(Size.IDLE_ZERO, description="What is kept ready, and for how long copies are kept.")
    deletion_protection: bool = Field(
        True, description="Refuse to delete the stacks, the table and the search engine until turned off."
    )
    search_engine: SearchEngine = Field(SearchEngine.DOMAIN, description="What the search index lives in.")
    search_endpoint: str | None = Field(None, description="Address of an external search engine.")
    worker: Worker = Field(Worker.CPU, description="What imports and prompt runs are worked on with.")
    worker_spot: bool = Field(
        True, description="Work on spare capacity, which may be taken away at any time."
    )
    gpu_machines: str = Field(
        "g6.xlarge,g6.2xlarge,g5.xlarge,g5.2xlarge",
        pattern=r"^[a-z0-9-]+\.[a-z0-9]+(,[a-z0-9-]+\.[a-z0-9]+)*$",
        description="Kinds of machine that workers with a GPU may have; all have to be there in the region.",
    )
    worker_image: str | None = Field(None, description="A worker image that exists; otherwise one is built.")
    weights_location: str | None = Field(
        None,
        pattern=r"^s3://[a-z0-9.-]+(/[A-Za-z0-9._-]+)*$",
        description="S3 address of the weights of the GPU models; otherwise they come from the model hub.",
    )
    llm_base_url: str | None = Field(
        None,
        pattern=r"^https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._/-]*)?$",
        description="OpenAI-compatible endpoint that extracts and writes prompts; otherwise none does.",
    )
    llm_model: str | None = Field(None, min_length=1, description="Name of the model at that endpoint.")
    llm_api_key_secret: str | None = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$",
        description="ARN of a secret whose text is the key for that endpoint; otherwise none is sent.",
    )
    llm_timeout_seconds: float = Field(
        120, gt=0, le=600, description="Longest wait of a worker for one answer of that endpoint."
    )
    llm_parallel_requests: int = Field(
        4, ge=1, le=64, description="Segments that one worker sends there at a time."
    )
    llm_pictures_per_segment: int = Field(4, ge=0, le=16, description="Frames sent with a segment.")
    vllm_model: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?$",
        description="Model that vLLM serves on the GPU of a worker where no endpoint is chosen; or none.",
    )
    vllm_gpu_memory: float = Field(0.65, gt=0, le=1, description="Share of the GPU's memory for vLLM.")
    vllm_context_tokens: int = Field(
        24_576, ge=2048, description="Longest request and answer of vLLM together, in tokens."
    )
    web_firewall: bool | None = Field(
        None, description="CloudFront with AWS WAF before the API; if not chosen, as the size has it."
    )
    streaming_ingress: bool = Field(
        False, description="Containers behind the same address that take forms of any size; never idle-zero."
    )
    ingress_image: str | None = Field(
        None, description="An image of the streaming ingress that exists; otherwise one is built."
    )
    browser_origins: str | None = Field(
        None,
        pattern=r"^https?://[A-Za-z0-9.-]+(:\d+)?(,https?://[A-Za-z0-9.-]+(:\d+)?)*$",
        description="Origins whose pages may call the API and upload to the bucket, with commas between.",
    )
    domain_name: str | None = Field(None, description="Host name of the API; needs a certificate for it.")
    certificate_arn: str | None = Field(
        None, description="ACM certificate of the host name; in us-east-1 where CloudFront is before the API."
    )
    oidc_issuer: str | None = Field(
        None, description="Issuer of bearer tokens; otherwise a user pool is made."
    )
    oidc_audience: str | None = Field(None, description="Audience that bearer tokens of that issuer name.")
    alarm_email: str | None = Field(None, description="Who is told of alarms.")
    emulator: bool = Field(False, description="For an emulator of AWS on this machine, not for an account.")

    @property
    def served_model(self) -> str | None:
        """What vLLM serves on a worker's own GPU; an endpoint that is chosen is asked instead."""
        if self.worker is not Worker.GPU or self.llm_base_url is not None:
            return None
        chosen = self.vllm_model or DEFAULT_VLLM_MODEL
        return None if chosen == NO_MODEL else chosen

    @property
    def sizing(self) -> Sizing:
        return SIZINGS[self.size]

    @property
    def has_snapshots(self) -> bool:
        """Whether functions of the API start from one. The emulator keeps none."""
        return self.sizing.snap_start and not self.emulator

    @property
    def has_web_firewall(self) -> bool:
        """The emulator has no CloudFront that forwards."""
        chosen = self.sizing.web_firewall if self.web_firewall is None else self.web_firewall
        return chosen and not self.emulator

    @property
    def has_streaming_ingress(self) -> bool:
        return self.streaming_ingress and not self.emulator

    @property
    def has_edge(self) -> bool:
        """Whether CloudFront stands before the API: an HTTP API has neither firewall nor paths elsewhere."""
        return self.has_web_firewall or self.has_streaming_ingress

    @property
    def origins_of_browsers(self) -> list[str]:
        return self.browser_origins.split(",") if self.browser_origins else []

    @classmethod
    def read(cls, choice: Callable[[str], Any]) -> Self:
        """``choice`` gives the value of a name, or None. Raises: pydantic.ValidationError."""
        given = {name: choice(name) for name in cls.model_fields}
        return cls.model_validate({name: value for name, value in given.items() if value is not None})

    @model_validator(mode="after")
    def _what_belongs_together(self) -> Self:
        for first, second in _TOGETHER:
            if (getattr(self, first) is None) != (getattr(self, second) is None):
                raise ValueError(f"{first} and {second} are chosen together")
        if self.llm_api_key_secret is not None and self.llm_base_url is None:
            raise ValueError("llm_api_key_secret is chosen with llm_base_url")
        if self.vllm_model not in (None, NO_MODEL) and self.served_model is None:
            raise ValueError("vllm_model is chosen with worker=gpu, and without llm_base_url")
        if self.region.startswith(_OF_OTHER_PARTITIONS):
            raise ValueError("region is one where AWS's resources have other names than these stacks use")
        if (self.search_engine is SearchEngine.EXTERNAL) != (self.search_endpoint is not None):
            raise ValueError("search_endpoint is chosen with search_engine=external, and only then")
        return self
