"""The pipeline of a prompt run, one module per step: plan, segment, extract, embed, index_results,
medium_result, finish. ``retry`` repeats one segment of a finished run.

Each step finds its completed work in records and blobs, so an interrupted run resumes where it stopped.
"""
