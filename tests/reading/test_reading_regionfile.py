"""An official list of regions: what its lines mean, what is wrong with them, and what they change."""

from __future__ import annotations

import pytest

from ntbcare.reading.regionfile import BadRegions, Known, compare, home, read

BIMA, WOHA, TENTE, RISA = "52.06", "52.06.03", "52.06.03.2003", "52.06.03.2007"
KNOWN = {
    "52": Known("Nusa Tenggara Barat", "province", None, "provinsi"),
    BIMA: Known("Kabupaten Bima", "regency", "52", "kabupaten"),
    WOHA: Known("Woha", "district", BIMA, "kecamatan"),
    TENTE: Known("Tente", "village", WOHA, "desa"),
    RISA: Known("Risa", "village", WOHA, "desa"),
    "52.07": Known("Kabupaten Sumbawa Barat", "regency", "52", "kabupaten"),
    "52.07.01": Known("Jereweh", "district", "52.07", "kecamatan"),
    "52.06.03.2099": Known("Lama", "village", WOHA, "desa", ended=True),
}


def rows(*lines: str, head: str = "code,name,was"):
    return read("\n".join((head, *lines)).encode(), "52", KNOWN)


def plan(*lines: str, **more: str):
    return compare(rows(*lines, **more), KNOWN)


def faults(*lines: str, head: str = "code,name,level,type,parent,was") -> list[str]:
    with pytest.raises(BadRegions) as caught:
        rows(*lines, head=head)
    return caught.value.faults


def test_level_parent_and_type_follow_from_the_code():
    found = rows(
        "52,Nusa Tenggara Barat", "52.06,Kabupaten Bima", "52.72,Kota Bima", "52.06.03,Woha", f"{TENTE},Tente", "52.06.03.1001,Kota Woha"
    )
    assert {code: (row.level, row.parent, row.type) for code, row in found.items()} == {
        "52": ("province", None, "provinsi"), "52.06": ("regency", "52", "kabupaten"), "52.72": ("regency", "52", "kota"),
        "52.06.03": ("district", "52.06", "kecamatan"), TENTE: ("village", WOHA, "desa"), "52.06.03.1001": ("village", WOHA, "kelurahan"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("head", "line"), [("\ufeffCode;Name;Was", f"{TENTE};Tente Raya;"), ("name\tcode\tpostcode", f"Tente Raya\t{TENTE}\t84171")]
)
def test_lists_come_from_spreadsheets_of_many_kinds(head, line):
    assert rows(line, head=head)[TENTE].name == "Tente Raya"


def test_capitals_are_no_new_name_and_new_names_do_not_shout():
    found = plan("52.06.03,WOHA", f"{TENTE},TENTE RAYA II", f"{RISA}, Risa ")
    assert found.renamed == [TENTE] and found.after[TENTE].name == "Tente Raya II"
    assert found.unchanged == [WOHA, RISA]


def test_every_fault_is_told_at_once_with_its_line():
    told = faults(
        "52.6,Bima,,,,", f"{TENTE},Tente,,,,", f"{TENTE},Tente,,,,", f"{RISA},,,,,", "51.06.03.2001,Bali,,,,", "52.06.03.2030,Baru,district,,,",
        "52.06.03.2031,Baru,,,52.07,", "52.06.03.2032,Baru,,kota,,", '52.06.03.2033,Baru,,,,"52.06.03.2999; 52.06"',
    )  # fmt: skip
    for line, words in (
        (2, "“52.6” is no code"), (4, f"{TENTE} stands already in line 3"), (5, f"{RISA} has no name"), (6, "another province than this one (52)"),
        (7, "a village by its code"), (8, "lies in 52.06.03 by its code"), (9, "“kota” is no type of a village"),
        (10, "“52.06.03.2999” under was is no region"), (10, "52.06 under was is a regency"),
    ):  # fmt: skip
        assert [one for one in told if one.startswith(f"line {line}:") and words in one], (line, words, told)
    assert len(told) == 9


def test_a_list_of_another_province_is_one_fault_however_long_it_is():
    (told,) = faults(*(f"51.06.03.20{number},Desa {number},,,," for number in range(10, 99)))
    assert told.startswith("line 2: 51.06.03.2010 belongs to another province") and "88 more lines" in told


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("52.06.44.2001,Baru", "52.06.44, which is neither in this file nor known"),
        ("52.06.03.2001,Baru\n52.06,Kabupaten Bima\n52.06.01,Monta", "52.06.03 Woha, which has ended or would end"),
    ],
)
def test_a_region_needs_a_region_above_it_that_stays(line, words):
    (told,) = faults(*line.split("\n"), head="code,name")
    assert told.startswith("line 2:") and words in told


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no column code"), (b"kode,nama\n", "there are kode, nama"), (b"code,name\n", "no regions"), ("code,name\n52,é".encode("latin-1"), "UTF-8"),
        (b"code,name,was\n52.06.03.2030,Baru,52.06.03.2003,52.06.03.2007\n", "line 2: it has 4 cells"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_said_so(raw, words):
    with pytest.raises(BadRegions, match=words):
        read(raw, "52", KNOWN)


def test_a_part_ends_only_what_lies_in_it_on_the_levels_it_holds():
    found = plan(f"{WOHA},Woha", f"{TENTE},Tente")
    assert found.roots == {WOHA: ("village",)} and found.ended == [RISA]
    assert plan("52,Nusa Tenggara Barat", f"{BIMA},Kabupaten Bima").ended == ["52.07", "52.07.01"], "what lies in an ended one ends with it"
    assert plan(f"{BIMA},Kabupaten Bima Raya").ended == [], "one line alone renames and ends nothing"
    assert plan("52.06.03.2030,Baru").ended == []


def test_what_was_named_under_was_is_replaced_and_who_stays_was_only_divided():
    found = plan(f"52.06.03.2030,Tente Raya,{TENTE};{RISA}", f"52.06.03.2031,Risa Timur,{RISA}", f"{WOHA},Woha")
    assert found.replaced == {TENTE: ("52.06.03.2030",), RISA: ("52.06.03.2030", "52.06.03.2031")} and found.ended == []
    assert found.after[TENTE].successor == "52.06.03.2030" and found.after[RISA].successor is None
    assert home(TENTE, found.after) == "52.06.03.2030" and home(RISA, found.after) is None
    divided = plan(f"{TENTE},Tente", f"52.06.03.2031,Tente Timur,{TENTE}")
    assert divided.replaced == {} and divided.split_off == {"52.06.03.2031": TENTE}


def test_villages_follow_their_district_by_number_and_name():
    found = plan(f"52.06.21,Woha,{WOHA}", "52.06.21.2003,Tente", "52.06.21.2007,Risa Baru")
    assert found.replaced == {WOHA: ("52.06.21",), TENTE: ("52.06.21.2003",)} and found.ended == [RISA]
    assert home(TENTE, found.after) == "52.06.21.2003"
    assert home(RISA, found.after) == "52.06.21", "what is not named by itself lies in what its district became"


def test_the_same_list_again_changes_nothing_and_an_ended_code_comes_back_only_when_listed():
    lines = (f"52.06.21,Woha,{WOHA}", "52.06.21.2003,Tente", "52.06.21.2007,Risa Baru")
    once = plan(*lines)
    again = compare(rows(*lines), once.after)
    assert again.changed == [] and again.replaced == {} and again.ended == [] and len(again.unchanged) == 3
    back = plan("52.06.03.2099,Lama")
    assert back.revived == ["52.06.03.2099"] and not back.after["52.06.03.2099"].ended


def test_a_circle_of_successors_ends():
    one, other = Known("A", "village", WOHA, "desa", True, RISA), Known("B", "village", WOHA, "desa", True, TENTE)
    assert home(TENTE, {TENTE: one, RISA: other}) is None
