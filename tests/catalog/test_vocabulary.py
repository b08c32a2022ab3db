from catalog.vocabulary import CLASSIFICATIONS, PROCESSES


def test_both_languages() -> None:
    for names in (*PROCESSES.values(), *CLASSIFICATIONS.values()):
        assert set(names) == {"ko", "en"}
        assert names["en"].isascii()
