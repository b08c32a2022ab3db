import pytest

from connector.cli.failures import of_the_connector, of_the_machine, one_line
from connector.client import ClientError, NoAnswerError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoAnswerError("http://a", "refused"), "No connector answers at http://a (refused); start it with `mmd serve"),
        (ClientError(401, "no"), "does not accept this token; use the one in plant/secrets/owner.token"),
        (ClientError(403, "no", "A clerk may not do that"), "Not allowed: A clerk may not do that. If it is the role"),
        (ClientError(404, "not found", "There is no such contract."), "There is no such contract."),
        (ClientError(422, "Unknown term"), "Unknown term."),
        (ClientError(500, "internal error"), "The connector failed (500): internal error. Its own log"),
    ],
)
def test_every_status_says_what_to_do(error: ClientError, words: str) -> None:
    said = of_the_connector(error, "en", url="http://a", directory="plant")
    assert words in said.sentence
    assert said.facts["status"] == error.status
    assert said.exit_code == 1


def test_what_the_connector_says_in_both_languages_is_said_in_ours() -> None:
    problem = {"conflicts": [{"en": "They clash.", "ko": "서로 어긋납니다."}]}
    error = ClientError(422, "unprocessable", "They clash.", problem)
    assert of_the_connector(error, "ko", url="u", directory="d").sentence == "서로 어긋납니다."


def test_the_machine_names_the_path() -> None:
    assert "a.csv: strange" in of_the_machine(OSError(99, "strange", "a.csv"), "en").sentence
    assert of_the_machine(OSError("odd"), "ko").sentence == "시스템이 거부했습니다: OSError."
    assert "No permission for b" in of_the_machine(PermissionError(13, "x", "b"), "en").sentence
    assert "b is not a file" in of_the_machine(IsADirectoryError(21, "x", "b"), "en").sentence


def test_an_error_without_words_is_named_by_its_kind() -> None:
    assert one_line(ValueError()) == "ValueError"
    assert len(one_line(ValueError("x" * 1000))) == 400
