"""Every setting, in one place. Each is read from the environment as ``VIDEOVECTOR_SERVER_<NAME>``."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="VIDEOVECTOR_SERVER_", extra="ignore")

    data_folder: Path = Field(Path("data"), description="Where the laptop runtime keeps everything.")
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port the server listens on; 0 takes a free one.")
    public_base_url: str | None = Field(
        None, description="Origin under which clients reach the server; default is host and port."
    )
    max_upload_bytes: int = Field(20 * 1024**3, gt=0, description="Largest file that one upload may bring.")
    max_json_body_bytes: int = Field(16 * 1024**2, gt=0, description="Largest JSON body.")
    max_search_picture_bytes: int = Field(
        8 * 1024**2, gt=0, description="Largest picture in a search, decoded."
    )
    max_indexes: int = Field(1000, gt=0, description="Most indexes a tenant may have.")
    max_playground_media: int = Field(
        10_000, gt=0, description="Most media without an index a tenant may have."
    )
    signed_link_seconds: int = Field(3600, ge=60, le=604800, description="How long a signed link works.")
    idempotency_hours: int = Field(24, ge=1, description="How long an Idempotency-Key is remembered.")
    requests_per_minute: int = Field(6000, gt=0, description="Requests a key may make in a minute.")
    allow_private_uris: bool = Field(
        False, description="Let media URIs point into private networks. Only for a network you trust."
    )
    uri_timeout_seconds: float = Field(60.0, gt=0, description="Longest silence while fetching a media URI.")
    max_part_seconds: float = Field(
        2400.0, gt=0, description="Longer video is split into parts of at most this."
    )
    max_audio_seconds: float = Field(7200.0, gt=0, description="Longer audio is refused.")
    max_picture_pixels: int = Field(100_000_000, gt=0, description="Pictures with more pixels are refused.")
    ingest_workers: int = Field(1, ge=1, le=16, description="Imports that run at the same time.")
    run_workers: int = Field(1, ge=1, le=16, description="Prompt runs that run at the same time.")
    model_folder: Path | None = Field(
        None, description="Folder with model weights that take precedence over the packaged ones."
    )
    model_hub: bool = Field(
        False, description="Fetch better weights from the model hub when it can be reached."
    )
    llm_base_url: str | None = Field(
        None, description="OpenAI-compatible endpoint, such as http://localhost:11434/v1. None: no LLM."
    )
    llm_model: str | None = Field(None, description="Model name at that endpoint.")
    llm_api_key: SecretStr | None = Field(None, description="Key for that endpoint.")
    llm_attempts: int = Field(
        4, ge=1, le=10, description="Requests for one answer, where the endpoint fails."
    )
    llm_timeout_seconds: float = Field(120.0, gt=0, description="Longest wait for one LLM answer.")
    llm_parallel_requests: int = Field(4, ge=1, le=64, description="Segments sent there at a time.")
    llm_pictures_per_segment: int = Field(4, ge=0, le=16, description="Frames sent with a segment.")
    vllm_model: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?$",
        description="Model that vLLM serves on this machine's GPU where no endpoint is named. None: no vLLM.",
    )
    vllm_gpu_memory: float = Field(
        0.65, gt=0, le=1, description="Share of the GPU's memory for vLLM; the other models need the rest."
    )
    vllm_context_tokens: int = Field(
        24_576, ge=2048, description="Longest request and answer of vLLM together, in tokens."
    )
    vllm_answer_tokens: int = Field(
        3072, ge=256, description="Longest answer of vLLM, in tokens: what it can say in llm_timeout_seconds."
    )
    vllm_start_seconds: float = Field(900.0, gt=0, description="Longest wait until vLLM takes requests.")
    search_result_window: int = Field(100, ge=50, le=200, description="Hits frozen by one workflow search.")
    browser_origins: str = Field(
        "",
        pattern=r"^(https?://[A-Za-z0-9.-]+(:\d+)?(,https?://[A-Za-z0-9.-]+(:\d+)?)*)?$",
        description="Origins whose pages may call the API from a browser, with commas between them.",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    # The AWS runtime. The stacks set these; a laptop needs none of them.
    records_table: str | None = Field(None, description="DynamoDB table of the records.")
    media_bucket: str | None = Field(None, description="S3 bucket of the media.")
    search_endpoint: str | None = Field(None, description="OpenSearch endpoint, such as https://host:443.")
    query_embedding_function: str | None = Field(
        None, description="Lambda function that embeds queries. None: models of the process that searches."
    )
    search_index_prefix: str = Field("videovector", description="First part of every OpenSearch index name.")
    search_shards: int = Field(
        1, ge=1, le=64, description="Shards of an OpenSearch index that is made; one thread searches each."
    )
    search_replicas: int = Field(
        0, ge=0, le=3, description="Copies of each shard of an OpenSearch index that is made, on other nodes."
    )
    search_exact_vectors: int = Field(
        600_000,
        ge=0,
        description="Most vectors that OpenSearch compares one by one; of more, it misses some.",
    )
    search_service: Literal["es", "aoss", "none"] = Field(
        "none", description="Which service requests to OpenSearch are signed for; none: not signed."
    )
    secrets_prefix: str = Field("videovector-server", description="First part of every secret's name.")
    llm_api_key_secret: str | None = Field(
        None, description="ARN of the secret in Secrets Manager that holds the key for the LLM endpoint."
    )
    encryption_key_arn: str | None = Field(None, description="KMS key for secrets and objects.")
    ingest_state_machine: str | None = Field(None, description="ARN of the ingest workflow.")
    prompt_run_state_machine: str | None = Field(None, description="ARN of the prompt run workflow.")
    segment_retry_state_machine: str | None = Field(None, description="ARN of the segment retry workflow.")
    deletion_state_machine: str | None = Field(None, description="ARN of the deletion workflow.")
    model_pack: Literal["cpu", "gpu"] = Field("cpu", description="Which models a worker on AWS runs.")
    weights_location: str | None = Field(
        None,
        description="S3 address with the weights of the GPU models and their digests, such as s3://bucket/weights.",
    )
    oidc_issuer: str | None = Field(None, description="Issuer of the bearer tokens that are accepted.")
    oidc_audience: str | None = Field(None, description="Audience that bearer tokens must name.")
    oidc_tenant_claim: str = Field(
        "sub", description="Claim that names the tenant. Only one that users cannot change by themselves."
    )
    uploads_at_once: int = Field(
        16, ge=1, le=256, description="Uploads that one task of the streaming ingress takes at a time."
    )
    streaming_origin: str | None = Field(
        None, description="Origin that takes forms of any size; refusals of larger ones name it."
    )

    @property
    def origins_of_browsers(self) -> list[str]:
        return [origin for origin in self.browser_origins.split(",") if origin]
