"""Run tables: the results of a run as tables of SQL. docs/run-tables.md describes them."""
