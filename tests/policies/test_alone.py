"""The package by itself: its tour runs, and nothing of the connector, nor anything that is not Python's own, comes along."""

import doctest
import subprocess
import sys

import policies


def test_the_tour_of_the_package_runs() -> None:
    found = doctest.testmod(policies, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.attempted > 12
    assert found.failed == 0


def test_it_needs_nothing_but_python() -> None:
    asked = (
        "import sys, policies, policies.activation, policies.clauses;"
        "print(sorted({name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", asked], capture_output=True, text=True, check=True, cwd=".")
    assert [name for name in eval(done.stdout) if not name.startswith("_")] == ["policies"]


def test_the_public_names_are_there() -> None:
    assert all(hasattr(policies, name) for name in policies.__all__)
    assert sorted(policies.__all__) == list(dict.fromkeys(sorted(policies.__all__)))
