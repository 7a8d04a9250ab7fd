"""Run tables at the end of a run, after a retry and after a deletion, with the real pipeline."""

from __future__ import annotations
