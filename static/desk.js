// Decisions without a reload, and by keys. Every form works without this script, by itself.
(() => {
  "use strict";

  const UNDO_FOR = 30000;
  const SWITCH = "desk-keys-off";
  const cards = () => [...document.querySelectorAll(".card[data-card], .decided")];
  const waiting = () => [...document.querySelectorAll(".card[data-card]")];
  const current = () => document.activeElement && document.activeElement.closest(".card[data-card], .decided");
  let undoable = [];  // log rows of the last act

  // --- acts -----------------------------------------------------------------

  async function send(form, button) {
    const fields = new FormData(form, button);
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" },
    });
    const kind = answer.headers.get("Content-Type") || "";
    if (!answer.ok || !kind.startsWith("application/json")) throw new Error("not decided");
    return (await answer.json()).outcomes;
  }

  function line(outcome, card) {
    const shown = document.createElement("div");
    shown.className = `decided ${outcome.level}`;
    shown.tabIndex = -1;
    shown.setAttribute("role", "status");
    shown.dataset.was = card.dataset.card;
    shown.dataset.address = card.dataset.address;
    const told = document.createElement("span");
    told.textContent = outcome.told;
    shown.append(told);
    if (outcome.entry) {
      const undo = document.createElement("button");
      undo.type = "button";
      undo.textContent = "Undo";
      undo.className = "undo";
      undo.addEventListener("click", () => takeBack([outcome.entry]));
      shown.append(undo);
      shown.dataset.entry = outcome.entry;
      setTimeout(() => undo.remove(), UNDO_FOR);
    } else {
      const look = document.createElement("a");
      look.href = card.dataset.address;
      look.textContent = "Look at it again";
      shown.append(look);
    }
    return shown;
  }

  function settle(card, outcome, stays = false) {
    const shown = line(outcome, card);
    const held = card.contains(document.activeElement) || card === document.activeElement;
    if (outcome.level === "error") { card.before(shown); shown.focus(); return; }
    if (stays && outcome.entry) { card.before(shown); renew(card, held); return; }
    const all = waiting();
    const next = all[all.indexOf(card) + 1] || all[all.indexOf(card) - 1];
    drop(card);
    card.replaceWith(shown);
    count();
    if (held) (next || document.getElementById("desk-more") || shown).focus();
  }

  // How many are shown by now; where none is left, the way to what else there is.
  function count() {
    const left = waiting().length;
    const counted = document.getElementById("shown-count");
    if (counted) counted.textContent = left;
    const more = document.getElementById("desk-more");
    if (more && (left || !counted)) more.remove();
    if (left || more || !counted) return;
    const address = new URL(window.location.href);
    address.searchParams.delete("page");
    const line = document.createElement("a");
    Object.assign(line, { id: "desk-more", className: "decided", href: address, textContent: "All that was shown is decided. Show what else is here" });
    document.getElementById("cards").after(line);
  }

  function drop(card) {
    for (const shown of document.querySelectorAll("#ticked [name=shown]")) {
      if (shown.value.startsWith(card.dataset.card + ":")) shown.remove();
    }
  }

  async function decide(form, button) {
    const card = form.closest(".card");
    if (card.dataset.busy) return;
    card.dataset.busy = "1";
    try {
      const [outcome] = await send(form, button);
      if (outcome.entry) undoable = [outcome.entry];
      settle(card, outcome, "stays" in form.dataset);
    } catch {
      plainly(form, button);  // the whole page says what is wrong
    } finally {
      delete card.dataset.busy;
    }
  }

  function plainly(form, button) {
    if (button && button.name) {
      const chosen = document.createElement("input");
      Object.assign(chosen, { type: "hidden", name: button.name, value: button.value });
      form.append(chosen);
    }
    form.submit();
  }

  async function decideTicked(form, button) {
    const all = form.elements.all.checked;
    const chosen = waiting().filter((card) => all || card.querySelector(".card-tick:checked"));
    if (!chosen.length) return;
    try {
      const fields = new FormData(form, button);
      fields.delete("shown"); fields.delete("ticked"); fields.delete("all");
      for (const card of chosen) fields.append("ticked", card.querySelector(".card-tick").value);
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" },
      });
      if (!answer.ok) throw new Error("not decided");
      const outcomes = (await answer.json()).outcomes;
      if (outcomes.length !== chosen.length) { window.location.reload(); return; }
      chosen.forEach((card, place) => settle(card, outcomes[place]));
      undoable = outcomes.map((one) => one.entry).filter(Boolean);
      form.elements.all.checked = false;
      summary(form, undoable.length);
    } catch {
      window.location.reload();
    }
  }

  function summary(form, count) {
    const old = document.getElementById("ticked-done");
    if (old) old.remove();
    if (count < 2) return;
    const told = document.createElement("p");
    told.id = "ticked-done";
    told.className = "decided";
    told.setAttribute("role", "status");
    const undo = document.createElement("button");
    const entries = undoable;
    undo.type = "button";
    undo.className = "undo";
    undo.textContent = `Undo all ${count}`;
    undo.addEventListener("click", () => takeBack(entries));
    told.append(`${count} comments decided. `, undo);
    form.after(told);
    setTimeout(() => told.remove(), UNDO_FOR);
  }

  async function takeBack(entries) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const fields = new URLSearchParams({ csrfmiddlewaretoken: token });
    for (const entry of entries) fields.append("entry", entry);
    const answer = await fetch(document.getElementById("desk-keys").dataset.undo, {
      method: "POST", body: fields, headers: { Accept: "application/json" },
    });
    if (!answer.ok) { window.location.reload(); return; }
    const outcomes = (await answer.json()).outcomes;
    undoable = [];
    const done = document.getElementById("ticked-done");
    if (done) done.remove();
    for (const [place, entry] of entries.entries()) {
      const shown = document.querySelector(`.decided[data-entry="${entry}"]`);
      if (!shown) { window.location.reload(); return; }
      await fresh(shown, outcomes[place], place === 0);
    }
    count();
  }

  // The card as it is by now, in the place of the line that told what was done.
  async function fresh(shown, outcome, focus) {
    if (outcome.level !== "success") { shown.querySelector("span").textContent = outcome.told; return; }
    const stayed = document.getElementById(`card-${shown.dataset.was}`);
    if (stayed) shown.remove();
    await renew(stayed || shown, focus);
  }

  const renewals = {};  // by comment: an answer that a later one overtook is not shown

  async function renew(old, focus) {
    const pk = old.dataset.card || old.dataset.was;
    const turn = renewals[pk] = (renewals[pk] || 0) + 1;
    const answer = await fetch(`${old.dataset.address}?in=queue`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const card = page.getElementById(`card-${pk}`);
    if (!card) { window.location.reload(); return; }
    if (renewals[pk] !== turn) return;
    (document.getElementById(`card-${pk}`) || old).replaceWith(card);
    if (focus) card.focus();
  }

  // "I'm on it": the card stays, and says so.
  async function claim(form, button) {
    const card = form.closest(".card");
    try {
      const [outcome] = await send(form, button);
      if (outcome.level === "success") await renew(card, true);
      else card.before(line(outcome, card));
    } catch {
      form.submit();
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "ticked") {
      if (!event.submitter) return;
      event.preventDefault();
      decideTicked(form, event.submitter);
    } else if (form.matches(".card-claim") && document.getElementById("cards")) {
      event.preventDefault();
      claim(form, event.submitter);
    } else if (form.closest(".card-acts") && document.getElementById("cards")) {
      event.preventDefault();
      decide(form, event.submitter);
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.id === "tick-all") {
      for (const tick of document.querySelectorAll(".card-tick")) tick.checked = event.target.checked;
    }
  });

  // --- keys -----------------------------------------------------------------

  let rejecting = null;  // the card that waits for the number of a clause

  function move(step) {
    const all = cards();
    const here = current();
    const place = here ? all.indexOf(here) + step : step > 0 ? 0 : all.length - 1;
    const next = all[Math.max(0, Math.min(place, all.length - 1))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }

  function choose(card, number) {
    const form = card.querySelector("form[action$='/reject/']");
    if (!form) return;
    const clauses = [...form.querySelectorAll("button[name=clause]")];
    const button = number ? clauses.find((one) => one.textContent.startsWith(`${number}.`))
      : form.querySelector("button[type=submit]");
    if (button) form.requestSubmit(button);
  }

  function press(card, key) {
    const found = [...card.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
    if (!found) return false;
    if (found.tagName === "SUMMARY") {
      found.parentElement.open = true;
      found.parentElement.querySelector("textarea").focus();
    } else {
      found.click();
    }
    return true;
  }

  function reject(card) {
    const details = card.querySelector("form[action$='/reject/'] details");
    const clause = card.querySelector("form[action$='/reject/'] button[name=clause]");
    if (!details || !clause) return press(card, "n");
    details.open = true;
    rejecting = card;
    return true;
  }

  function pressTicked(key) {
    const found = [...document.querySelectorAll("#ticked [data-key]")].find((one) => one.dataset.key === key);
    if (found) found.click();
    return Boolean(found);
  }

  const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  function keyed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return false;
    if (event.key === "Escape" && typing(event.target)) {
      const card = event.target.closest(".card");
      if (card) { card.focus(); return true; }
      return false;
    }
    if (typing(event.target)) return false;
    if (event.key === "?") return help();
    if (isOff()) return false;
    const here = current();
    const card = here && here.matches(".card") ? here : null;
    if (rejecting) {
      const chosen = rejecting;
      rejecting = null;
      if (/^[1-9]$/.test(event.key)) { choose(chosen, event.key); return true; }
      if (event.key === "Enter") { choose(chosen, ""); return true; }
    }
    if (event.shiftKey) return /^[A-Z]$/.test(event.key) && pressTicked(event.key.toLowerCase());
    switch (event.key) {
      case "j": move(1); return true;
      case "k": move(-1); return true;
      case "z": {
        const row = here && here.dataset.entry;
        if (row || undoable.length) takeBack(row ? [row] : undoable);
        return true;
      }
      case "x": {
        const tick = card && card.querySelector(".card-tick");
        if (tick) tick.checked = !tick.checked;
        return Boolean(tick);
      }
      case "n": return Boolean(card) && reject(card);
      default: return Boolean(card) && /^[a-z]$/.test(event.key) && press(card, event.key);
    }
  }

  function help() {
    const shown = document.getElementById("desk-keys");
    shown.open = !shown.open;
    if (shown.open) shown.querySelector("summary").focus();
    return true;
  }

  function isOff() {
    try { return localStorage.getItem(SWITCH) === "1"; } catch { return false; }
  }

  const button = document.getElementById("desk-keys-switch");
  if (button) {
    const show = () => { button.textContent = isOff() ? "Turn the keys on" : "Turn the keys off"; };
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      try { localStorage.setItem(SWITCH, isOff() ? "" : "1"); } catch { /* switched off altogether */ }
      show();
    });
  }
  document.addEventListener("keydown", (event) => { if (keyed(event)) event.preventDefault(); });
})();
