"""The corridor as people walk it, in a real browser."""

from tests.corridor.looking import pin_of


def test_a_farmer_in_woha_reports_without_javascript_and_is_answered(live):
    town = live.town
    farmer = live.citizen(javascript=False)
    farmer.go("/")
    farmer.page.get_by_role("link", name="Tulis laporan").click()
    farmer.write("Apa yang terjadi?", "Jalan ke sawah kami berlubang besar, motor sudah tiga kali jatuh")
    farmer.write("Di mana?", "dekat Pasar Tente, Kecamatan Woha, Bima")
    farmer.write("Nomor HP", "0812 3400 5500")
    farmer.press("Kirim laporan")
    farmer.note()
    assert farmer.reads("Terima kasih, laporan Anda kami terima")
    assert farmer.pin == pin_of(town, farmer.ticket)
    assert farmer.page.url == f"{live.address}/t/{farmer.ticket}"

    bagus = live.officer("bagus", javascript=False)
    bagus.go("/meja")
    row = bagus.page.get_by_role("row").filter(has_text="Jalan ke sawah kami berlubang besar")
    assert "diurus Dinas Pekerjaan Umum" in row.inner_text(), "the queue says why it came here"
    row.get_by_role("link").click()
    assert bagus.do("Terima dan kerjakan") == 200
    assert bagus.do("Tanya pelapor", "Lubangnya di sebelah utara atau selatan pasar?") == 200
    assert bagus.reads("Kabar untuk pelapor lewat SMS: ")
    assert "utara atau selatan pasar?" in town.sent("+6281234005500")[-1]["text"]

    farmer.look()
    assert farmer.reads("Petugas bertanya kepada Anda")
    assert farmer.reads("Lubangnya di sebelah utara atau selatan pasar?")
    farmer.write("Jawaban Anda", "Sebelah utara, dekat jembatan kecil")
    assert farmer.press("Kirim jawaban") == 200
    assert farmer.reads("Petugas sedang mengerjakannya.")

    bagus.open(farmer.ticket)
    assert bagus.reads("Sebelah utara, dekat jembatan kecil")
    assert bagus.do("Ajukan hasil", "Sudah kami tambal sepanjang 40 meter.") == 200
    imran = live.officer("imran")
    imran.open(farmer.ticket)
    assert imran.reads("Jawaban yang akan dibaca pelapor")
    assert imran.do("Setujui hasil") == 200

    farmer.look()
    assert farmer.reads("Sudah kami tambal sepanjang 40 meter.")
    assert farmer.press("Ya, sudah selesai") == 200
    assert farmer.reads("Anda menyatakan masalahnya sudah selesai.")
    farmer.page.get_by_label("Sangat puas", exact=False).and_(farmer.page.locator("[value='5']")).check()
    farmer.write("Mengapa?", "Cepat, dan ditanya dulu")
    assert farmer.press("Kirim penilaian") == 200
    assert farmer.reads("Anda memberi nilai 5 dari 5")
    assert farmer.complaints == bagus.complaints == imran.complaints == []
    bagus.open(farmer.ticket)
    assert bagus.reads("Pelapor memberi nilai 5 dari 5")


def test_what_is_not_solved_goes_back_to_the_desk_with_the_reason(live):
    aminah = live.citizen(javascript=False)
    aminah.report("Obat di puskesmas Kecamatan Woha Kabupaten Bima kosong sejak Senin")
    halim = live.officer("halim")
    halim.open(aminah.ticket)
    assert halim.do("Jawab tuntas", "Obat sudah dikirim pagi ini.") == 200

    aminah.look()
    assert aminah.reads("Apakah masalahnya sudah selesai?")
    aminah.unfold("Belum selesai")
    aminah.write("Apa yang masih kurang?", "Yang datang bukan obat untuk anak saya")
    assert aminah.press("Kirim, belum selesai") == 200
    assert aminah.reads("Menyatakan belum selesai")

    halim.go("/meja")
    halim.page.get_by_role("row").filter(has_text="Obat di puskesmas").get_by_role("link").click()
    assert halim.reads("Yang datang bukan obat untuk anak saya")
    assert live.town.case(aminah.ticket)["state"] == "in_progress"


def test_somebody_else_with_the_ticket_reads_progress_and_not_the_words(live):
    owner = live.citizen()
    owner.report("Tetangga kami dekat Kantor Desa Tente Kecamatan Woha Bima, jalan berlubang di depan rumahnya", name="Siti Rahasia")
    bagus = live.officer("bagus")
    bagus.open(owner.ticket)
    bagus.do("Tanya pelapor", "Di depan rumah siapa?")
    stranger = live.citizen()
    stranger.go("/cek")
    stranger.write("Nomor laporan", f"{owner.ticket[:3]} {owner.ticket[3:6]} {owner.ticket[6:]}")
    with stranger.page.expect_navigation(url=f"**/t/{owner.ticket}"):
        stranger.page.get_by_role("main").get_by_role("button", name="Cek laporan").click()
    assert stranger.reads("Petugas menunggu keterangan dari pelapor.")
    for words in ("Anda menjawab", "jawaban Anda", "Tetangga kami", "Siti", "Di depan rumah siapa?", owner.pin):
        assert not stranger.reads(words), words
