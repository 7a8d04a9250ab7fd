"""Run tables: the results of an ended run in one SQLite file. docs/run-tables.md describes its tables."""
