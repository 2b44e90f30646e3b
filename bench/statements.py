"""How many SQL statements each kind of work sends (BEGIN, COMMIT and ROLLBACK not counted), in this process on a filled database."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from bench import scratch
from bench.lives import ticket_of


@contextmanager
def _counted(into: dict[str, list[str]], name: str) -> Iterator[None]:
    from ntbcare.records.base import db

    said = into.setdefault(name, [])
    said.clear()

    def hear(connection: object, cursor: object, statement: str, *rest: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


def statements(app: Flask, region: str) -> dict[str, list[str]]:
    """work → its statements, once everything is warm."""
    from ntbcare.records.base import db
    from workers import boot, errands

    app.config["WTF_CSRF_ENABLED"] = False
    boot.use(app)  # type: ignore[arg-type]
    found: dict[str, list[str]] = {}
    with app.app_context():
        db.session.execute(db.text("UPDATE errands SET done_at = now() WHERE done_at IS NULL"))
        db.session.commit()
        client = app.test_client()
        client.post("/masuk", data={"email": scratch.OFFICER, "password": scratch.PASSWORD}, base_url=scratch.PUBLIC_URL)
        for number in itertools.count(1):
            with _counted(found, "W1"):
                client.post("/api/v1/cases", json={"text": "Jalan rusak parah", "region": region}, headers={"Idempotency-Key": f"count-{number}"})
            form = {"MessageSid": f"SMcount{number}", "From": f"+62899{number:08d}", "Body": "Lampu jalan mati di Desa Tente", "NumMedia": "0"}
            with _counted(found, "W1b"):
                client.post("/hooks/twilio/sms", data=form, headers={"X-Twilio-Signature": _signature(form)})
            with _counted(found, "W1c"):
                errands.one(errands._claim("work")[0])
            for name, path in (("W2", "/meja"), ("W2 filtered", "/meja?state=dispositioned"), ("W4", f"/t/{ticket_of(number)}")):
                with _counted(found, name):
                    assert client.get(path, base_url=scratch.PUBLIC_URL).status_code == 200, path
            row = app.test_client()  # one page of one case of the officer's own
            assert row is not None
            if number == 3:
                break
        db.session.remove()
        db.engine.dispose()
    boot.use(None)
    return found


def _signature(form: dict[str, str]) -> str:
    from twilio.request_validator import RequestValidator

    return str(RequestValidator(scratch.TOKEN).compute_signature(f"{scratch.PUBLIC_URL}/hooks/twilio/sms", form))
