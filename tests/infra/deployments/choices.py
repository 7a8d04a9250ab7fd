"""Example deployments that together make every choice."""

from typing import Final

CHOICES: Final[dict[str, dict[str, str]]] = {
    "default": {},
    "standard": {
        "size": "standard",
        "alarm_email": "operator@example.com",
        "worker_max_vcpus": "64",
        "zones": "eu-central-1a,eu-central-1b,eu-central-1c",
    },
    "gpu": {
        "worker": "gpu",
        "worker_spot": "false",
        "gpu_machines": "g5.xlarge,g6e.xlarge",
        "worker_image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/worker:7",
        "weights_location": "s3://example-models/weights",
        "vllm_model": "Qwen/Qwen3-VL-8B-Instruct",
        "vllm_gpu_memory": "0.5",
        "vllm_context_tokens": "8192",
    },
    "collection": {"search_engine": "serverless"},
    "standard collection": {"search_engine": "serverless", "size": "standard", "worker": "gpu"},
    "external services": {
        "search_engine": "external",
        "search_endpoint": "https://search.example.com",
        "oidc_issuer": "https://issuer.example.com",
        "oidc_audience": "archive",
        "llm_base_url": "https://models.example.com/v1",
        "llm_model": "qwen3-vl",
        "llm_api_key_secret": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:model-key-AbCdEf",
        "llm_timeout_seconds": "60",
        "llm_parallel_requests": "2",
        "llm_pictures_per_segment": "2",
        "deletion_protection": "false",
        "browser_origins": "https://a.example,https://b.example",
    },
    "edge": {
        "name": "films",
        "region": "us-east-1",
        "zones": "us-east-1a,us-east-1b,us-east-1c",
        "web_firewall": "true",
        "streaming_ingress": "true",
        "ingress_image": "registry.example/ingress:1",
        "domain_name": "archive.example.com",
        "certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/one",
    },
}
