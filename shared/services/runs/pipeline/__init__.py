"""A prompt run, one module a step: plan, analyse, segment, extract, embed, index_results,
media_result, finish; and retry for one segment of a finished run.

Every step finds what it has already done in records and blobs, so a run that was cut off anywhere
goes on where it was.
"""
