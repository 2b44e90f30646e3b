"""Words that leave by SMS stay short and plain whatever is put into them, and nothing that matters is ever cut."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntbcare.casework.notices import CHANNELS, TEMPLATES
from ntbcare.wording import MAX_PARTS, PIN_MARK, Wording, gsm7, parts, shorten
from tests.corridor.looking import CLINIC, by_sms, count
from tests.house.test_house_notices import FACTS

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "templates" / "messages"
WORDING = Wording(FOLDER)
with (ROOT / "ntbcare/seed/ntb/units.csv").open(newline="") as file:
    UNITS = list(csv.DictReader(file))
with (ROOT / "ntbcare/seed/ntb/archive_reasons.csv").open(newline="") as file:
    REASONS = [row["sentence"] for row in csv.DictReader(file)]
LONGEST, LONGEST_SHORT = (max((row[column] for row in UNITS), key=len) for column in ("name", "short"))
TICKET, OTHERS, DUE = "482-173-059", ["100-000-006", "605-218-473"], "Jum 27 Mar 23.59 WITA"
ODD = ["kata " * 1000, "x" * 5000, "^{}~[]|€" * 625, "🙏" * 5000, "jalan “rusak” — parah… " * 200, "\n" * 5000, "é" * 5000, ". " * 2500]


def facts(words: str, emergency: str = "") -> dict[str, object]:
    return FACTS | {
        "ticket": TICKET, "track": "https://care.example/t/482173059", "unit": LONGEST, "unit_short": LONGEST_SHORT, "due": DUE,
        "due_long": "Jumat, 27 Maret 2026 pukul 23.59 WITA", "title": "t" * 90, "product": "NTB Care", "words": words,
        "reason": max(REASONS, key=len), "other": OTHERS[0], "options": [(ticket, words) for ticket in (TICKET, *OTHERS)], "state": "Sudah dijawab, menunggu kata Anda",
        "score": 5, "label": "Sangat tidak puas", "emergency": emergency, "question": "", "elsewhere": "", "elsewhere_because": "",
    }  # fmt: skip


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("notice", TEMPLATES)
def test_every_notice_has_words_in_every_channel(notice, channel):
    assert WORDING.has(notice, channel)
    assert WORDING.write(notice, channel, **facts("Tim kami ke lokasi."))


@pytest.mark.parametrize(
    "words", ODD, ids=["words", "one long word", "dear signs", "emoji", "typography", "empty lines", "accents", "dots"]
)
@pytest.mark.parametrize("notice", TEMPLATES)
def test_an_sms_is_plain_and_short_whatever_five_thousand_letters_are_put_into_it(notice, words):
    said = WORDING.write(notice, "sms", **facts(words))
    assert gsm7(said) == said
    assert parts(said) <= MAX_PARTS, f"{len(said)}: {said}"


@pytest.mark.parametrize("words", ODD)
def test_ticket_date_and_pin_are_never_cut(words):
    for notice in TEMPLATES:
        told, plain = WORDING.write(notice, "sms", **facts(words)), (FOLDER / f"{notice}.sms.txt").read_text()
        for name, value in (("{{ ticket }}", TICKET), ("{{ other }}", OTHERS[0]), ("{{ due }}", DUE), (PIN_MARK, PIN_MARK)):
            assert (value in told) or name not in plain, (notice, name, told)
    assert all(ticket in WORDING.write("which", "sms", **facts(words)) for ticket in (TICKET, *OTHERS))


def test_the_receipt_fits_for_every_unit_and_every_emergency():
    for unit in UNITS:
        for emergency in ("", "112 (Panggilan darurat)"):
            said = WORDING.write("receipt", "sms", **facts("", emergency) | {"unit": unit["name"], "unit_short": unit["short"]})
            assert parts(said) <= MAX_PARTS, (unit["short"], said)
            assert all(word in said for word in (TICKET, PIN_MARK, DUE))


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_for_archiving_is_told_with_the_officers_own_words(reason):
    said = WORDING.write("archived", "sms", **facts("Tolong tulis nama desanya.") | {"reason": reason})
    assert "Tolong tulis nama desanya." in said


@given(st.text(max_size=400), st.integers(0, 300))
def test_shortening_never_grows_and_says_that_it_cut(text, room):
    short = shorten(text, room)
    assert len(short) <= max(room, 3)
    assert short == " ".join(text.split()) or short.endswith("...")


@given(st.text(max_size=300))
def test_anything_becomes_letters_a_phone_can_show(text):
    plain = gsm7(text)
    assert gsm7(plain) == plain
    assert parts(plain) >= 1


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("é" * 160, 1),
        ("ŵ" * 70, 1),
        ("ŵ" * 71, 2),
        ("🙏" * 35, 1),
        ("🙏" * 36, 2),
    ],
)
def test_parts_are_counted_as_the_network_counts_them(text, cost):
    assert parts(text) == cost


def test_what_a_person_writes_is_never_read_as_a_template():
    said = WORDING.write("response", "sms", **facts("Kode {{ ticket }} {% raw %} {{ 7 * 7 }}"))
    assert "{{ 7 * 7 }}" in said
    assert "49" not in said


def test_every_notice_keeps_the_version_of_its_words_and_new_words_are_a_new_version(town, tmp_path):
    by_sms(town, "+6281100006001", CLINIC.format("versi kata"))
    assert count(town, "notices", "template_version = :version", version=WORDING.version) == count(town, "notices") > 0
    for path in FOLDER.glob("*.txt"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert Wording(tmp_path).version == WORDING.version
    (tmp_path / "receipt.sms.txt").write_text("Diterima: {{ ticket }}")
    assert Wording(tmp_path).version != WORDING.version


def test_a_missing_fact_is_a_fault_of_ours_and_never_an_empty_place():
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        WORDING.write("receipt", "sms", unit_short="", due="", emergency="")


def test_no_stored_notice_holds_a_pin(town):
    from tests.corridor.looking import pin_of

    ticket = by_sms(town, "+6281100006002", CLINIC.format("pin tidak disimpan"))
    assert pin_of(town, ticket) in town.sent("+6281100006002")[0]["text"]
    assert count(town, "notices", "body LIKE :like", like=f"%{pin_of(town, ticket)}%") == 0
    assert count(town, "notices", "body LIKE :like", like=f"%{PIN_MARK}%") > 0
