"""How vLLM is started: its serve_arguments, and what it may know of this process.

Options are those of ``vllm serve`` 0.32: https://docs.vllm.ai/en/latest/cli/serve/
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"

_STRUCTURED_OUTPUTS: Final = {"backend": "guidance", "disable_any_whitespace": True}
"""Between the parts of an answer the grammar would allow blanks without end, and a model that falls into
them fills its whole context. Of the two backends that can forbid them, what this one lets through is valid;
what it cannot hold a model to it refuses, and the schema is simplified (``plain_schema``)."""

_MAX_IMAGE_PIXELS: Final = 1280 * 1024
"""Of a picture; a key frame has hardly more. 32 x 32 are a token."""

_INHERITED: Final = ("HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
_INHERITED_PREFIXES: Final = ("CUDA_VISIBLE", "NVIDIA_")


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """``folder`` has the weights of ``model``; requests name it so. ``memory`` is a share of the GPU's,
    ``context`` in tokens, ``images`` of one request, ``parallel`` requests worked on at a time."""

    model: str
    folder: Path
    port: int
    memory: float
    context: int
    images: int
    parallel: int


def serve_arguments(executable: Path, options: ServeOptions) -> list[str]:
    return [
        str(executable),
        "serve",
        str(options.folder),
        "--served-model-name",
        options.model,
        "--host",
        LOOPBACK,
        "--port",
        str(options.port),
        "--gpu-memory-utilization",
        f"{options.memory:g}",
        "--max-model-len",
        str(options.context),
        "--max-num-seqs",
        str(options.parallel),
        "--limit-mm-per-prompt",
        json.dumps({"image": options.images, "video": 0}),
        *_image_arguments(options.folder),
        "--mm-processor-cache-gb",
        "0",  # else 4 GiB in each of two processes, for images that are hardly ever asked about again
        "--structured-outputs-config",
        json.dumps(_STRUCTURED_OUTPUTS),
        "--no-enable-log-requests",
        "--disable-log-stats",
        "--uvicorn-log-level",
        "warning",
    ]


def _image_arguments(folder: Path) -> list[str]:
    """Qwen's models scale images themselves, and room is kept for the largest that they take: of 4096 x
    4096, unless something else is said, which at start takes the memory of the context."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    if "vision_config" not in config or not str(config.get("model_type")).startswith("qwen"):
        return []
    return ["--mm-processor-kwargs", json.dumps({"max_pixels": _MAX_IMAGE_PIXELS})]


def server_environment(executable: Path, key: str, cache: Path) -> dict[str, str]:
    """The key is no argument, which every process on the machine could read. Of ours it gets nothing
    but what is listed: no credentials, and not the libraries of another CUDA (LD_LIBRARY_PATH)."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name in _INHERITED or name.startswith(_INHERITED_PREFIXES)
    }
    return inherited | {
        "PATH": f"{executable.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "VLLM_API_KEY": key,
        "VLLM_CACHE_ROOT": str(cache),
        "VLLM_HOST_IP": LOOPBACK,
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_USE_FLASHINFER_SAMPLER": "0",  # it would compile itself first, with nvcc
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
    }
