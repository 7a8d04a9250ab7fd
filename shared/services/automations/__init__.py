"""Automations: imports that start by themselves, and the settings of deliveries that will."""
