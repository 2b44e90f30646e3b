"""A place that people call otherwise: a correction teaches the word, the next report is read right, and no word of everyone is bent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ntbcare.casework import naming
from ntbcare.domain import tickets
from ntbcare.domain.errors import BadInput, NotAllowed
from ntbcare.domain.permissions import Actor, Role
from tests.corridor.looking import count

TENTE = "52.06.03.2003"  # Desa Tente, Kec. Woha, Kab. Bima
WORDS = "lampu jalan mati di dusun Wadumbolo sejak Senin"


def read(town, text: str = WORDS) -> str | None:
    """Where this text would be placed now."""
    with town.app.app_context(), town.work() as work:
        return work.ref.gazetteer.find(text).code


def desk(town, role: Role, region: str | None, act):
    with town.app.app_context(), town.work(Actor(role, account(town), "Imran", None, region)) as work:
        found = act(work)
        work.commit()
        return found


def account(town) -> int:
    return town.sql("SELECT min(id) FROM accounts")[0][0]


def test_a_taught_word_is_read_by_the_next_report_and_no_more_when_it_is_taken_back(town):
    assert read(town) is None
    assert desk(town, Role.COORDINATOR, "52.06", lambda work: naming.teach(work, " Wadumbolo ", TENTE)) == "wadumbolo"
    assert fresh(town, 1) == TENTE
    desk(town, Role.ADMIN, None, lambda work: naming.take_back(work, "wadumbolo", TENTE))
    assert fresh(town, 2) is None
    assert count(town, "region_aliases", "alias = 'wadumbolo' AND ended_at IS NOT NULL") == 1


def fresh(town, minutes: int) -> str | None:
    """A process whose last look at the reference tables is long ago."""
    with town.app.app_context(), town.work() as work:
        return town.house.shelf.take(work.session, work.now + timedelta(minutes=minutes)).gazetteer.find(WORDS).code


EVERYDAY = [
    "jalan",
    "jalan rusak",
    "rumah sakit",
    "tidak ada",
    "lubang",
    "mati lampu",
    "lampu mati",
    "jln rusak",
    "kebakaran",
    "baru dibangun",
    "matilampu",
    "tidakada",
    "jalanrusak",
    "airmati",
    "ai rmati",
]
NAMES = [
    "mataram",
    "lombok tengah",
    "kota mataram",
    "selong",
    "bima",
    "kecamatan woha",
    "woha kecamatan",
    "kab bima",
    "woha",
    "lotim",
    "Nusa Tenggara Barat",
    "baru",
]


@pytest.mark.parametrize("words", EVERYDAY)
def test_no_word_of_every_day_of_a_topic_or_of_danger_becomes_a_place_however_sure_somebody_is(town, words):
    for role, region in ((Role.COORDINATOR, "52.06"), (Role.ADMIN, None)):
        with pytest.raises(BadInput, match="sehari-hari"):
            desk(town, role, region, lambda work: naming.teach(work, words, TENTE, sure=True))


@pytest.mark.parametrize("words", NAMES)
def test_no_name_of_another_region_becomes_a_place_however_sure_somebody_is(town, words):
    with pytest.raises(BadInput, match="sudah nama"):
        desk(town, Role.COORDINATOR, "52.06", lambda work: naming.teach(work, words, TENTE, sure=True))
    assert count(town, "region_aliases", "alias = :words AND code = :code", words=words.lower(), code=TENTE) == 0


@pytest.mark.parametrize("words", ["hujan", "setiap hujan", "setiaphujan"])
def test_what_the_word_tables_do_not_know_is_found_in_the_texts_we_have(town, words):
    with pytest.raises(BadInput, match=r"ada dalam \d+ tulisan lain"):
        desk(town, Role.COORDINATOR, "52.06", lambda work: naming.teach(work, words, TENTE, sure=True))


def test_what_many_reports_of_elsewhere_say_is_no_name_and_what_reports_of_there_say_is(town):
    for n in range(4):
        town.api(text=f"lampu mati dekat wadungge dan wadulembe nomor {n}", region="52.71.01" if n else TENTE)
    town.work_off()
    for n in range(3):
        town.api(text=f"lampu mati dekat wadungge nomor {n}", region="52.06.03")
    town.work_off()
    assert desk(town, Role.COORDINATOR, "52.06", lambda work: naming.teach(work, "wadulembe", TENTE)) == "wadulembe", (
        "three texts of elsewhere"
    )
    town.api(text="lampu mati dekat wadungge lagi", region="52.71.01")
    town.work_off()
    with pytest.raises(BadInput, match="ada dalam 4 tulisan lain"):
        desk(town, Role.COORDINATOR, "52.06", lambda work: naming.teach(work, "Wadu Ngge", TENTE))


def test_the_name_of_another_place_is_taken_at_the_second_yes(town):
    with pytest.raises(BadInput, match="Saya yakin"):
        desk(town, Role.ADMIN, None, lambda work: naming.teach(work, "kebon roek", TENTE))
    assert desk(town, Role.ADMIN, None, lambda work: naming.teach(work, "kebon roek", TENTE, sure=True)) == "kebon roek"


@pytest.mark.parametrize("words", ["", "ab", "12345", "satu dua tiga empat lima"])
def test_what_is_no_name_is_refused(town, words):
    with pytest.raises(BadInput):
        desk(town, Role.ADMIN, None, lambda work: naming.teach(work, words, TENTE, sure=True))


def test_nobody_teaches_outside_the_own_region(town):
    for role, region in ((Role.COORDINATOR, "52.01"), (Role.COORDINATOR, None), (Role.OFFICER, "52.06")):
        with pytest.raises(NotAllowed):
            desk(town, role, region, lambda work: naming.teach(work, "wadukareke", TENTE))


def test_who_taught_a_name_takes_it_back_and_nobody_else_but_an_admin(town):
    for name, region in (("wadusatu", None), ("wadudua", "52.06")):
        desk(town, Role.COORDINATOR, "52.06", lambda work, name=name: naming.teach(work, name, TENTE))
        with town.app.app_context(), town.work(Actor(Role.COORDINATOR, account(town) + 1, "Sari", None, "52.06")) as work:
            assert not any(one.mine for one in naming.taught(work))
            assert naming.teach(work, name, TENTE) == name
            work.commit()
            with pytest.raises(NotAllowed):
                naming.take_back(work, name, TENTE)
        desk(town, Role.COORDINATOR if region else Role.ADMIN, region, lambda work, name=name: naming.take_back(work, name, TENTE))
        assert count(town, "region_aliases", "alias = :name AND ended_at IS NOT NULL", name=name) == 1


def test_a_name_of_the_seed_does_not_become_ones_own_by_teaching_it_again(town):
    alias, code = town.sql("SELECT alias, code FROM region_aliases WHERE code LIKE '52.06.%' AND added_by IS NULL ORDER BY 1 LIMIT 1")[0]
    desk(town, Role.COORDINATOR, "52.06", lambda work: naming.teach(work, alias, code, sure=True))
    with pytest.raises(NotAllowed):
        desk(town, Role.COORDINATOR, "52.06", lambda work: naming.take_back(work, alias, code))
    assert count(town, "region_aliases", "alias = :alias AND added_by IS NULL AND ended_at IS NULL", alias=alias) == 1


def test_the_page_asks_again_before_it_keeps_a_doubtful_word_and_lists_what_was_taught(town, office):
    admin = office.desk("admin")
    answer = admin.post("/kendali/nama", data={"words": "pasar kebon roek", "region": TENTE})
    assert answer.status_code == 422 and "Saya yakin" in answer.text
    refused = admin.post("/kendali/nama", data={"words": "rumah sakit", "region": TENTE, "sure": "yes"})
    assert refused.status_code == 422 and "Saya yakin" not in refused.text and "kata sehari-hari" in refused.text
    assert admin.post("/kendali/nama", data={"words": "doro lede", "region": TENTE}).status_code == 303
    assert "<b>doro lede</b> berarti" in admin.get("/kendali/nama").text
    assert admin.post("/kendali/nama/cabut", data={"words": "doro lede", "region": TENTE}).status_code == 303
    assert "<b>doro lede</b>" not in admin.get("/kendali/nama").text
    assert office.desk("bagus").get("/kendali/nama").status_code == 403


def test_a_corrected_place_is_offered_with_the_words_of_the_report():
    assert naming.proposal("air mati di dusun Repok Bunut, sudah seminggu") == "repok bunut"
    assert naming.proposal("lampu mati di Wadumbolo min") == "wadumbolo"
    assert naming.proposal("air mati sudah seminggu") == ""


def corrected(town, office, words: str, **fields: object) -> str:
    """A report whose place could not be read, put right by Bima's coordinator. Returns its ticket."""
    sent = town.api(text=f"{words}, Kabupaten Bima", category="lainnya", **fields).get_json()["ticket"].replace("-", "")
    town.work_off()
    case = town.case(sent)
    assert case["region"] == "52.06", "only the regency was read"
    if case["state"] == "received":
        office.act("imran", sent, "verify", category="lainnya", region=TENTE, urgency="biasa")
    return sent


def test_a_correction_becomes_a_lesson_and_the_same_words_are_read_right_within_seconds(town, office):
    words = "air keruh di dusun Nggarolanta Pondo, {}"
    sent = corrected(town, office, words.format("satu"))
    page = office.desk("imran").get("/kendali/nama").text
    assert tickets.pretty(sent) in page and 'value="nggarolanta pondo"' in page
    assert read(town, words.format("dua")) != TENTE
    assert office.desk("imran").post("/kendali/nama", data={"words": "nggarolanta pondo", "region": TENTE}).status_code == 303
    town.clock.forward(seconds=4)
    assert read(town, words.format("tiga")) == TENTE
    lessons = office.desk("imran").get("/kendali/nama").text.partition("Yang sudah diajarkan")[0]
    assert tickets.pretty(sent) not in lessons, "nothing is left to teach"


def test_the_lessons_show_no_word_of_a_case_that_is_protected_or_not_for_this_reader(town, office):
    said = "air keruh di Wadutakut {}"
    shown = corrected(town, office, said.format("terbuka"))
    hidden = [corrected(town, office, said.format(name), **{name: True}) for name in ("anonymous", "confidential")]
    sealed = corrected(town, office, said.format("tertutup"))
    town.sql("UPDATE cases SET category = 'perempuan_anak' WHERE ticket = :ticket", ticket=sealed)
    tip = corrected(town, office, said.format("kabar"))
    town.sql("UPDATE cases SET kind = 'tip' WHERE ticket = :ticket", ticket=tip)
    with town.app.app_context(), town.work(Actor(Role.COORDINATOR, 1, "Imran", None, "52.06")) as work:
        seen = [one.ticket for one in naming.lessons(work) if "wadutakut" in one.words]
    assert seen == [shown], f"none of {[*hidden, sealed, tip]}"
    for actor in (Actor(Role.ADMIN, 1), Actor(Role.COORDINATOR, 1, "Sari", None, "52.71"), Actor(Role.COORDINATOR, 1)):
        with town.app.app_context(), town.work(actor) as work:
            assert naming.lessons(work) == []
    page = office.desk("admin").get("/kendali/nama").text
    assert "wadutakut" not in page.lower() and "hanya dibaca koordinator" in page
