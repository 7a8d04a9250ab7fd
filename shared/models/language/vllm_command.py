"""Command line and environment of a vLLM server.

The options are those of ``vllm serve`` 0.32: https://docs.vllm.ai/en/latest/cli/serve/
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"

_STRUCTURED_OUTPUTS: Final = {"backend": "guidance", "disable_any_whitespace": True}
"""Configuration of constrained decoding.

Without ``disable_any_whitespace`` the grammar allows unlimited blanks between tokens, and a model that
repeats them fills its whole context. Two backends support the option. Of these, the output of ``guidance`` is
always valid; it refuses schemas that it cannot enforce, and the schema is then simplified (``plain_schema``).
"""

_MAX_IMAGE_PIXELS: Final = 1280 * 1024
"""Maximum pixels per image; key frames are hardly larger. One token covers 32 x 32 pixels."""

_INHERITED: Final = ("HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
_INHERITED_PREFIXES: Final = ("CUDA_VISIBLE", "NVIDIA_")


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Options of a vLLM server.

    ``folder`` has the weights of ``model``, the name used in requests. ``memory`` is a fraction of the GPU
    memory, ``context`` is in tokens, ``images`` limits the images per request and ``parallel`` the concurrent
    requests.
    """

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
        "0",  # the default takes 4 GiB in each of two processes; images rarely repeat
        "--structured-outputs-config",
        json.dumps(_STRUCTURED_OUTPUTS),
        "--no-enable-log-requests",
        "--disable-log-stats",
        "--uvicorn-log-level",
        "warning",
    ]


def _image_arguments(folder: Path) -> list[str]:
    """Limit the image size of Qwen models.

    They scale images themselves, and vLLM reserves memory at start for the largest image allowed. The default
    of 4096 x 4096 pixels takes the memory of the context.
    """
    config = json.loads((folder / "config.json").read_text("utf-8"))
    if "vision_config" not in config or not str(config.get("model_type")).startswith("qwen"):
        return []
    return ["--mm-processor-kwargs", json.dumps({"max_pixels": _MAX_IMAGE_PIXELS})]


def server_environment(executable: Path, key: str, cache: Path) -> dict[str, str]:
    """Build the environment of the server.

    The key is passed in the environment, because any process on the machine can read command-line arguments.
    Only listed variables are inherited: no credentials and no LD_LIBRARY_PATH of another CUDA version.
    """
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
        "VLLM_USE_FLASHINFER_SAMPLER": "0",  # FlashInfer would compile itself first, with nvcc
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
    }
