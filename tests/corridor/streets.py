"""A town on the whole street: every provider set up and speaking to its counterpart on loopback, nothing simulated inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.mail import Mail
from channels.sms.gammu import Gammu
from channels.sms.twilio import Twilio
from channels.social.x import X
from ntbcare.records.errands import Claim
from tests.conftest import PUBLIC_URL, open_town
from tests.counterparts import meta_api, twilio_api
from tests.counterparts.gammu_house import GammuHouse, furnish
from tests.counterparts.imap_server import Dovecot, dovecot
from tests.counterparts.kannel_api import PASSWORD, USER, KannelApi
from tests.counterparts.meta_api import MetaApi
from tests.counterparts.smtp_server import SmtpServer
from tests.counterparts.telegram_api import SECRET, TOKEN, TelegramApi
from tests.counterparts.twilio_api import TwilioApi
from tests.counterparts.x_api import KEYS, LIMITS, US, XApi

KANNEL_SECRET = "rahasia-kannel-untuk-percobaan"
MAILBOX = "lapor@ntbprov.example"
OUR_NUMBER = "+6281100000000"


@dataclass
class Street:
    """The town and everybody it speaks to."""

    town: Any
    twilio: TwilioApi
    kannel: KannelApi
    telegram: TelegramApi
    meta: MetaApi
    x: XApi
    gammu: GammuHouse
    imap: Dovecot
    smtp: SmtpServer

    def channel(self, gateway: str) -> Any:
        return self.town.app.extensions["channels"][gateway]

    def mailbox(self, user: str) -> None:
        """From now on our mailbox is this one, empty until somebody writes."""
        self.town.app.extensions["channels"]["mail"] = Mail(MAILBOX, self.imap.url(user), self.smtp.url(), timeout=5.0)

    def look(self, gateway: str, *, again: bool = False) -> int:
        """One look of the worker at a provider that has to be asked; `again`: as if it had never looked before. 200, as a hook would say."""
        from workers import boot, listen

        boot.use(self.town.app)
        if again:
            self.town.sql("DELETE FROM cursors WHERE name = :name", name=gateway)
        self.x.left = dict.fromkeys(LIMITS, 1000)
        with self.town.app.app_context():
            listen.listen(Claim(0, "listen", 0, 1, 0, f"listen:{gateway}"))
        assert self.town.sql("SELECT last_error FROM gateways WHERE name = :name AND failures > 0", name=f"listen:{gateway}") == []
        return 200


@contextmanager
def open_street(servers, template: str, tmp: Path, database: str) -> Iterator[Street]:
    """Every counterpart, and a town that is set up for all of them."""
    with ExitStack() as stack:
        twilio, kannel, telegram = stack.enter_context(TwilioApi()), stack.enter_context(KannelApi()), stack.enter_context(TelegramApi())
        meta, x, smtp = stack.enter_context(MetaApi()), stack.enter_context(XApi()), stack.enter_context(SmtpServer())
        imap = stack.enter_context(dovecot())
        url = servers.create_database(database)
        furnish(url)
        gammu = GammuHouse(url)
        stack.callback(gammu.close)
        gammu.alive()
        given = {
            "TWILIO_ACCOUNT_SID": twilio_api.ACCOUNT_SID, "TWILIO_AUTH_TOKEN": twilio_api.AUTH_TOKEN, "TWILIO_FROM": twilio_api.SENDER,
            "TWILIO_API_URL": twilio.url, "KANNEL_URL": kannel.url, "KANNEL_USER": USER, "KANNEL_PASSWORD": PASSWORD,
            "KANNEL_SECRET": KANNEL_SECRET, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_SECRET": SECRET, "TELEGRAM_API_URL": telegram.url,
            "META_APP_SECRET": meta_api.APP_SECRET, "META_VERIFY_TOKEN": meta_api.VERIFY_TOKEN, "META_TOKEN": meta_api.TOKEN,
            "META_API_URL": meta.url, "META_PAGE_ID": meta_api.PAGE_ID, "INSTAGRAM_ID": meta_api.INSTAGRAM_ID,
            "WHATSAPP_NUMBER_ID": meta_api.NUMBER_ID, "WHATSAPP_TEMPLATE": meta_api.TEMPLATE,
        }  # fmt: skip
        for town in open_town(servers, template, tmp, **given):
            account = (twilio_api.ACCOUNT_SID, twilio_api.AUTH_TOKEN, twilio_api.SENDER, PUBLIC_URL, twilio.url)
            for channel in (Twilio(*account, media_origins=(twilio.cdn.url,)), X(*KEYS, US, (), x.url), Gammu(url)):
                town.plug(channel)
            town.house.gateways.update({"sms": ("gammu", "kannel", "twilio"), "x": ("x",), "email": ("mail",)})
            street = Street(town, twilio, kannel, telegram, meta, x, gammu, imap, smtp)
            street.mailbox("lapor")
            yield street
            for channel in town.app.extensions["channels"].values():
                channel.close()
