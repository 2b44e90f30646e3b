/* Sentences ready to use without a round trip, the parts of an SMS while somebody writes, the notice below the words.
   Every page works without this file. */
(() => {
  "use strict";
  /* GSM 03.38 as ntbcare/wording.py has it: what a telephone network carries at 160 letters; a test holds the two together */
  const SINGLE = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
  const DOUBLE = new Set("^{}\\[~]|€");
  const PLAIN = { "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ", "•": "-", "\t": " " };
  const MOST = 2, ALONE = 160, JOINED = 153;

  function gsm7(text) {
    let out = "";
    for (const letter of text) {
      if (letter in PLAIN) { out += PLAIN[letter]; continue; }
      if (SINGLE.has(letter) || DOUBLE.has(letter)) { out += letter; continue; }
      const bare = [...letter.normalize("NFKD")][0];
      out += SINGLE.has(bare) ? bare : "?";
    }
    return out;
  }

  function parts(text) {
    let length = 0;
    for (const letter of text) length += DOUBLE.has(letter) ? 2 : 1;
    return length <= ALONE ? 1 : Math.ceil(length / JOINED);
  }

  const asked = (text) => text.split("?").length;

  function told(before, words, after) {
    const text = gsm7((before + words.trim() + after).trim()), count = parts(text);
    let said = `${count} SMS, ${text.length} huruf.`;
    if (count > MOST) said += ` Terlalu panjang: yang terkirim hanya ${MOST} SMS, akhirnya terpotong.`;
    if (asked(gsm7(words)) > asked(words)) said += " Emoji dan huruf asing menjadi tanda tanya di SMS.";
    return said;
  }

  window.ntbSms = { gsm7, parts, told };

  /* ---- the count: at once when somebody stops for a moment, so that nobody is read figures while they type ---- */
  document.querySelectorAll("[data-count]").forEach((line) => {
    const form = line.closest("form"), area = form.querySelector("textarea[name=words]"), act = form.querySelector("select[name=act]");
    const idle = line.textContent;
    let waits = 0;
    const count = () => {
      const frames = line.dataset.frames && JSON.parse(line.dataset.frames);
      const frame = frames ? frames[act ? act.value : line.dataset.act] : [line.dataset.before, line.dataset.after];
      line.textContent = frame && area.value.trim() ? told(frame[0], area.value, frame[1]) : idle;
    };
    area.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(count, 300); });
    if (act) act.addEventListener("change", count);
    if (area.value.trim()) count();
  });

  /* ---- a sentence goes into the words: in place of nothing or of another sentence as it was, else below one's own ---- */
  document.querySelectorAll("[data-use]").forEach((button) => button.addEventListener("click", (press) => {
    const form = button.form, list = form.elements.kalimat, area = form.querySelector("textarea[name=words]");
    const one = list.selectedOptions[0];
    press.preventDefault();
    if (!one || !one.value) { list.focus(); return; }
    const mine = area.value.trim();
    const replaced = !mine || mine === (form.dataset.prefill || "").trim() || [...list.options].some((other) => other.dataset.words && other.dataset.words.trim() === mine);
    area.value = replaced ? one.dataset.words : `${mine}\n${one.dataset.words}`;
    form.elements.template.value = one.value;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
    const blank = area.value.search(/\[[^[\]\n]{1,60}\]/);
    if (blank >= 0) area.setSelectionRange(blank, area.value.indexOf("]", blank) + 1);
  }));

  /* ---- the notice as the reporter will get it ---- */
  document.querySelectorAll("[data-look]").forEach((button) => button.addEventListener("click", async (press) => {
    press.preventDefault();
    const form = button.form, place = form.querySelector("[data-looks]");
    try {
      const answer = await fetch(button.dataset.look, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      place.innerHTML = await answer.text();
    } catch {
      place.textContent = "Contoh pesannya belum dapat diambil. Tulisan Anda tetap ada; coba lagi sebentar lagi.";
    }
  }));
})();
