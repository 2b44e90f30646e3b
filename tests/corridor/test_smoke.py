"""The corridor from one SMS to one desk, as short as it can be told."""


def test_a_tidy_sms_reaches_the_right_desk(town):
    answer = town.sms("+6281234567001", "Jalan berlubang di Desa Tente Kecamatan Woha Kabupaten Bima, sudah dua bulan")
    assert answer.status_code == 200
    town.work_off()
    ticket = town.ticket_of("Desa Tente")
    case = town.case(ticket)
    assert case["state"] == "dispositioned", case["because"]
    desk = town.desk("bagus")
    assert ticket in desk.get("/meja").text
    page = desk.get(f"/meja/{ticket}")
    assert page.status_code == 200
