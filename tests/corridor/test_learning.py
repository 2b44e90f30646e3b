"""What the reader learns of citizens' cases: only what a person has confirmed, nothing protected, and no word that few have written."""

from __future__ import annotations

import pytest

from ntbcare.casework import learning
from ntbcare.reading.model import Model
from ntbcare.reading.training import Example
from tests.corridor.looking import CLINIC

LABELLED = [
    Example(words.format(number), topic, kind, urgency)
    for number in range(6)
    for words, topic, kind, urgency in (
        ("jalan rusak dan berlubang di kampung {}", "jalan_jembatan", "complaint", "biasa"),
        ("obat di puskesmas kosong, antre lama {}", "kesehatan", "aspiration", "penting"),
    )
]


def clinic(town, office, words: str) -> str:
    """A case that Bima's health office answered. Returns its ticket."""
    sent = town.api(text=CLINIC.format(words)).get_json()["ticket"].replace("-", "")
    town.work_off()
    office.act("halim", sent, "respond", words="Obatnya sudah datang.")
    return sent


def learned(town, words: str) -> list[str | None]:
    """The topics with which a case of these words would be learned now."""
    with town.app.app_context(), town.work() as work:
        return [example.topic for example in learning.confirmed(work) if words in example.text]


def test_a_case_is_learned_when_its_unit_answered_and_not_before(town, office):
    sent = town.api(text=CLINIC.format("dua belas merpati")).get_json()["ticket"].replace("-", "")
    town.work_off()
    assert learned(town, "dua belas merpati") == []
    office.act("halim", sent, "respond", words="Obatnya sudah datang.")
    assert learned(town, "dua belas merpati") == ["kesehatan"]


def test_a_case_that_was_handed_back_is_learned_only_with_a_topic_that_a_person_set(town, office):
    sent = town.api(text=CLINIC.format("tiga belas merpati")).get_json()["ticket"].replace("-", "")
    town.work_off()
    office.act("halim", sent, "hand_back", words="Bukan wewenang kami.", unit="0")
    office.act("imran", sent, "dispose", words="Mohon tetap ditangani.", unit=office.unit("52.06.dinkes"))
    office.act("halim", sent, "respond", words="Obatnya sudah datang.")
    assert learned(town, "tiga belas merpati") == [], "who took it at last said nothing of its topic"
    sent = town.api(text=CLINIC.format("empat belas merpati")).get_json()["ticket"].replace("-", "")
    town.work_off()
    office.act("halim", sent, "hand_back", words="Bukan wewenang kami.", unit="0")
    assert office.desk("imran").post(f"/meja/{sent}/topik", data={"category": "perhubungan"}).status_code == 303
    office.act("imran", sent, "dispose", words="Parkir puskesmas.", unit=office.unit("52.06.dinkes"))
    office.act("halim", sent, "respond", words="Sudah ditata.")
    assert learned(town, "empat belas merpati") == ["perhubungan"]


@pytest.mark.parametrize(
    ("number", "change"),
    [("satu", "category = 'perempuan_anak'"), ("dua", "kind = 'tip'"), ("tiga", "confidential = true"), ("empat", "anonymous = true")],
)
def test_nothing_is_learned_of_a_closed_topic_or_of_who_asked_for_protection(town, office, number, change):
    sent = clinic(town, office, f"kancil nomor {number}")
    assert learned(town, f"kancil nomor {number}") == ["kesehatan"]
    town.sql(f"UPDATE cases SET {change} WHERE ticket = :ticket", ticket=sent)
    assert learned(town, f"kancil nomor {number}") == []


def test_the_examples_of_the_seed_still_teach_a_topic_that_only_some_desks_read(town):
    with town.app.app_context(), town.work() as work:
        assert "perempuan_anak" in learning.closed_topics(work.ref)
        assert any(example.topic == "perempuan_anak" for example in learning.carried(town.house.seed, ["korupsi_pungli"]))


def test_a_word_is_kept_when_three_cases_hold_it_and_forgotten_when_fewer_do(town, office, tmp_path):
    for number, words in enumerate(("dokter Zulkarnaenudin galak", "dokter Zulkarnaenudin pergi", "timbangan rontok")):
        clinic(town, office, f"{words} lalu halimunan {number}")
    with town.app.app_context(), town.work() as work:
        card = learning.train(work, tmp_path, labelled=LABELLED, activate=False)
        own = len(list(learning.confirmed(work)))
        work.commit()
    assert card["from_cases"] == own >= 3 and card["from_file"] == len(LABELLED) and card["left_out"] > 0
    model = Model.load(bytes(town.sql("SELECT body FROM models WHERE version = :version", version=card["version"])[0][0]))
    kept = {*model.vocabulary, *model.stems.known, *model.stems.known.values()}
    assert "halimunan" in model.stems.known and any("halimun" in term for term in model.vocabulary), "three cases hold it"
    assert "puskesmas" in model.vocabulary, "the examples hold it"
    assert not [term for term in kept if "zulkarn" in term], "two cases hold it, also beside another word"
    assert model.card == card
