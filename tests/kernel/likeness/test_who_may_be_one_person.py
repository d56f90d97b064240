"""Two records of one person are found, however they were written; two people of one home are not taken for one."""

import pytest

from manyhands.kernel.likeness import SENTENCES, Sign, Someone, compare, find, find_for, home_of
from manyhands.kernel.likeness.candidates import pairs
from manyhands.kernel.likeness.names import Kind, Shape, compare_words, skeleton, take_apart
from manyhands.kernel.likeness.names import compare as compare_names
from manyhands.kernel.likeness.people import all_ready

MINE, THEIRS = "+17185550101", "+17185550177"
HOME = {"number": "14", "street": "Elm Street", "postcode": "11211"}


def crowd(many=300):
    """People nobody is: so that names have a rarity."""
    given = "Asha Bento Carla Dov Elif Femi Greta Hugo Ines Jonas Kaya Liam Mona Nils Olga Pia Quinn Rui Sven Tara"
    family = "Abelson Brandt Castro Dumont Eriksen Farouk Greene Hassan Ivanov Jansen Kowal Lopes Moreau Novak Okafor"
    return [
        Someone(f"c{at}", (f"{given.split()[at % 20]} {family.split()[(at // 20) % 15]}",),
                frozenset({f"+1718666{at:04d}"}), number=str(at), street=f"Side {at}")
        for at in range(many)
    ]  # fmt: skip


def is_found(one, two):
    return any({each.one, each.two} == {one.key, two.key} for each in find([*crowd(), one, two]))


def signs(one, two):
    return {reason.sign for reason in compare(one, two).reasons}


@pytest.mark.parametrize(
    ("written", "again"),
    [
        ("Margarete Oyelaran", "Oyelaran Margarete"),
        ("Margarete Oyelaran", "Margarete Oyelarran"),
        ("Margarete Oyelaran", "M. Oyelaran"),
        ("Margaret Oyelaran", "Greta Oyelaran"),
        ("Margarete Oyelaran", "Margarete"),
        ("José Peña Villaseñor", "Jose Pena"),
        ("Юлия Щербакова", "Yulia Shcherbakova"),
        ("محمد فاروقي", "Muhammad Faruqi"),
        ("Annalena Vandyke", "Anna Lena Van Dyke"),
        ("Dr. Thomas Waylander jr", "Tom Waylander"),
        ("Corinna Marnell", "Corinna Mamell"),
    ],
)
def test_the_same_phone_and_the_name_written_otherwise(written, again):
    one, two = Someone(1, (written,), frozenset({MINE})), Someone(2, (again,), frozenset({MINE}))
    assert is_found(one, two)


def test_a_family_that_shares_door_and_phone_is_not_one_person():
    mother = Someone(1, ("Imelda Quartey",), frozenset({MINE}), **HOME)
    son = Someone(2, ("Kwame Quartey",), frozenset({MINE}), **HOME)
    flatmate = Someone(3, ("Lotte Brinkmann",), frozenset({MINE}), **HOME)
    found = find([*crowd(), mother, son, flatmate])
    assert not [each for each in found if {each.one, each.two} <= {1, 2, 3}]
    assert {Sign.FAMILY, Sign.PART_OF_NAME, Sign.SAME_PHONE} <= signs(mother, son)


def test_a_common_name_says_less_than_a_rare_one():
    many = [*crowd(), *(Someone(f"n{at}", ("Ada Novak",), frozenset({f"+1718777{at:04d}"})) for at in range(30))]
    rare = [Someone("r1", ("Thessaly Umberwick",)), Someone("r2", ("Thessaly Umberwick",))]
    of = {frozenset((each.one, each.two)): each.bits for each in find([*many, *rare], at_least=-50)}
    common = max(bits for pair, bits in of.items() if all(str(key).startswith("n") for key in pair))
    assert of[frozenset(("r1", "r2"))] > common + 2


def test_a_shelters_phone_says_little():
    shelter = [Someone(at, (name,), frozenset({MINE})) for at, name in enumerate(("Rahel Adu", "Rahel Brock"))]
    guests = [Someone(f"g{at}", (f"{name.names[0]} Xu",), frozenset({MINE})) for at, name in enumerate(crowd(30))]
    found = find([*shelter, *guests])
    assert not [each for each in found if {each.one, each.two} == {0, 1}]


def test_nothing_known_says_nothing():
    assert find([Someone(1), Someone(2), Someone(3, ("",))]) == []
    assert compare(Someone(1), Someone(2)).reasons == ()


def test_one_phone_mistyped_and_another_phone():
    one = Someone(1, ("Thessaly Umberwick",), frozenset({MINE}))
    assert Sign.NEAR_PHONE in signs(one, Someone(2, ("Thessaly Umberwick",), frozenset({"+17185550102"})))
    assert Sign.OTHER_PHONE in signs(one, Someone(2, ("Thessaly Umberwick",), frozenset({THEIRS})))


def test_finding_for_one_is_finding_for_all():
    one = Someone("x", ("Greta Oyelaran",), frozenset({MINE}))
    two = Someone("y", ("Margaret Oyelaran",), frozenset({MINE}))
    assert [each.two for each in find_for(one, [*crowd(), two])] == ["y"]


def test_the_order_of_the_people_changes_nothing():
    people = [*crowd(60), Someone(1, ("Ria Sol",), frozenset({MINE})), Someone(2, ("Sol Ria",), frozenset({MINE}))]
    there, back = find(people), find(people[::-1])
    assert {frozenset((e.one, e.two)): e.bits for e in there} == pytest.approx(
        {frozenset((e.one, e.two)): e.bits for e in back}
    )


def test_not_everyone_is_compared_with_everyone():
    many = [Someone(at, ("Ada Novak",), **HOME) for at in range(3_000)]
    assert len(list(pairs(all_ready(many)))) == 0  # all alike, and so nothing sets two of them apart
    assert len(list(pairs(all_ready(crowd())))) < 300 * 40


def test_every_reason_has_a_sentence_without_a_name():
    assert set(SENTENCES) == set(Sign)
    said = compare(Someone(1, ("Greta Oyelaran",)), Someone(2, ("Greta Oyelaran",)))
    assert [reason.sentence() for reason in said.reasons] == ["The same name."]
    assert not any("%" in sentence for sentence in SENTENCES.values())


def test_names_and_words():
    assert skeleton("muhammad") == skeleton("mohamed") == skeleton("mhmd")
    assert take_apart("Herr Dr. Jan van der Meer").words == ("jan", "meer")
    assert compare_words("bob", "robert") is Kind.SHORT
    assert compare_words("j", "jonas") is Kind.INITIAL
    assert compare_words("mira", "tomas") is Kind.NOT
    assert compare_names(take_apart("Kim Lund"), take_apart("Ute Lund")).shape is Shape.PARTLY


def test_an_address_in_one_line():
    assert home_of("14 Elm St, Apt 3B") == ("14", "elm")
    assert home_of("Apt 3, 14 Elm Street") in {("", ""), ("14", "elm")}
    assert home_of("Calle Luna 7") == ("7", "luna")
    assert home_of("near the bakery") == ("", "")
