"""Who uses the house in a browser: a citizen with a telephone, an officer at a desk; each sees pages and presses what is there."""

from __future__ import annotations

from typing import Any

from tests.conftest import PASSWORD, Town

PHONE, DESKTOP = 360, 1280


class Person:
    """One browser of one person. What the browser complains about (CSP, scripts, missing files) is kept in `complaints`."""

    def __init__(self, live: Live, *, javascript: bool, width: int) -> None:
        self.live, self.town = live, live.town
        self.context = live.chromium.new_context(
            base_url=live.address, java_script_enabled=javascript, viewport={"width": width, "height": 740}, locale="id-ID"
        )
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: Any) -> None:
        # an answer 403, 404, 409 … is logged as an error by the browser; that is what we asked for
        if message.type == "error" and not message.text.startswith("Failed to load resource: the server responded with a status of 4"):
            self.complaints.append(message.text)

    def go(self, path: str) -> int:
        """Open an address; returns the status."""
        return self.page.goto(path).status

    def reads(self, words: str) -> bool:
        """Can these words be read on the page now?"""
        return words in self.page.locator("main").inner_text()

    def press(self, name: str) -> int:
        """Press a button of this name; returns the status of the page that follows. The workers then do what it caused."""
        with self.page.expect_navigation() as following:
            self.page.get_by_role("button", name=name, exact=True).click()
        self.town.work_off()
        return following.value.status

    def write(self, label: str, words: str) -> None:
        """Write into the field of this label."""
        self.page.get_by_label(label).fill(words)

    def unfold(self, name: str) -> None:
        """Open a part of the page that is folded away."""
        self.page.locator("summary", has_text=name).first.click()


class Citizen(Person):
    """Somebody with a telephone."""

    ticket = ""
    pin = ""

    def report(self, words: str, place: str = "", **fields: str) -> None:
        """Fill the form in and send it; the ticket and the PIN of the receipt are noted."""
        self.go("/lapor")
        self.write("Apa yang terjadi?", words)
        self.page.fill("#f-place", place)
        for name, value in fields.items():
            self.page.fill(f"#f-{name}", value)
        assert self.press("Kirim laporan") == 200, self.page.locator("main").inner_text()
        if self.reads("Mungkin ini sudah dilaporkan"):
            assert self.press("Bukan, kirim laporan saya") == 200, self.page.locator("main").inner_text()
        self.note()

    def note(self) -> None:
        """Write the two numbers of the receipt down."""
        numbers = self.page.locator(".receipt dd").all_inner_texts()
        self.ticket, self.pin = numbers[0].replace("-", ""), numbers[1]

    def look(self) -> int:
        """Open the tracking page."""
        return self.go(f"/t/{self.ticket}")


class Officer(Person):
    """Somebody at a desk."""

    def sign_in(self, who: str) -> None:
        """Sign in as `who`@ntbcare.example."""
        self.go("/masuk")
        self.write("Email", f"{who}@ntbcare.example")
        self.write("Kata sandi", PASSWORD)
        self.press("Masuk")

    def open(self, ticket: str) -> int:
        """Open a case."""
        return self.go(f"/meja/{ticket}")

    def form(self, act: str) -> Any:
        """The form of an act, unfolded."""
        part = self.page.locator("details.act").filter(has=self.page.locator(f"summary:text-is('{act}')"))
        if part.get_attribute("open") is None:
            part.locator("summary").click()
        return part

    def do(self, act: str, words: str = "") -> int:
        """Do one act with its words; returns the status of the answer."""
        part = self.form(act)
        if words:
            part.locator("textarea").fill(words)
        with self.page.expect_navigation() as following:
            part.get_by_role("button", name=act, exact=True).click()
        self.town.work_off()
        return following.value.status


class Live:
    """The served town."""

    def __init__(self, town: Town, address: str, chromium: Any) -> None:
        self.town, self.address, self.chromium = town, address, chromium
        self._here: list[Person] = []
        self._signed_in: dict[str, Any] = {}

    def citizen(self, *, javascript: bool = True, width: int = PHONE) -> Citizen:
        """A citizen with a fresh browser."""
        return self._welcome(Citizen(self, javascript=javascript, width=width))

    def officer(self, who: str, *, javascript: bool = True, width: int = DESKTOP) -> Officer:
        """An officer in a fresh browser, signed in (by the page itself the first time, by its cookie afterwards: argon2 is slow)."""
        officer = self._welcome(Officer(self, javascript=javascript, width=width))
        if who in self._signed_in:
            officer.context.add_cookies(self._signed_in[who])
        else:
            officer.sign_in(who)
            self._signed_in[who] = officer.context.cookies()
        return officer

    def _welcome(self, person: Any) -> Any:
        self._here.append(person)
        return person

    def leave(self) -> None:
        """Everybody closes the browser."""
        for person in self._here:
            person.context.close()
