import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.canonical import digest
from connector.contracts.errors import ContractError
from connector.contracts.people import MAX_PEOPLE, PeopleList, Person, make_people_list, read_people_list

KIM, LEE = Person("kim@customer.example", "김민수"), Person("lee@customer.example", "Lee")
SALT = bytes(range(16))


def test_made_and_read_back() -> None:
    made = make_people_list([LEE, KIM], SALT)
    assert made.people == (KIM, LEE)
    assert read_people_list(made.to_json()) == made
    assert made.digest == digest(made.to_json())


def test_the_same_people_with_another_salt_have_another_digest() -> None:
    assert make_people_list([KIM], SALT).digest != make_people_list([KIM], bytes(16)).digest


def test_a_name_that_two_share_names_nobody() -> None:
    other = Person("kim2@customer.example", KIM.name)
    assert make_people_list([KIM, other, LEE], SALT).names == {KIM.email, other.email, LEE.email, "Lee"}


@pytest.mark.parametrize(
    "people",
    [
        [],
        [KIM, KIM],
        [Person("kim@customer.example", " 김민수")],
        [Person("Kim@customer.example", "Kim")],
        [Person("kim", "Kim")],
        [Person("kim@customer@example", "Kim")],
        [Person("kim@customer.example", "")],
        [Person("kim@customer.example", "Kim\nLee")],
        [Person("kim@customer.example", "x" * 201)],
        [Person(f"p{n}@customer.example", "x") for n in range(MAX_PEOPLE + 1)],
    ],
)
def test_what_is_no_list_of_people(people: list[Person]) -> None:
    with pytest.raises(ContractError) as caught:
        make_people_list(people, SALT)
    assert caught.value.code == "people-shape"


@given(
    st.sampled_from(["format", "salt", "people", "x"]),
    st.none()
    | st.booleans()
    | st.text(max_size=5)
    | st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=3))),
)
@settings(max_examples=80)
def test_no_value_anywhere_makes_reading_fail_otherwise(member: str, value: Any) -> None:
    document = copy.deepcopy(make_people_list([KIM, LEE], SALT).to_json())
    document[member] = value
    try:
        found = read_people_list(document)
    except ContractError:
        return
    assert isinstance(found, PeopleList)
