"""How many statements a door or a long story costs: bounds that are today's numbers, so that a loop over rows is noticed."""

from tests.corridor.looking import CLINIC, by_form, by_sms, pin_of, statements


def cost(town, act) -> list[str]:
    act()  # warm: connections, templates, reference
    with statements(town) as heard:
        answer = act()
    assert answer.status_code < 400, answer.text
    return heard


def test_a_door_takes_a_report_in_a_bounded_number(town):
    browser = town.browser()
    assert len(cost(town, lambda: town.api(text="Laporan untuk dihitung", region="52.06.03"))) <= 5
    assert len(cost(town, lambda: town.sms("+6281100009001", "Laporan untuk dihitung, sms"))) <= 9  # somebody we know
    with statements(town) as heard:
        town.sms("+6281100009010", "Laporan untuk dihitung, sms")
    assert len(heard) <= 7  # somebody new
    assert len(cost(town, lambda: by_form(town, "Laporan untuk dihitung, web", browser))) <= 6


def test_a_resend_costs_next_to_nothing(town):
    assert len(cost(town, lambda: town.sms("+6281100009002", "Dikirim ulang terus", "SM" + "7" * 32))) <= 1


def test_reading_costs_the_same_however_long_the_story_is(town, office):
    ticket = by_sms(town, "+6281100009003", CLINIC.format("cerita panjang"))
    desk, phone, stranger = office.desk("halim"), town.browser(), town.browser()
    phone.post(f"/t/{ticket}/pin", data={"pin": pin_of(town, ticket)})
    pages = [
        lambda: desk.get(f"/meja/{ticket}"),
        lambda: phone.get(f"/t/{ticket}"),
        lambda: stranger.get(f"/t/{ticket}"),
        lambda: stranger.get(f"/api/v1/cases/{ticket}"),
        lambda: stranger.get(f"/api/v1/cases/{ticket}", headers={"X-Pin": pin_of_once}),
    ]
    pin_of_once = pin_of(town, ticket)
    short = [len(cost(town, page)) for page in pages]
    for number in range(15):
        office.act("halim", ticket, "answer", words=f"Kabar ke-{number}.")
        town.sms("+6281100009003", f"{ticket} tambahan ke-{number} dari saya")
        town.work_off()
    assert [len(cost(town, page)) for page in pages] == short
    assert all(found <= bound for found, bound in zip(short, (7, 4, 2, 2, 5), strict=True)), short
