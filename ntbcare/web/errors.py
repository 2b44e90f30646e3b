"""Error → status → what is drawn: one table for pages, one shape (problem+json) for programs; nothing else catches."""

from __future__ import annotations

import structlog
from flask import Flask, Response, current_app, json, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from ntbcare.casework.intake import KeyTaken
from ntbcare.domain import errors

log = structlog.get_logger()

STATUS: dict[type[Exception], int] = {
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    KeyTaken: 422,
    errors.TooLong: 422,
    errors.BadInput: 422,
    errors.SealedDoor: 422,
    errors.LostRace: 409,
    errors.NoSuchMove: 409,
    errors.DomainError: 400,
}

# status → (headline, sentence, what to do now)
WORDS: dict[int, tuple[str, str, str]] = {
    400: ("Kiriman tidak terbaca", "Kami tidak dapat membaca yang Anda kirim.", "Tekan tombol kembali; tulisan Anda biasanya masih ada di sana. Salin dulu, muat ulang halamannya, lalu kirim lagi."),
    401: ("Masuk dulu", "Halaman ini untuk petugas.", "Silakan masuk."),
    403: ("Bukan untuk akun ini", "Akun Anda tidak dapat membuka halaman ini.", "Bila seharusnya bisa, hubungi pengelola di kantor Anda."),
    404: ("Tidak ditemukan", "Halaman atau laporan ini tidak ada.", "Periksa lagi alamat atau nomor laporannya."),
    405: ("Tidak bisa begitu", "Alamat ini tidak dapat dibuka dengan cara itu.", "Kembali ke halaman sebelumnya."),
    409: ("Sudah berubah", "Laporan ini sudah berubah.", "Muat ulang halaman, lalu periksa sebelum melanjutkan."),
    413: ("Terlalu besar", "Kirimannya terlalu besar, paling banyak 1 MB.", "Ringkas tulisannya; tidak ada yang tersimpan dari kiriman ini."),
    415: ("Bentuk tidak dikenal", "Kami tidak mengenal bentuk kiriman ini.", "Kirim JSON dengan Content-Type: application/json."),
    422: ("Perlu diperbaiki", "Ada isian yang belum dapat dipakai.", "Perbaiki isiannya, lalu kirim lagi."),
    429: ("Terlalu sering", "Terlalu banyak percobaan dalam waktu singkat.", "Tunggu beberapa menit, lalu coba lagi."),
    500: ("Ada gangguan di pihak kami", "Permintaan ini belum berhasil dan tidak ada yang tersimpan.", "Coba lagi sebentar lagi."),
    503: ("Sedang ada gangguan", "Sistem sedang tidak dapat menyimpan. Tidak ada yang hilang, tetapi kiriman ini belum diterima.", "Coba lagi dalam satu menit."),
}  # fmt: skip


def mount(app: Flask) -> None:
    """Register the tables."""
    app.register_error_handler(errors.DomainError, _domain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(RecursionError, _too_deep)
    app.register_error_handler(Exception, _unforeseen)


def for_programs() -> bool:
    """Does a program read this answer?"""
    return request.path.startswith(("/api/", "/hooks/", "/health", "/metrics"))


def status_of(error: errors.DomainError) -> int:
    """The HTTP status of a refusal: the nearest class in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _domain(error: errors.DomainError) -> Response:
    return answer(status_of(error), error.sentence, field=getattr(error, "field", None))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]  # redirects
    found = answer(status, None)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            found.headers[name] = value
    return found


def _database(error: OperationalError) -> Response:
    log.error("database.unreachable", error=type(error.orig).__name__)
    return answer(503, None)


def _too_deep(error: RecursionError) -> Response:
    """JSON nested a thousand levels deep is unreadable; anything else that recurses is a fault of ours."""
    return answer(400, None) if request.is_json else _unforeseen(error)


def _unforeseen(error: Exception) -> Response:
    log.exception("request.failed", path=request.url_rule.rule if request.url_rule else "?", error=type(error).__name__)
    return answer(500, None)


def answer(status: int, sentence: str | None, *, field: str | None = None) -> Response:
    """One answer for a person or a program; the words never hold what was sent."""
    headline, usual, advice = WORDS.get(status, WORDS[500])
    if for_programs():
        body = {
            "type": "about:blank",
            "title": headline,
            "status": status,
            "detail": f"{sentence or usual} {advice if not sentence and status != 400 else ''}".strip(),
        }
        if field:
            body["field"] = field
        return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json")
    try:
        page = render_template("errors/error.html", status=status, headline=headline, sentence=sentence or usual, advice=advice)
    except OperationalError:  # the page's frame asks the database for its name; without one, a page that asks nothing
        bare = current_app.jinja_env.get_template("errors/bare.html")
        page = bare.render(status=status, headline=headline, sentence=sentence or usual, advice=advice, url_for=url_for)
    return Response(page, status, content_type="text/html; charset=utf-8")
