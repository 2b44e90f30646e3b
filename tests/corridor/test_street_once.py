"""What a provider brings many times, at once or again, is one message, one case and one receipt."""

from __future__ import annotations

import pytest

from tests.corridor.avenue import Avenue, open_avenue, said
from tests.corridor.looking import ROAD, at_once, count
from tests.counterparts.kannel_api import PASSWORD, USER, KannelApi

KANNEL_SECRET = "rahasia_kannel-0123456789"
TIMES, PEOPLE = 200, 20


@pytest.fixture(scope="module")
def avenue(servers, template, tmp_path_factory):
    with KannelApi() as kannel:
        more = {"KANNEL_URL": kannel.url, "KANNEL_USER": USER, "KANNEL_PASSWORD": PASSWORD, "KANNEL_SECRET": KANNEL_SECRET}
        for found in open_avenue(servers, template, tmp_path_factory.mktemp("avenue"), **more):
            found.kannel = kannel
            yield found


def by_kannel(avenue: Avenue, person: int, words: str, name: str):
    asked = {"secret": KANNEL_SECRET, "from": avenue.address("sms", person), "to": "1708", "text": words, "id": name, "charset": "UTF-8"}
    return avenue.town.browser().get("/hooks/kannel/sms", query_string=asked)


def texts(avenue: Avenue, person: int) -> list[str]:
    """SMS that left for this person, by whichever gateway."""
    to = avenue.address("sms", person)
    return [asked["text"] for asked in avenue.kannel.taken if asked["to"] == to] + avenue.heard("sms", person)


@pytest.mark.parametrize("line", ["sms", "sms by Kannel", "telegram", "whatsapp"])
def test_the_same_message_two_hundred_times_at_once_is_one_case_and_one_receipt(avenue, line):
    person = 9_100 + len(line)
    words = ROAD.format(f"dua ratus kali lewat {line}")
    update, message = avenue.telegram.text(person, words), said(person, {"type": "text", "text": {"body": words}})
    bring = {
        "sms": lambda _: avenue.town.sms(avenue.address("sms", person), words, sid="SM" + "7" * 32),
        "sms by Kannel": lambda _: by_kannel(avenue, person, words, "7f0c9a52-200"),
        "telegram": lambda _: avenue.update(update),
        "whatsapp": lambda _: avenue.whatsapp(message),
    }[line]
    answers = at_once(PEOPLE, bring, times=TIMES)
    assert {answer.status_code for answer in answers} <= {200, 202}
    avenue.town.work_off()
    assert count(avenue.town, "messages", "text = :words", words=words) == 1
    assert count(avenue.town, "cases", "text = :words", words=words) == 1
    heard = texts(avenue, person) if "sms" in line else avenue.heard(line, person)
    assert len(heard) == 1 and "PIN" in heard[0]
    bring(0)
    avenue.town.work_off()
    assert len(texts(avenue, person) if "sms" in line else avenue.heard(line, person)) == 1, "a resend much later changes nothing either"


def test_a_batch_of_twenty_that_comes_twice_at_once_is_twenty(avenue):
    batch = [said(9_200 + n, {"type": "text", "text": {"body": ROAD.format(f"borongan nomor {n}")}}) for n in range(20)]
    assert {answer.status_code for answer in at_once(2, lambda _: avenue.whatsapp(*batch))} == {200}
    assert avenue.whatsapp(*reversed(batch)).status_code == 200
    avenue.town.work_off()
    assert count(avenue.town, "messages", "text LIKE '%borongan nomor%'") == 20
    assert count(avenue.town, "cases", "text LIKE '%borongan nomor%'") == 20
    assert [len(avenue.heard("whatsapp", 9_200 + n)) for n in range(20)] == [1] * 20


def test_twenty_messages_of_one_person_at_once_lose_no_words_and_make_no_second_case(avenue):
    person, first = 9_300, ROAD.format("ceritanya panjang")
    avenue.write("telegram", person, first)
    updates = [avenue.telegram.text(person, f"bagian ke-{n} ceritanya") for n in range(20)]
    assert {answer.status_code for answer in at_once(10, lambda n: avenue.update(updates[n]), times=20)} == {200}
    avenue.town.work_off()
    (case,) = avenue.cases("telegram", person)
    assert count(avenue.town, "messages", "case_id = :id", id=case["id"]) == 21
    assert count(avenue.town, "journal", "case_id = :id AND tag = 'case:words_added'", id=case["id"]) == 20
    assert len(avenue.heard("telegram", person)) == 1, "the receipt is about the whole story"


def test_two_gateways_of_sms_may_use_the_same_name(avenue):
    name = "7f0c9a52-77"
    assert by_kannel(avenue, 9_400, ROAD.format("nama sama lewat Kannel"), name).status_code in (200, 202)
    assert avenue.town.sms(avenue.address("sms", 9_401), ROAD.format("nama sama lewat Twilio"), sid=name).status_code == 200
    assert count(avenue.town, "cases", "text LIKE '%nama sama lewat%'") == 2
    assert {row[0] for row in avenue.town.sql("SELECT gateway FROM messages WHERE text LIKE '%nama sama lewat%'")} == {"kannel", "twilio"}
