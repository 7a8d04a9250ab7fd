"""ONNX Runtime sessions with common options."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from shared.domain.errors import Unavailable

_CUDA: Final = "CUDAExecutionProvider"


def processor_threads(limit: int = 4) -> int:
    """Return the thread count for one model: the CPUs available to this process, at most ``limit``."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(limit, usable))


OpenSession = Callable[[Path, int], Any]
"""Opens a model file with a number of threads and returns an ``onnxruntime.InferenceSession``."""


def cuda_session(path: Path, threads: int) -> Any:
    """Open a session on the first CUDA device. Operators without a CUDA kernel run on the CPU.

    Raises:
        Unavailable: CUDA cannot be used. ONNX Runtime alone would silently fall back to the CPU.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    available = onnxruntime.get_available_providers()
    providers = [name for name in (_CUDA, "CPUExecutionProvider") if name in available]
    session = onnxruntime.InferenceSession(str(path), options, providers=providers)
    if _CUDA not in session.get_providers():
        raise Unavailable("ONNX Runtime cannot use CUDA here.", code="model_gpu_missing")
    return session


def cpu_session(path: Path, threads: int) -> Any:
    """Open an ``onnxruntime.InferenceSession`` whose options suit a machine shared with other work."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Arena and memory pattern cache buffers by input shape; input shapes rarely repeat here.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    # Spinning threads were measured up to four times slower when other work runs in parallel.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
