/* An officer's page, quicker: new work appears by itself, the keyboard walks the queue, half-written words survive.
   Every page works without this file. */
(() => {
  "use strict";
  const EVERY = 20000;            // milliseconds between two looks at the queue
  const KEYS = "ntb:keys", DRAFT = "ntb:draft:";
  const list = document.getElementById("antrean");

  /* ---- new work appears ---- */
  const busy = () => list.querySelector("input:checked") || list.contains(document.activeElement);
  const marks = (root) => new Set([...root.querySelectorAll("a[data-ticket]")].map((a) => a.dataset.ticket));
  let waiting = null;

  function show(html) {
    const before = marks(list);
    list.innerHTML = html;
    const fresh = [...marks(list)].filter((one) => !before.has(one)).length;
    if (fresh) say(`${fresh} laporan baru masuk antrean.`);
    waiting = null;
  }

  function say(words) {
    const voice = document.getElementById("kabar-antrean");
    if (voice) voice.textContent = words;
  }

  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch(list.dataset.live, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return say("Sambungan terputus; antrean ini belum tentu terbaru.");
      const html = await answer.text();
      if (html.trim() === list.innerHTML.trim() || html === waiting) return;
      const probe = document.createElement("div");
      probe.innerHTML = html;
      if (probe.innerHTML === list.innerHTML) return;
      if (!busy()) return show(html);
      waiting = html;
      say("Antrean berubah. Tampil setelah centang Anda dilepas.");
    } catch {
      say("Sambungan terputus; antrean ini belum tentu terbaru.");
    }
  }

  if (list && list.dataset.live) {
    setInterval(look, EVERY);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
    list.addEventListener("change", () => { if (waiting && !list.querySelector("input:checked")) show(waiting); });
  }

  /* ---- all at once ---- */
  const all = document.getElementById("pilih-semua");
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      const boxes = [...list.querySelectorAll("input[name=ticket]")];
      const on = boxes.some((box) => !box.checked);
      boxes.forEach((box) => { box.checked = on; });
      list.dispatchEvent(new Event("change"));
    });
  }

  /* ---- the keyboard: single letters only while nobody is writing, and only for whoever left them on ---- */
  const off = () => localStorage.getItem(KEYS) === "off";
  const toggle = document.getElementById("tombol-cepat");
  if (toggle) {
    toggle.closest("[hidden]")?.removeAttribute("hidden");
    toggle.checked = !off();
    toggle.addEventListener("change", () => localStorage.setItem(KEYS, toggle.checked ? "on" : "off"));
  }
  const links = () => [...document.querySelectorAll("table.cases a[data-ticket]")];

  function step(by) {
    const rows = links();
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, here < 0 ? 0 : here + by))].focus();
  }

  document.addEventListener("keydown", (press) => {
    if (off() || press.ctrlKey || press.metaKey || press.altKey || press.target.closest("input, textarea, select, [contenteditable]")) return;
    const act = {
      j: () => step(1), k: () => step(-1),
      x: () => { const box = document.activeElement.closest("tr")?.querySelector("input[name=ticket]"); if (box) box.click(); },
      "/": () => { const field = document.getElementById("f-q"); if (field) field.focus(); else location.href = document.body.dataset.search || "/meja/cari"; },
      g: () => { location.href = "/meja"; },
    }[press.key];
    if (act) { press.preventDefault(); act(); }
  });

  /* what was sent and accepted is no draft any more: the page that follows has no such form open with an error */
  Object.keys(sessionStorage).filter((key) => key.startsWith(DRAFT) && key.endsWith(":sent")).forEach((key) => {
    if (!document.querySelector(".alert, [role=alert]")) sessionStorage.removeItem(key.slice(0, -5));
    sessionStorage.removeItem(key);
  });
  /* ---- half-written words survive a lost connection, a closed lid, a wrong click; gone with the tab ---- */
  const forms = document.querySelectorAll("form[data-draft]");
  forms.forEach((form) => {
    const key = DRAFT + form.dataset.draft;
    const areas = [...form.querySelectorAll("textarea")];
    const kept = JSON.parse(sessionStorage.getItem(key) || "null");
    if (kept && areas.some((area) => kept[area.name] && !area.value.trim())) {
      areas.forEach((area) => { if (kept[area.name] && !area.value.trim()) area.value = kept[area.name]; });
      const told = document.createElement("p");
      told.className = "hint";
      told.textContent = "Tulisan Anda yang belum terkirim kami kembalikan.";
      form.prepend(told);
      form.closest("details")?.setAttribute("open", "");
    }
    form.addEventListener("input", () => {
      const words = Object.fromEntries(areas.filter((area) => area.value.trim()).map((area) => [area.name, area.value]));
      if (Object.keys(words).length) sessionStorage.setItem(key, JSON.stringify(words));
      else sessionStorage.removeItem(key);
    });
    form.addEventListener("submit", (press) => {
      if (!navigator.onLine) {
        press.preventDefault();
        say("");
        alertAbove(form, "Tidak ada sambungan. Tulisan Anda aman di halaman ini; kirim lagi setelah tersambung.");
      } else sessionStorage.setItem(key + ":sent", "1");
    });
  });

  function alertAbove(form, words) {
    let box = form.querySelector("[role=alert]");
    if (!box) { box = document.createElement("p"); box.className = "note"; box.setAttribute("role", "alert"); form.prepend(box); }
    box.textContent = words;
  }

  document.querySelectorAll("form[data-leave]").forEach((form) => form.addEventListener("submit", () => sessionStorage.clear()));
})();
