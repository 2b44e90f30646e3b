"""Texts as citizens write them, what we wait for from them, and what they mean: (text, waiting, meaning, ticket, rest)."""

from ntbcare.domain.conversation import Meaning as M
from ntbcare.domain.conversation import Waiting

A, B = "482173051", "100000006"  # two tickets with right check digits; A is the newer case
PRETTY = "482-173-051"

NOTHING = Waiting()
ASKED = Waiting(questions=(A,))
ANSWERED = Waiting(reactions=(A,))
POLLED = Waiting(polls=(A,))
TWO_ASKED = Waiting(questions=(A, B))
TWO_ANSWERED = Waiting(reactions=(A, B))
TWO_POLLED = Waiting(polls=(A, B))
ASKED_AND_ANSWERED = Waiting(questions=(A,), reactions=(B,))
ASKED_AND_POLLED = Waiting(questions=(A,), polls=(B,))
ANSWERED_AND_POLLED = Waiting(reactions=(A,), polls=(B,))
C, D = "605218477", "193460820"  # their own new case, and somebody's case we asked about
LIKENED = Waiting(likes=((C, D),))
TWO_LIKENED = Waiting(likes=((C, D), (A, D)))
LIKENED_AND_POLLED = Waiting(polls=(A,), likes=((C, D),))
LIKENED_AND_ASKED = Waiting(questions=(A,), likes=((C, D),))
LIKENED_AND_ANSWERED = Waiting(reactions=(A,), likes=((C, D),))

ROWS: list[tuple[str, Waiting, M, str | None, str | int | None]] = [
    # new reports
    ("jalan rusak di tente", NOTHING, M.NEW, None, "jalan rusak di tente"),
    ("LAPOR jalan rusak di tente", NOTHING, M.NEW, None, "jalan rusak di tente"),
    ("lapor: air mati", ASKED, M.NEW, None, "air mati"),
    ("Lapor air mati", ANSWERED, M.NEW, None, "air mati"),
    ("NTBCARE sampah menumpuk", NOTHING, M.NEW, None, "sampah menumpuk"),
    ("usul dibuatkan taman baca", NOTHING, M.NEW, None, "usul dibuatkan taman baca"),
    ("info jalan rusak di depan sekolah", NOTHING, M.NEW, None, "info jalan rusak di depan sekolah"),
    ("bantuan beras tidak dibagi di desa kami", NOTHING, M.NEW, None, "bantuan beras tidak dibagi di desa kami"),
    ("stop pembuangan limbah ke sungai kami", NOTHING, M.NEW, None, "stop pembuangan limbah ke sungai kami"),
    ("mulai kemarin air tidak mengalir di narmada", NOTHING, M.NEW, None, "mulai kemarin air tidak mengalir di narmada"),
    ("masih ada lubang di jalan depan sekolah", NOTHING, M.NEW, None, "masih ada lubang di jalan depan sekolah"),
    ("belum ada lampu jalan di gang kami", NOTHING, M.NEW, None, "belum ada lampu jalan di gang kami"),
    ("tidak ada air sejak senin di narmada", NOTHING, M.NEW, None, "tidak ada air sejak senin di narmada"),
    ("sudah dua bulan jalan kami gelap gulita", NOTHING, M.NEW, None, "sudah dua bulan jalan kami gelap gulita"),
    ("terima kasih tapi jalan kami masih rusak", NOTHING, M.NEW, None, "terima kasih tapi jalan kami masih rusak"),
    ("cek jalan di depan pasar tente, berlubang besar", NOTHING, M.NEW, None, "cek jalan di depan pasar tente, berlubang besar"),
    ("cabut izin karaoke di dekat sekolah desa kami", NOTHING, M.NEW, None, "cabut izin karaoke di dekat sekolah desa kami"),
    ("status tanah kami di desa tente belum jelas", NOTHING, M.NEW, None, "status tanah kami di desa tente belum jelas"),
    # how people say it without our words
    ("LAPOR", NOTHING, M.HELP, None, None),
    ("lapor!", NOTHING, M.HELP, None, None),
    ("gak jadi pak", NOTHING, M.WITHDRAW, None, None),
    ("tidak jadi lapor", NOTHING, M.WITHDRAW, None, None),
    ("batalkan laporan saya", NOTHING, M.WITHDRAW, None, None),
    ("BATAL", NOTHING, M.WITHDRAW, None, None),
    ("apa kabar laporan saya", NOTHING, M.CHECK, None, None),
    ("gimana kabar laporan saya pak?", NOTHING, M.CHECK, None, None),
    ("bagaimana laporan saya", NOTHING, M.CHECK, None, None),
    ("gak jadi diperbaiki jalannya", NOTHING, M.NEW, None, "gak jadi diperbaiki jalannya"),
    ("bagaimana laporan keuangan desa kami tidak pernah dibuka", NOTHING, M.NEW, None, None),
    ("Halo", ASKED, M.COURTESY, None, None),
    # asking how it stands
    ("CEK", NOTHING, M.CHECK, None, None),
    ("cek", ASKED, M.CHECK, None, None),
    ("Cek.", POLLED, M.CHECK, None, None),
    ("STATUS", NOTHING, M.CHECK, None, None),
    ("cek laporan saya yang kemarin bagaimana pak", NOTHING, M.CHECK, None, None),
    (f"cek {PRETTY}", NOTHING, M.CHECK, A, None),
    (f"CEK {A}", ASKED, M.CHECK, A, None),
    (f"cek #{A} ya pak", NOTHING, M.CHECK, A, None),
    (f"status laporan {PRETTY} pak", NOTHING, M.CHECK, A, None),
    (PRETTY, NOTHING, M.CHECK, A, None),
    (f"  {A}  ", ANSWERED, M.CHECK, A, None),
    # taking back, stopping, beginning, help
    (f"BATAL {A}", NOTHING, M.WITHDRAW, A, ""),
    (f"cabut {PRETTY} sudah beres", NOTHING, M.WITHDRAW, A, "sudah beres"),
    ("batal", ASKED, M.WITHDRAW, None, ""),
    ("STOP", NOTHING, M.STOP, None, None),
    ("stop.", ASKED, M.STOP, None, None),
    ("UNREG", POLLED, M.STOP, None, None),
    ("UNREG NTB", NOTHING, M.STOP, None, None),
    ("stop kirim sms ya", NOTHING, M.STOP, None, None),
    ("stop galian c di sungai kami", NOTHING, M.NEW, None, "stop galian c di sungai kami"),
    ("berhenti", NOTHING, M.STOP, None, None),
    ("MULAI", NOTHING, M.START, None, None),
    ("/start", NOTHING, M.START, None, None),
    (f"/start {A}", NOTHING, M.CHECK, A, None),
    ("BANTUAN", NOTHING, M.HELP, None, None),
    ("info", ASKED, M.HELP, None, None),
    ("", NOTHING, M.EMPTY, None, None),
    (" \n ", ASKED, M.EMPTY, None, None),
    # courtesy
    ("terima kasih", NOTHING, M.COURTESY, None, None),
    ("Terima kasih banyak!", ANSWERED, M.COURTESY, None, None),
    ("ok", ASKED, M.COURTESY, None, None),
    ("Halo", NOTHING, M.HELP, None, None),
    ("Assalamualaikum", NOTHING, M.HELP, None, None),
    ("👍", ANSWERED, M.COURTESY, None, None),
    ("...", ASKED, M.COURTESY, None, None),
    ("ya", NOTHING, M.COURTESY, None, None),
    ("belum", NOTHING, M.COURTESY, None, None),
    ("4", NOTHING, M.COURTESY, None, None),
    # our question is open
    ("di dusun montong, sebelah masjid", ASKED, M.ANSWER, A, "di dusun montong, sebelah masjid"),
    ("ya", ASKED, M.ANSWER, A, "ya"),
    ("belum ada yang datang", ASKED, M.ANSWER, A, "belum ada yang datang"),
    ("4", ASKED, M.ANSWER, A, "4"),
    (f"{A} di dusun montong", ASKED, M.ANSWER, A, "di dusun montong"),
    (f"{PRETTY}: ya", ASKED, M.ANSWER, A, "ya"),
    # we answered: yes or not yet
    ("YA", ANSWERED, M.CONFIRM, A, ""),
    ("Ya, terima kasih", ANSWERED, M.CONFIRM, A, "terima kasih"),
    ("sudah", ANSWERED, M.CONFIRM, A, ""),
    ("sudah selesai pak", ANSWERED, M.CONFIRM, A, "selesai pak"),
    ("selesai", ANSWERED, M.CONFIRM, A, ""),
    ("BELUM", ANSWERED, M.OBJECT, A, ""),
    ("belum selesai pak", ANSWERED, M.OBJECT, A, "selesai pak"),
    ("blm, masih berlubang", ANSWERED, M.OBJECT, A, "masih berlubang"),
    ("tidak", ANSWERED, M.OBJECT, A, ""),
    ("masih berlubang pak, tolong datang lagi", ANSWERED, M.OBJECT, A, "berlubang pak, tolong datang lagi"),
    ("sudah tapi belum rapi", ANSWERED, M.OBJECT, A, "tapi belum rapi"),
    ("sudah dua bulan lampu jalan di desa sebelah mati", ANSWERED, M.NEW, None, "sudah dua bulan lampu jalan di desa sebelah mati"),
    (f"{A} YA", NOTHING, M.CONFIRM, A, ""),
    (f"BELUM {PRETTY} masih rusak", NOTHING, M.OBJECT, A, "masih rusak"),
    # we asked for a rating
    ("4", POLLED, M.RATING, A, 4),
    (" 5. ", POLLED, M.RATING, A, 5),
    ("1!", POLLED, M.RATING, A, 1),
    (f"{A} 2", POLLED, M.RATING, A, 2),
    ("belum", POLLED, M.OBJECT, A, ""),
    ("6", POLLED, M.RATING, A, 6),  # refused with a sentence, but no case of its own
    ("10", NOTHING, M.COURTESY, None, None),
    ("cek 482173058", NOTHING, M.CHECK, "482173058", None),  # a slip of the finger
    ("4 lubang di jalan kami", POLLED, M.NEW, None, "4 lubang di jalan kami"),
    # words that could belong to more than one case: asked, never guessed
    ("di dusun montong", TWO_ASKED, M.WHICH, None, "di dusun montong"),
    ("YA", TWO_ANSWERED, M.WHICH, None, ""),
    ("4", TWO_POLLED, M.WHICH, None, 4),
    ("4", ASKED_AND_POLLED, M.WHICH, None, 4),
    ("ya", ASKED_AND_ANSWERED, M.WHICH, None, ""),
    ("belum", ASKED_AND_ANSWERED, M.WHICH, None, ""),
    ("ya", ASKED_AND_POLLED, M.ANSWER, A, "ya"),
    ("belum", ANSWERED_AND_POLLED, M.WHICH, None, ""),
    ("ya", ANSWERED_AND_POLLED, M.CONFIRM, A, ""),  # a poll is never answered with yes
    (f"{B} 4", ASKED_AND_POLLED, M.RATING, B, 4),
    (f"{A} 4", ASKED_AND_POLLED, M.ANSWER, A, "4"),
    (f"{B} ya", ASKED_AND_ANSWERED, M.CONFIRM, B, ""),
    # we asked whether somebody has reported the same before
    ("1", LIKENED, M.SAME, C, None),
    (" 1. ", LIKENED, M.SAME, C, None),
    ("sama", LIKENED, M.SAME, C, None),
    ("Ya, sama", LIKENED, M.SAME, C, None),
    ("0", LIKENED, M.APART, C, None),
    ("bukan", LIKENED, M.APART, C, None),
    ("Tidak", LIKENED, M.APART, C, None),
    ("2", LIKENED, M.APART, C, None),
    ("2.", LIKENED, M.APART, C, None),
    ("Lain, pak", LIKENED, M.APART, C, None),
    ("Bukan yang itu ya bu", LIKENED, M.APART, C, None),
    ("sama pak", LIKENED, M.SAME, C, None),
    ("Bukan, ini di depan masjid", LIKENED, M.APART, C, "Bukan, ini di depan masjid"),
    ("Bukan, ini di depan masjid", NOTHING, M.NEW, None, "Bukan, ini di depan masjid"),
    ("bukan hanya di situ, di depan sekolah juga rusak", LIKENED, M.NEW, None, "bukan hanya di situ, di depan sekolah juga rusak"),
    ("2", NOTHING, M.COURTESY, None, None),
    ("2 lubang lagi di jalan sebelah pasar", LIKENED, M.NEW, None, "2 lubang lagi di jalan sebelah pasar"),
    ("5", LIKENED, M.COURTESY, None, None),
    ("1", NOTHING, M.COURTESY, None, None),
    ("sama saja jalan di desa sebelah juga rusak", LIKENED, M.NEW, None, "sama saja jalan di desa sebelah juga rusak"),
    ("1 lubang lagi di jalan sebelah pasar", LIKENED, M.NEW, None, "1 lubang lagi di jalan sebelah pasar"),
    (f"{C} 1", LIKENED, M.SAME, C, None),
    (f"{D} sama", LIKENED, M.SAME, C, None),
    (D, LIKENED, M.CHECK, D, None),
    ("1", TWO_LIKENED, M.WHICH, None, None),
    (f"{A} 1", TWO_LIKENED, M.SAME, A, None),
    # … and something else is open as well: a number is never guessed to be a rating, or not to be one
    ("1", LIKENED_AND_POLLED, M.WHICH, None, None),
    ("0", LIKENED_AND_POLLED, M.WHICH, None, None),
    ("2", LIKENED_AND_POLLED, M.WHICH, None, None),
    ("4", LIKENED_AND_POLLED, M.RATING, A, 4),
    (f"{A} 1", LIKENED_AND_POLLED, M.RATING, A, 1),
    (f"{C} 1", LIKENED_AND_POLLED, M.SAME, C, None),
    ("sama", LIKENED_AND_POLLED, M.SAME, C, None),
    ("tidak", LIKENED_AND_POLLED, M.OBJECT, A, ""),
    ("tidak pak", LIKENED_AND_POLLED, M.OBJECT, A, "pak"),
    ("1", LIKENED_AND_ASKED, M.WHICH, None, None),
    ("bukan", LIKENED_AND_ASKED, M.WHICH, None, None),
    ("di dusun montong", LIKENED_AND_ASKED, M.ANSWER, A, "di dusun montong"),
    ("ya", LIKENED_AND_ANSWERED, M.CONFIRM, A, ""),
    ("tidak", LIKENED_AND_ANSWERED, M.OBJECT, A, ""),
    ("1", LIKENED_AND_ANSWERED, M.SAME, C, None),
]
