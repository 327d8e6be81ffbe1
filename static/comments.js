// What a script adds to the comment form: all of it works without. No cookie, no third party.
(() => {
  "use strict";

  // What was typed into a form, kept until it is sent: what the page itself filled in is not.
  const drafts = {
    fields: ["name", "mail", "text"],
    key: (form) => "draft:" + new URL(form.action).pathname,
    load: (form) => {
      try { return JSON.parse(read(localStorage, drafts.key(form))) || {}; } catch { return {}; }
    },
    save: (form) => {
      const typed = {};
      for (const name of drafts.fields) {
        const field = form.elements[name];
        if (!field || !field.value) continue;
        if (form.dataset.holds === "typed" || field.value !== field.defaultValue) typed[name] = field.value;
      }
      write(localStorage, drafts.key(form), Object.keys(typed).length ? JSON.stringify(typed) : "");
    },
    // A quotation comes behind a draft; whatever else the page holds already stays.
    fill: (form) => {
      const kept = drafts.load(form);
      for (const name of drafts.fields) {
        const field = form.elements[name];
        if (!field || !kept[name]) continue;
        if (!field.value) field.value = kept[name];
        else if (name === "text" && form.dataset.holds === "quotation") field.value = joined(kept.text, field.value);
      }
    },
  };
  let copies = 0;

  function read(store, key) {
    try { return store.getItem(key) || ""; } catch { return ""; }  // storage may be switched off
  }

  function write(store, key, value) {
    try { value ? store.setItem(key, value) : store.removeItem(key); } catch { /* as above */ }
  }

  function joined(draft, quotation) {
    return draft.includes(quotation.trim()) ? draft : `${draft.trimEnd()}\n\n${quotation}`;
  }

  // The draft of a form goes once the server has said that it stored the comment.
  function forgetSent() {
    if (!document.querySelector("[data-comment-stored]")) return;
    const sent = read(sessionStorage, "sent");
    if (sent) write(localStorage, sent, "");
  }

  function liven(form) {
    const text = form.querySelector("textarea");
    if (!text) return;
    drafts.fill(form);
    const count = document.createElement("span");
    count.className = "count";
    count.setAttribute("aria-live", "polite");
    text.before(count);
    const update = () => {
      const left = Number(form.dataset.limit) - [...text.value.replace(/\r\n?/g, "\n").trim()].length;
      const near = left < Number(form.dataset.limit) / 10;
      count.textContent = near ? `${left.toLocaleString()} characters left` : "";
      count.classList.toggle("over", left < 0);
    };
    form.addEventListener("input", () => { update(); drafts.save(form); });
    form.addEventListener("submit", (event) => submitted(form, event));
    update();
  }

  function submitted(form, event) {
    if (event.submitter && event.submitter.name === "preview") {
      if (form.dataset.plain) return;
      event.preventDefault();
      preview(form, event.submitter);
      return;
    }
    if (form.dataset.sending) { event.preventDefault(); return; }  // a double click
    form.dataset.sending = "1";
    write(sessionStorage, "sent", drafts.key(form));
  }

  async function fetchForm(address, options) {
    const answer = await fetch(address, options);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const form = page.querySelector("form.comment-form");
    // What the page says above its form, of a closed post or a limit, belongs to it here too.
    if (form) form.prepend(...page.querySelectorAll("main > .problem, main > .notice"));
    return form;
  }

  // The server renders; whatever goes wrong here, the ordinary way still works.
  async function preview(form, button) {
    const body = new URLSearchParams(new FormData(form));
    body.set("preview", "1");
    let shown = null;
    try { shown = await fetchForm(form.action, { method: "POST", body }); } catch { shown = null; }
    if (!shown) { form.dataset.plain = "1"; form.requestSubmit(button); return; }
    form.elements.stamp.value = shown.elements.stamp.value;
    form.querySelectorAll(".preview, .error, .problem, .warnings").forEach((old) => old.remove());
    const found = shown.querySelectorAll(".preview, .error, .problem");
    found.forEach((one) => button.closest(".buttons").before(one));
    const first = form.querySelector(".preview, .error, .problem");
    if (first) first.scrollIntoView({ block: "nearest" });
  }

  function quoteOf(comment) {
    const chosen = window.getSelection();
    const inside = chosen.rangeCount && comment.contains(chosen.getRangeAt(0).commonAncestorContainer);
    const words = inside ? chosen.toString().trim() : "";
    return words && words.split("\n").map((line) => `> ${line}`.trim()).join("\n");
  }

  // The form's ids would stand twice on the page.
  function rename(form) {
    copies += 1;
    form.querySelectorAll("[id]").forEach((one) => { one.id += `-${copies}`; });
    for (const name of ["for", "aria-describedby", "aria-labelledby"]) {
      form.querySelectorAll(`[${name}]`).forEach((one) => {
        const ids = one.getAttribute(name).split(" ");
        one.setAttribute(name, ids.map((id) => `${id}-${copies}`).join(" "));
      });
    }
  }

  async function openBelow(link) {
    const comment = link.closest(".comment");
    const quote = link.classList.contains("quote") ? quoteOf(comment) : "";
    let form = null;
    try { form = await fetchForm(link.href); } catch { form = null; }
    if (!form) { window.location.assign(link.href); return; }
    close(comment);
    rename(form);
    const text = form.querySelector("textarea");
    if (quote) text.value = `#${comment.id.slice(2).replaceAll("-", ".")}:\n\n${quote}\n\n`;
    const box = document.createElement("div");
    box.className = "inline-form";
    box.append(form);
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "second";
    cancel.textContent = "Cancel";
    cancel.addEventListener("click", () => { close(comment); link.focus(); });
    form.querySelector(".buttons").append(cancel);
    comment.after(box);
    liven(form);
    const empty = [...form.querySelectorAll(".field input, textarea")].find((one) => !one.value);
    (empty && empty.required && empty !== text ? empty : text).focus();
    text.setSelectionRange(text.value.length, text.value.length);
  }

  function close(comment) {
    const after = comment.nextElementSibling;
    if (after && after.classList.contains("inline-form")) after.remove();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.reply, a.quote");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    openBelow(link);
  });
  // Back from the next page, a form may be sent again. Whatever page followed a form that was sent
  // has judged it by now: a private page that is opened later says nothing of that draft.
  window.addEventListener("pageshow", () => {
    write(sessionStorage, "sent", "");
    document.querySelectorAll("form[data-sending]").forEach((form) => form.removeAttribute("data-sending"));
  });
  forgetSent();
  document.querySelectorAll("form.comment-form").forEach(liven);
})();
