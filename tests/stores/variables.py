"""Every variable of the environment that obstore 0.12 and the libraries below it read.

Sources: ``FromStr`` of the configuration keys of object_store 0.14 and its calls of ``std::env``, the proxies
of hyper-util, rustls-native-certs, tokio, the resolver of glibc, and variables of the providers' commands.
"""

from typing import Final

_CLIENT: Final = (
    "allow_http allow_invalid_certificates connect_timeout default_content_type disable_system_certificates "
    "http1_only http2_keep_alive_interval http2_keep_alive_timeout http2_keep_alive_while_idle "
    "http2_max_frame_size http2_only pool_idle_timeout pool_max_idle_per_host proxy_ca_certificate "
    "proxy_excludes proxy_url randomize_addresses read_timeout timeout user_agent"
)
_AWS: Final = (
    "access_key_id bucket bucket_name checksum_algorithm conditional_put container_authorization_token_file "
    "container_credentials_full_uri container_credentials_relative_uri copy_if_not_exists default_region "
    "disable_bulk_delete disable_tagging endpoint endpoint_url endpoint_url_s3 endpoint_url_sts "
    "imdsv1_fallback metadata_endpoint region request_payer role_arn role_session_name s3_express "
    "secret_access_key server_side_encryption session_token skip_signature sse_bucket_key_enabled "
    "sse_customer_key_base64 sse_kms_key_id token unsigned_payload virtual_hosted_style_request "
    "web_identity_token_file profile config_file shared_credentials_file ec2_metadata_service_endpoint "
    "ca_bundle"
)
_GOOGLE: Final = (
    "application_credentials base_url bearer_token bucket bucket_name service_account service_account_key "
    "service_account_path skip_signature"
)
_AZURE: Final = (
    "authority_host authority_id client_id client_secret container_name credential_type disable_tagging "
    "endpoint fabric_cluster_identifier fabric_session_token fabric_token_service_url fabric_workload_host "
    "federated_token_file identity_endpoint msi_endpoint msi_resource_id object_id skip_signature "
    "storage_access_key storage_account_key storage_account_name storage_authority_host "
    "storage_authority_id storage_client_id storage_client_secret storage_encryption_key storage_endpoint "
    "storage_master_key storage_sas_key storage_sas_token storage_tenant_id storage_token "
    "storage_use_emulator tenant_id use_azure_cli use_fabric_endpoint config_dir"
)
_OTHERS: Final = (
    "SERVICE_ACCOUNT IDENTITY_ENDPOINT IDENTITY_HEADER MSI_ENDPOINT MSI_SECRET AZURITE_BLOB_STORAGE_URL "
    "GCE_METADATA_HOST GCE_METADATA_ROOT GCE_METADATA_IP CLOUDSDK_CONFIG STORAGE_EMULATOR_HOST HTTP_PROXY "
    "HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy REQUEST_METHOD SSL_CERT_FILE "
    "SSL_CERT_DIR HOME USERPROFILE XDG_CONFIG_HOME RES_OPTIONS LOCALDOMAIN HOSTALIASES RUST_LOG "
    "TOKIO_WORKER_THREADS"
)

URLS: Final = ("endpoint", "url", "host", "root", "uri", "proxy", "identity", "msi")
"""Parts of the names of variables that hold an address."""

NAMES: Final = tuple(
    sorted(
        {f"AWS_{name.upper()}" for name in f"{_AWS} {_CLIENT}".split()}
        | {f"GOOGLE_{name.upper()}" for name in f"{_GOOGLE} {_CLIENT}".split()}
        | {f"AZURE_{name.upper()}" for name in f"{_AZURE} {_CLIENT}".split()}
        | set(_OTHERS.split())
    )
)


def planted(name: str, address: str) -> str:
    """Return a harmful value of a variable: ``address`` where it may hold one."""
    lower = name.lower()
    if any(part in lower for part in URLS):
        return address
    if lower.endswith(("skip_signature", "use_emulator", "use_azure_cli", "s3_express", "allow_http")):
        return "true"
    return "planted"
