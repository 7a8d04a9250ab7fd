"""Settings of the server, read from environment variables named ``VIDEOVECTOR_SERVER_<NAME>``."""

from pathlib import Path
from typing import Final, Literal

from pydantic import Field, FilePath, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_ORIGIN: Final = r"https?://(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(:\d+)?/?"
_HOST: Final = r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?"
_STORE: Final = rf"https?://{_HOST}/?"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="VIDEOVECTOR_SERVER_", extra="ignore")

    data_folder: Path = Field(Path("data"), description="Data folder of the laptop runtime.")
    disk_reserve_bytes: int | None = Field(
        None,
        ge=0,
        description="Free bytes of the disk that uploads leave to deletions. None: 512 MiB, at most a tenth.",
    )
    host: str = Field("127.0.0.1", description="Address that the server listens on.")
    port: int = Field(
        8000, ge=0, le=65535, description="Port that the server listens on; 0 selects a free port."
    )
    public_base_url: str | None = Field(
        None, description="Origin under which clients reach the server. None: host and port."
    )
    max_upload_bytes: int = Field(20 * 1024**3, gt=0, description="Maximum size of an uploaded file.")
    max_json_body_bytes: int = Field(
        16 * 1024**2, gt=0, description="Maximum size of a JSON body, whatever the route."
    )
    max_plain_body_bytes: int = Field(
        1024**2, gt=0, description="Maximum size of a JSON body, apart from the picture of a search."
    )
    body_memory_bytes: int = Field(
        96 * 1024**2,
        gt=0,
        description="Maximum size of all large JSON bodies in memory; one tenant may use a quarter of it.",
    )
    body_grace_seconds: float = Field(
        60.0, gt=0, description="Time that a server waits for a slow body before it expects a minimum rate."
    )
    body_bytes_per_second: int = Field(
        4096, gt=0, description="Rate at which a body must arrive on average after that time."
    )
    request_head_seconds: float = Field(
        30.0, gt=0, description="Time in which the first line and the headers of a request must arrive."
    )
    max_search_picture_bytes: int = Field(
        8 * 1024**2, gt=0, description="Maximum size of the picture of a search, after base64 decoding."
    )
    max_search_picture_pixels: int = Field(
        25_000_000, gt=0, description="Pictures of searches with more pixels are refused."
    )
    searches_at_once: int = Field(2, ge=1, le=64, description="Number of concurrent searches by text.")
    prompt_generations_at_once: int = Field(
        4, ge=1, le=64, description="Number of concurrent requests that generate a prompt."
    )
    max_waiting_per_tenant: int = Field(
        32, ge=1, description="Maximum number of a tenant's heavy requests of one kind that wait for a slot."
    )
    max_waiting: int = Field(
        128, ge=1, description="Maximum number of heavy requests of one kind that wait, of all tenants."
    )
    max_waiting_seconds: float = Field(
        20.0, gt=0, description="A heavy request that has waited for so long is refused."
    )
    max_indexes: int = Field(1000, gt=0, description="Maximum number of indexes of a tenant.")
    max_playground_media: int = Field(
        10_000, gt=0, description="Maximum number of media in the playground of a tenant."
    )
    event_streams_per_tenant: int = Field(
        50, ge=1, description="Maximum number of live streams that are open for a tenant."
    )
    event_stream_heartbeat_seconds: float = Field(
        15.0, gt=0, description="Time without events after which a live stream sends a heartbeat."
    )
    event_stream_seconds: float | None = Field(
        None,
        ge=0,
        description="Time after which an answer of the live stream ends and the client resumes. None: never. "
        "It has no effect on AWS, where an answer waits for no event.",
    )
    webhook_hosts: str = Field(
        "",
        pattern=rf"^({_HOST}(, ?{_HOST})*)?$",
        description="Hosts in private networks that webhooks may deliver to, also over http, as host or "
        "host:port, separated by commas, such as flow.example.lan,127.0.0.1:9000.",
    )
    max_webhooks: int = Field(100, ge=1, le=1000, description="Maximum number of webhooks of a tenant.")
    max_saved_searches: int = Field(
        100, ge=1, le=1000, description="Maximum number of saved searches of a tenant."
    )
    max_markers: int = Field(10_000, ge=1, le=50_000, description="Maximum number of markers of a tenant.")
    max_connectors: int = Field(100, ge=1, le=1000, description="Maximum number of connectors of a tenant.")
    max_exports_at_work: int = Field(
        20, ge=1, le=1000, description="Maximum number of exports of a tenant that have not ended."
    )
    export_days: int = Field(
        30, ge=1, le=3650, description="Days for which the file of an export can be downloaded."
    )
    export_link_seconds: int = Field(
        900, ge=60, le=86400, description="Lifetime of a link that downloads an export without a key."
    )
    s3_endpoints: str = Field(
        "",
        pattern=rf"^({_STORE}(, ?{_STORE})*)?$",
        description="Addresses of S3-compatible stores that connectors may name as endpoint_url, such as "
        "https://minio.example.org:9000, separated by commas.",
    )
    watched_buckets: str = Field(
        "",
        pattern=r"^([a-z0-9][a-z0-9.-]+(,[a-z0-9][a-z0-9.-]+)*)?$",
        description="Buckets on AWS whose events tell import automations of new objects, separated by "
        "commas. The prefixes of all other buckets are listed.",
    )
    s3_base_url: str | None = Field(
        None,
        pattern=rf"^{_STORE}$",
        description="Address of an S3-compatible store for connectors without endpoint_url, such as "
        "https://minio.example.org:9000. None: Amazon's own.",
    )
    gcs_base_url: str | None = Field(
        None,
        pattern=rf"^{_STORE}$",
        description="Base address of Google Cloud Storage for all connectors, such as "
        "https://gcs.example.org. None: Google's own.",
    )
    azure_endpoint: str | None = Field(
        None,
        pattern=rf"^{_STORE}$",
        description="Blob endpoint of Azure for all connectors, such as https://blob.example.org; the "
        "account is the first part of the path. None: Azure's own.",
    )
    azure_authority_host: str | None = Field(
        None,
        pattern=rf"^{_STORE}$",
        description="Authority that issues tokens for Azure, such as https://login.example.org. None: "
        "Microsoft's own.",
    )
    store_authorities_file: FilePath | None = Field(
        None,
        description="File with certificates (PEM) of authorities to trust for stores of users, beside those "
        "of the system.",
    )
    default_index: bool = Field(
        True,
        description="Make and list the default index, with a sample video. It has no effect on AWS.",
    )
    signed_link_seconds: int = Field(3600, ge=60, le=604800, description="Lifetime of a signed link.")
    idempotency_hours: int = Field(24, ge=1, description="Lifetime of an Idempotency-Key.")
    requests_per_minute: int = Field(
        6000, gt=0, description="Maximum number of requests of a key in a minute."
    )
    allow_private_uris: bool = Field(
        False, description="Permit media URIs in private networks. Only for trusted networks."
    )
    uri_timeout_seconds: float = Field(60.0, gt=0, description="Read timeout while fetching a media URI.")
    max_part_seconds: float = Field(
        2400.0, gt=0, description="Longer video is split into parts of at most this length."
    )
    max_audio_seconds: float = Field(7200.0, gt=0, description="Longer audio is refused.")
    max_picture_pixels: int = Field(100_000_000, gt=0, description="Pictures with more pixels are refused.")
    ingest_workers: int = Field(1, ge=1, le=16, description="Number of concurrent imports.")
    run_workers: int = Field(1, ge=1, le=16, description="Number of concurrent prompt runs.")
    model_folder: Path | None = Field(
        None, description="Folder with model weights that take precedence over packaged weights."
    )
    model_hub: bool = Field(
        False, description="Fetch better weights from the model hub when it can be reached."
    )
    llm_base_url: str | None = Field(
        None, description="OpenAI-compatible endpoint, such as http://localhost:11434/v1. None: no LLM."
    )
    llm_model: str | None = Field(None, description="Name of the model at the LLM endpoint.")
    llm_api_key: SecretStr | None = Field(None, description="API key for the LLM endpoint.")
    llm_attempts: int = Field(4, ge=1, le=10, description="Attempts for one LLM answer, including the first.")
    llm_timeout_seconds: float = Field(120.0, gt=0, description="Timeout for one LLM answer.")
    llm_parallel_requests: int = Field(
        4, ge=1, le=64, description="Number of segments that are sent to the LLM concurrently."
    )
    llm_pictures_per_segment: int = Field(
        4, ge=0, le=16, description="Maximum number of frames in a request to the LLM."
    )
    vllm_model: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?$",
        description="Model that vLLM serves on this machine's GPU if no endpoint is set. None: no vLLM.",
    )
    vllm_gpu_memory: float = Field(
        0.65, gt=0, le=1, description="Share of the GPU's memory for vLLM; the other models use the rest."
    )
    vllm_context_tokens: int = Field(
        24_576, ge=2048, description="Maximum length of a vLLM request and its answer together, in tokens."
    )
    vllm_answer_tokens: int = Field(
        3072,
        ge=256,
        description="Maximum length of a vLLM answer, in tokens; it must fit into llm_timeout_seconds.",
    )
    vllm_start_seconds: float = Field(900.0, gt=0, description="Timeout for the start of vLLM.")
    search_result_window: int = Field(
        100, ge=50, le=200, description="Number of hits that one workflow search stores for its pages."
    )
    browser_origins: str = Field(
        "",
        pattern=rf"^({_ORIGIN}(, ?{_ORIGIN})*)?$",
        description="Origins whose pages may call the API from a browser, separated by commas.",
    )
    log_level: str = Field("INFO", description="Log level: DEBUG, INFO, WARNING or ERROR.")
    log_format: Literal["text", "json"] = Field(
        "text", description="Format of the log: text, or json with one object a line. AWS always logs json."
    )
    metrics_token: SecretStr | None = Field(
        None,
        min_length=16,
        max_length=1024,
        description="Bearer token for /metrics, which shows numbers of the whole server. None: there is no "
        "/metrics. It has no effect on AWS.",
    )

    # The AWS runtime. The stacks set these variables; a laptop needs none of them.
    records_table: str | None = Field(None, description="DynamoDB table that holds the records.")
    media_bucket: str | None = Field(None, description="S3 bucket that holds the media.")
    search_endpoint: str | None = Field(None, description="OpenSearch endpoint, such as https://host:443.")
    query_embedding_function: str | None = Field(
        None, description="Lambda function that embeds queries. None: the searching process embeds them."
    )
    search_index_prefix: str = Field("videovector", description="Prefix of every OpenSearch index name.")
    search_shards: int = Field(
        1,
        ge=1,
        le=64,
        description="Number of shards of a new OpenSearch index; one thread searches each shard.",
    )
    search_replicas: int = Field(
        0, ge=0, le=3, description="Number of replicas of each shard of a new OpenSearch index."
    )
    search_exact_vectors: int = Field(
        600_000,
        ge=0,
        description="Maximum number of vectors in a scope that OpenSearch scores exactly, not by its graph.",
    )
    search_service: Literal["es", "aoss", "none"] = Field(
        "none", description="AWS service that requests to OpenSearch are signed for; none: no signature."
    )
    secrets_prefix: str = Field("videovector-server", description="Prefix of every secret's name.")
    llm_api_key_secret: str | None = Field(
        None, description="ARN of the secret in Secrets Manager that holds the API key for the LLM endpoint."
    )
    encryption_key_arn: str | None = Field(None, description="ARN of the KMS key for secrets and objects.")
    ingest_state_machine: str | None = Field(
        None, description="ARN of the workflow that starts workers of the queue."
    )
    import_batches_queue: str | None = Field(
        None, description="URL of the SQS queue of batches of files to import, of exports and of clips."
    )
    import_listings_queue: str | None = Field(
        None, description="URL of the SQS queue of imports whose store is to be listed."
    )
    import_workers: int = Field(
        2, ge=1, le=100, description="Number of workers on AWS that take jobs from the queue at once."
    )
    import_idle_seconds: float = Field(
        60.0, ge=0, description="Seconds without work after which a worker of the queue on AWS ends."
    )
    prompt_run_state_machine: str | None = Field(None, description="ARN of the prompt run workflow.")
    segment_retry_state_machine: str | None = Field(None, description="ARN of the segment retry workflow.")
    deletion_state_machine: str | None = Field(None, description="ARN of the deletion workflow.")
    event_topic: str | None = Field(None, description="ARN of the SNS topic of the event feed.")
    due_work_queue: str | None = Field(None, description="URL of the SQS queue of due work.")
    model_pack: Literal["cpu", "gpu"] = Field("cpu", description="Model pack of a worker on AWS.")
    worker_attempt_seconds: float | None = Field(
        None, gt=0, description="Time of a job's attempt on AWS; the worker stops itself before it is up."
    )
    weights_location: str | None = Field(
        None,
        description="S3 location of the weights of the GPU models, such as s3://bucket/weights.",
    )
    oidc_issuer: str | None = Field(None, description="Issuer of the accepted bearer tokens.")
    oidc_audience: str | None = Field(None, description="Required audience of bearer tokens.")
    oidc_tenant_claim: str = Field(
        "sub", description="Claim that names the tenant. Users must not be able to change it."
    )
    uploads_at_once: int = Field(
        16,
        ge=1,
        le=256,
        description="Maximum number of concurrent uploads of one task of the streaming ingress.",
    )
    streaming_origin: str | None = Field(
        None, description="Origin that accepts and sends files of any size; errors about sizes name it."
    )

    @property
    def origins_of_browsers(self) -> list[str]:
        origins = (origin.strip().removesuffix("/") for origin in self.browser_origins.split(","))
        return [origin for origin in origins if origin]
