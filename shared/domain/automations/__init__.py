"""Automations: what starts by itself for an index."""
