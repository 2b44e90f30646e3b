"""A place that people call otherwise: a correction teaches the word, the next report is read right, and an admin takes it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ntbcare.casework import naming
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


@pytest.mark.parametrize("words", ["baru", "jalan", "selong", "kebon roek"])
def test_an_ordinary_word_or_the_name_of_another_place_needs_a_second_yes(town, words):
    with pytest.raises(BadInput, match="Saya yakin"):
        desk(town, Role.ADMIN, None, lambda work: naming.teach(work, words, TENTE))
    assert count(town, "region_aliases", "alias = :words AND code = :code", words=words, code=TENTE) == 0
    assert desk(town, Role.ADMIN, None, lambda work: naming.teach(work, words, TENTE, sure=True)) == words


@pytest.mark.parametrize("words", ["", "ab", "12345", "satu dua tiga empat lima"])
def test_what_is_no_name_is_refused(town, words):
    with pytest.raises(BadInput):
        desk(town, Role.ADMIN, None, lambda work: naming.teach(work, words, TENTE, sure=True))


def test_nobody_teaches_outside_the_own_region_and_only_admins_take_back(town):
    with pytest.raises(NotAllowed):
        desk(town, Role.COORDINATOR, "52.01", lambda work: naming.teach(work, "wadukareke", TENTE))
    with pytest.raises(NotAllowed):
        desk(town, Role.OFFICER, "52.06", lambda work: naming.teach(work, "wadukareke", TENTE))
    with pytest.raises(NotAllowed):
        desk(town, Role.COORDINATOR, "52.06", lambda work: naming.take_back(work, "wadukareke", TENTE))


def test_the_page_asks_again_before_it_keeps_a_doubtful_word_and_lists_what_was_taught(town, office):
    admin = office.desk("admin")
    answer = admin.post("/kendali/nama", data={"words": "tangga", "region": TENTE})
    assert answer.status_code == 422 and "Saya yakin" in answer.text
    assert admin.post("/kendali/nama", data={"words": "doro lede", "region": TENTE}).status_code == 303
    assert "<b>doro lede</b> berarti" in admin.get("/kendali/nama").text
    assert admin.post("/kendali/nama/cabut", data={"words": "doro lede", "region": TENTE}).status_code == 303
    assert "<b>doro lede</b>" not in admin.get("/kendali/nama").text
    assert office.desk("bagus").get("/kendali/nama").status_code == 403


def test_a_corrected_place_is_offered_with_the_words_of_the_report():
    assert naming.proposal("air mati di dusun Repok Bunut, sudah seminggu") == "repok bunut"
    assert naming.proposal("lampu mati di Wadumbolo min") == "wadumbolo"
    assert naming.proposal("air mati sudah seminggu") == ""
