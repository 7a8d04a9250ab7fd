"""CloudWatch alarms by component."""
