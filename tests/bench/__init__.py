"""Benchmarks: figures, never tests. `python -m tests.bench --help` says what can be measured, and how long."""
