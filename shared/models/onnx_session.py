"""ONNX Runtime sessions, set up alike."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from shared.domain.errors import Unavailable

_CUDA: Final = "CUDAExecutionProvider"


def processor_threads(limit: int = 4) -> int:
    """Threads for one model: all processors this process may use, up to ``limit``."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(limit, usable))


OpenSession = Callable[[Path, int], Any]
"""From a model's file and a number of threads to an ``onnxruntime.InferenceSession``."""


def cuda_session(path: Path, threads: int) -> Any:
    """On the first CUDA device; operators that it lacks run on the CPU.

    Raises: Unavailable: CUDA cannot be used. ONNX Runtime by itself would go on without it, unnoticed.
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
    """An ``onnxruntime.InferenceSession`` that shares the machine with others."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Both keep memory for the next input of the same shape; here hardly two are alike.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    # Spinning threads were up to four times slower when other work ran beside them.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
