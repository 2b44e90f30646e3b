"""The trained reader: the same examples give the same model, it abstains, it says why, and what must not be left to chance is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntbcare.reading.model import Model
from ntbcare.reading.reader import LEXICON_VERSION, Topics
from ntbcare.reading.training import Example, train

SMALL = [
    *(Example(text, "jalan_jembatan", "complaint", "biasa") for text in ("jalan rusak parah", "aspal berlubang", "jembatan retak", "jalan becek sekali", "lubang di tengah jalan")),
    *(Example(text, "air_bersih", "aspiration", "penting") for text in ("air pdam mati", "air keruh bau", "minta sambungan air", "sumur kering", "pipa air bocor")),
]  # fmt: skip


@pytest.fixture(scope="module")
def small(plain, lexicon) -> Model:
    return train(SMALL, plain, lexicon, origin="test")


def test_the_same_examples_give_the_same_model_to_the_byte(small, plain, lexicon):
    assert train(SMALL, plain, lexicon, origin="test").dump() == small.dump()


def test_other_examples_give_another_version(small, plain, lexicon):
    changed = [*SMALL[:-1], Example("pipa air pecah", "air_bersih", "aspiration", "penting")]
    assert train(changed, plain, lexicon, origin="test").version != small.version


def test_a_model_that_was_kept_reads_as_before(small, plain, lexicon):
    again = Topics(lexicon, Model.load(small.dump()))
    for example in SMALL:
        before, after = Topics(lexicon, small).read(example.text), again.read(example.text)
        assert (before.category, [code for code, _ in before.ranked]) == (after.category, [code for code, _ in after.ranked])


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04nonsense", b"\x00" * 500])
def test_what_is_no_model_is_refused(body):
    with pytest.raises(ValueError):
        Model.load(body)


def test_one_answer_alone_cannot_be_learned(plain, lexicon):
    with pytest.raises(ValueError, match="two different"):
        train([Example("jalan rusak", "jalan_jembatan")], plain, lexicon, origin="test", heads=("topic",))


def test_without_a_model_the_lexicon_answers_and_says_so(lexicon):
    told = Topics(lexicon).read("jalan rusak berlubang di desa kami")
    assert (told.category, told.version) == ("jalan_jembatan", LEXICON_VERSION)


REPORTS = [
    ("jln rusak dkt psr tente, dr bln lalu blm diperbaiki", "jalan_jembatan"),
    ("lampu PJU di gang mati udah seminggu gelap sekali", "listrik_penerangan"),
    ("sampah menumpuk tidak diangkut sudah lima hari", "sampah_lingkungan"),
    ("air PDAM tidak mengalir sejak kemarin", "air_bersih"),
    ("selokan depan rumah mampet kalau hujan banjir", "drainase_irigasi"),
    ("kenapa nama ibu saya dicoret dari PKH", "bansos"),
    ("KTP saya sudah tiga bulan belum jadi di dukcapil", "kependudukan"),
    ("obat di puskesmas kosong, dokter jarang datang", "kesehatan"),
    ("guru jarang masuk mengajar, anak anak main terus di kelas", "pendidikan"),
    ("pupuk subsidi langka padahal sudah musim tanam padi", "pertanian_perikanan"),
]


@pytest.mark.parametrize(("text", "category"), REPORTS)
def test_it_is_sure_of_what_people_tell_every_day(topics, text, category):
    told = topics.read(text)
    assert told.category == category, told.ranked
    assert told.confidence >= 0.9
    assert told.version.startswith("examples.")


@pytest.mark.parametrize("text", ["tolong", "bagaimana ini pak", "asdf qwer zxcv", "12345 67890", "한국어 문장", "!!!", ""])
def test_it_abstains_where_nobody_could_tell(topics, text):
    assert topics.read(text).category is None


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("selamat pagi admin", "sapaan"), ("tes 123", "tes"), ("coba coba", "tes"), ("terima kasih banyak atas bantuannya pak", "pujian"),
        ("menangkan hadiah 50 juta klik link ini", "iklan"), ("dasar anjing kalian semua bangsat", "kasar"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_called_by_its_name(topics, text, sort):
    assert topics.read(text).sort == sort


@pytest.mark.parametrize("text", [row[0] for row in REPORTS])
def test_a_report_is_never_taken_for_something_else(topics, text):
    assert topics.read(text).sort is None


def test_the_reason_quotes_the_reporters_own_words(topics):
    assert "jalan" in topics.read("jalan rusak parah banyak lubang").because


def test_misconduct_is_found_by_rule_whatever_the_model_thinks(topics, lexicon):
    text = "kades korupsi dana desa untuk jalan rusak, lampu mati, air mati"
    assert topics.read(text).kind == "violation" == lexicon.read(text).kind


def test_a_sealed_topic_is_in_no_answer_of_the_model(topics):
    assert not any(code == "korupsi_pungli" for text, _ in REPORTS for code, _ in topics.read(text).ranked)


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_probabilities_are_shares(topics, text):
    told = topics.read(text)
    assert 0 <= told.confidence <= 1
    assert all(0 <= chance <= 1 for _, chance in told.ranked) or told.version == LEXICON_VERSION


def test_a_hundred_kilobytes_are_read_like_a_message(topics):
    assert topics.read("jalan rusak " * 9_000).category == "jalan_jembatan"
    assert topics.read("x" * 100_000).category is None


def test_a_word_of_too_few_cases_of_ones_own_is_in_no_model(plain, lexicon):
    own = [
        Example(text, "jalan_jembatan", "complaint", "biasa", own=True)
        for text in ("aspal zirkonium", "aspal zirkonium", "aspal halimunan")
    ]
    few, more = (train([*SMALL, *own, *extra], plain, lexicon, origin="test") for extra in ([], [own[0]]))
    assert not [term for term in (*few.vocabulary, *few.stems.known) if "zirkonium" in term or "halimun" in term]
    assert "aspal" in few.vocabulary, "other examples hold it"
    assert {"zirkonium", "aspal zirkonium"} <= set(more.vocabulary), "three cases hold it"
    assert few.card["left_out"] == 2
    assert "left_out" not in train(SMALL, plain, lexicon, origin="test").card
    theirs = [Example(one.text, one.topic, one.kind, one.urgency) for one in own]
    assert train([*SMALL, *theirs], plain, lexicon, origin="test").version != few.version, "another model has another name"
