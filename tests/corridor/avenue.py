"""A town whose every channel is the real one, wired to its provider on loopback, and the people who write to it."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.conftest import TELEGRAM_SECRET, TWILIO_TOKEN, open_town
from tests.corridor.looking import silence
from tests.counterparts import meta_api, telegram_api, twilio_api
from tests.counterparts.meta_api import MetaApi
from tests.counterparts.telegram_api import TelegramApi
from tests.counterparts.twilio_api import TwilioApi

LINES = ("sms", "telegram", "whatsapp")  # channels on which a person writes to us alone
_numbers = itertools.count(1)


class Avenue:
    """Twilio, Telegram and Meta around one town. A person is a number: +62812…, a chat, a WhatsApp number."""

    def __init__(self, town, twilio: TwilioApi, telegram: TelegramApi, meta: MetaApi) -> None:
        self.town, self.twilio, self.telegram, self.meta = town, twilio, telegram, meta

    def address(self, line: str, person: int) -> str:
        """As our contacts have it."""
        return str(person) if line == "telegram" else f"+62812{person:07}"

    def write(self, line: str, person: int, words: str) -> None:
        """This person writes to us alone on this channel."""
        answers = {
            "sms": lambda: self.town.sms(self.address("sms", person), words),
            "telegram": lambda: self.update(self.telegram.text(person, words)),
            "whatsapp": lambda: self.whatsapp(said(person, {"type": "text", "text": {"body": words}})),
        }
        assert answers[line]().status_code == 200

    def update(self, update: dict[str, Any]):
        """Telegram brings us an update."""
        return self.town.browser().post("/hooks/telegram", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET})

    def whatsapp(self, *messages: dict[str, Any]):
        """Meta brings us messages of WhatsApp in one batch."""
        value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": meta_api.NUMBER_ID}, "messages": list(messages)}
        return self.notify(
            {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}
        )

    def notify(self, payload: dict[str, Any]):
        """Meta brings us any notification, signed."""
        body = json.dumps(payload).encode()
        headers = {"X-Hub-Signature-256": meta_api.sign(meta_api.APP_SECRET, body), "Content-Type": "application/json"}
        return self.town.browser().post("/hooks/meta", data=body, headers=headers)

    def heard(self, line: str, person: int) -> list[str]:
        """The words this person was sent there, in order."""
        to = self.address(line, person)
        if line == "sms":
            return [form["Body"] for form in self.twilio.messages if form["To"] == to]
        if line == "telegram":
            return [message["text"] for message in self.telegram.sent if message["chat"]["id"] == person]
        return [_words(body) for path, body in self.meta.sent if f"+{body.get('to', '').lstrip('+')}" == to and path.endswith("/messages")]

    def cases(self, line: str, person: int) -> list[dict[str, Any]]:
        """This person's cases on this channel, oldest first."""
        query = "SELECT c.ticket FROM cases c JOIN contacts k ON k.id = c.contact_id WHERE k.channel = :c AND k.address = :a ORDER BY c.id"
        return [self.town.case(row[0]) for row in self.town.sql(query, c=line, a=self.address(line, person))]

    def file(self, line: str, person: int, words: str) -> str:
        """A report of its own, and the workers work, also when it is like another. Returns the ticket."""
        self.write(line, person, f"LAPOR {words}")
        self.town.work_off()
        silence(self.town)
        return self.cases(line, person)[-1]["ticket"]


def said(person: int, content: dict[str, Any], name: str = "") -> dict[str, Any]:
    """A message of WhatsApp as Meta writes it."""
    return {"from": f"62812{person:07}", "id": name or f"wamid.A{next(_numbers)}", "timestamp": "1795312800", **content}


def _words(body: dict[str, Any]) -> str:
    kind = body["type"]
    if kind == "template":
        return str(body["template"]["components"][0]["parameters"][0]["text"])
    return str(body["text"]["body"] if kind == "text" else body["interactive"]["body"]["text"])


def open_avenue(servers, template: str, tmp: Path, **more: str) -> Iterator[Avenue]:
    """Everything real: settings → switchboard → channels, each pointed at its counterpart."""
    with ExitStack() as stack:
        twilio = stack.enter_context(TwilioApi(auth_token=TWILIO_TOKEN))
        telegram = stack.enter_context(TelegramApi(secret=TELEGRAM_SECRET))
        meta = stack.enter_context(MetaApi())
        settings = {
            "TWILIO_ACCOUNT_SID": twilio_api.ACCOUNT_SID, "TWILIO_AUTH_TOKEN": TWILIO_TOKEN, "TWILIO_FROM": twilio_api.SENDER,
            "TWILIO_API_URL": twilio.url, "TELEGRAM_TOKEN": telegram_api.TOKEN, "TELEGRAM_API_URL": telegram.url,
            "META_APP_SECRET": meta_api.APP_SECRET, "META_VERIFY_TOKEN": meta_api.VERIFY_TOKEN, "META_TOKEN": meta_api.TOKEN,
            "META_API_URL": meta.url, "META_PAGE_ID": meta_api.PAGE_ID, "WHATSAPP_NUMBER_ID": meta_api.NUMBER_ID,
            "WHATSAPP_TEMPLATE": meta_api.TEMPLATE,
        }  # fmt: skip
        for town in open_town(servers, template, tmp, **(settings | more)):
            try:
                yield Avenue(town, twilio, telegram, meta)
            finally:
                for channel in town.app.extensions["channels"].values():
                    channel.close()


def change_street(town, **rules: Any) -> None:
    """Other values in the table [street] of this deployment, as its owner would seed them; every process sees them within seconds."""
    facts = town.sql("SELECT facts FROM deployment WHERE id = 1")[0][0]
    facts["street"] |= rules
    town.sql("UPDATE deployment SET facts = CAST(:facts AS jsonb) WHERE id = 1", facts=json.dumps(facts))
    town.sql("UPDATE reference_stamp SET stamp = :stamp", stamp=secrets.token_hex(4))
    town.clock.forward(seconds=4)
