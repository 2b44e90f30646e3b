"""How many SQL statements each kind of work sends (BEGIN, COMMIT and ROLLBACK not counted), in this process on a filled database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Engine, event, text

from bench import scratch
from bench.lives import ticket_of


@contextmanager
def _counted(engine: Engine, into: dict[str, list[str]], name: str) -> Iterator[None]:
    said = into[name] = []

    def hear(connection: object, cursor: object, statement: str, *rest: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def statements(app: Flask, region: str) -> dict[str, list[str]]:
    """work → its statements, once everything is warm."""
    from ntbcare.records.base import db
    from workers import boot, errands

    app.config["WTF_CSRF_ENABLED"] = False
    boot.use(app)
    with app.app_context():
        engine = db.engine
        with engine.begin() as line:
            line.execute(text("UPDATE errands SET done_at = now() WHERE done_at IS NULL"))
    officer, citizen = app.test_client(), app.test_client()
    officer.post("/masuk", data={"email": scratch.OFFICER, "password": scratch.PASSWORD}, base_url=scratch.PUBLIC_URL)
    found: dict[str, list[str]] = {}
    for number in range(1, 4):  # what is kept afterwards is the last, when everything is warm
        report = {"text": "Jalan rusak parah", "region": region}
        with _counted(engine, found, "W1"):
            citizen.post("/api/v1/cases", json=report, headers={"Idempotency-Key": f"count-{number}"})
        form = {"MessageSid": f"SMcount{number}", "From": f"+62899{number:08d}", "Body": "Lampu jalan mati di Desa Tente", "NumMedia": "0"}
        with _counted(engine, found, "W1b"):
            citizen.post("/hooks/twilio/sms", data=form, headers={"X-Twilio-Signature": _signature(form)})
        with app.app_context(), _counted(engine, found, "W1c"):
            errands.one(errands._claim("work")[0])
        for name, who, path in (
            ("W2", officer, "/meja"), ("W2 filtered", officer, "/meja?state=dispositioned"), ("W4", citizen, f"/t/{ticket_of(number)}"),
        ):  # fmt: skip
            with _counted(engine, found, name):
                assert who.get(path, base_url=scratch.PUBLIC_URL).status_code == 200, path
    engine.dispose()
    boot.use(None)
    return found


def _signature(form: dict[str, str]) -> str:
    from twilio.request_validator import RequestValidator

    return str(RequestValidator(scratch.TOKEN).compute_signature(f"{scratch.PUBLIC_URL}/hooks/twilio/sms", form))
