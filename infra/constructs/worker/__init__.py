"""Batch workers."""
