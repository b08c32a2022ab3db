import inspect

from connector.trust import errors


def test_every_error_is_a_trust_error_and_stands_in_the_tree() -> None:
    classes = [item for _, item in inspect.getmembers(errors, inspect.isclass) if item.__module__ == errors.__name__]

    assert len(classes) > 10
    assert all(issubclass(item, errors.TrustError) for item in classes)
    assert all(item.__name__ in (errors.__doc__ or "") for item in classes)


def test_foreign_values_are_shortened_in_sentences() -> None:
    assert errors.shown("short") == "'short'"
    assert len(errors.shown("x" * 10_000)) < 100
    assert errors.shown({"secret": 1}) == "'a dict'"


def test_not_authenticated_names_its_step() -> None:
    error = errors.NotAuthenticated("replay", "used before")

    assert (error.step, error.sentence, str(error)) == ("replay", "used before", "replay: used before")
