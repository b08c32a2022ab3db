from catalog.model import Catalog, Dataset, pick_text


def test_pick_text() -> None:
    assert pick_text({"ko": "가", "en": "a"}, "ko") == "가"
    assert pick_text({"en": "a"}, "ko") == "a"
    assert pick_text({"": "plain"}, "ko") == "plain"
    assert pick_text({"de": "x"}, "ko") == "x"
    assert pick_text({}, "ko") == ""


def test_described_leaves_out_terms_and_ways() -> None:
    wire = {"@context": ["x"], "@id": "urn:d", "hasPolicy": [], "distribution": [], "other": 1}
    assert Dataset("urn:d", wire=wire).described == {"@id": "urn:d", "other": 1}


def test_all_datasets_of_catalogs_within() -> None:
    inner = Catalog("urn:b", dataset=(Dataset("urn:2"),))
    outer = Catalog("urn:a", dataset=(Dataset("urn:1"),), catalog=(inner,))
    assert [dataset.id for dataset in outer.all_datasets()] == ["urn:1", "urn:2"]
