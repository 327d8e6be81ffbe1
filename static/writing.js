// Beside the form of a post: tools over the text, a preview, pictures pasted or dropped, and the
// text kept while it is typed. Without this script the form saves, previews and uploads by its
// buttons and links.
(() => {
  "use strict";

  const tools = document.getElementById("writing-tools");
  const form = tools && tools.closest("form");
  const body = form && form.querySelector("textarea.writing");
  if (!body) return;

  const given = tools.dataset;
  const KEPT = ["title", "slug", "summary", "body"];
  const field = (name) => form.elements[name];
  let slot = field("slot").value;

  // Making elements

  const make = (tag, properties = {}, ...inside) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...inside);
    return element;
  };
  const button = (text, act, properties = {}) => {
    const made = make("button", { type: "button", className: "button", ...properties }, text);
    made.addEventListener("click", act);
    return made;
  };

  const line = () => {
    const made = make("span", { className: "writing-status" });
    made.setAttribute("role", "status");
    return made;
  };
  const [kept, news] = [line(), line()];
  const say_kept = (what) => kept.replaceChildren(what);
  const say = (what) => news.replaceChildren(what);

  const is_html = () => field("body_format").value === "html";
  const { alone, put, select, keys, named } = text_tools(body, is_html, say);

  // Pictures

  const upload = async (file) => {
    const stand_in = `![uploading ${file.name} …]()`;
    alone(stand_in);
    say(`Uploading ${file.name} …`);
    const sent = new FormData();
    sent.append("file", file);
    sent.append("csrfmiddlewaretoken", token());
    let markup = "";
    try {
      const answer = await fetch(given.upload, { method: "POST", body: sent, redirect: "manual" });
      const said = answer.headers.get("Content-Type") === "application/json" && await answer.json();
      if (said && answer.ok) {
        markup = is_html() ? said.html : said.markdown;
        setTimeout(show_preview, 4000);  // its sizes are made by then, as a rule
        say(said.said);
      } else {
        say((said && said.error) || refusal(answer, file));
      }
    } catch {
      say(`${file.name} did not arrive: there is no connection.`);
    }
    const at = body.value.indexOf(stand_in);
    if (at < 0) return;
    select(at, at + stand_in.length + (markup ? 0 : 1));
    put(markup);
    const words = at + (is_html() ? markup.indexOf('alt="') + 5 : 2);
    if (markup) select(words, words);
  };
  const refusal = (answer, file) => {
    if (answer.status === 413) return `${file.name} was not taken: it is too large for the server.`;
    if (answer.type === "opaqueredirect") return signed_out();
    return `${file.name} was not taken: the server answered ${answer.status}.`;
  };
  const take = async (files) => {
    for (const file of files) await upload(file);
  };
  const pictures_in = (transfer) =>
    [...transfer.files].filter((file) => file.type.startsWith("image/"));

  const chooser = make("input", { type: "file", multiple: true, hidden: true });
  chooser.accept = "image/jpeg,image/png,image/webp,image/gif";
  chooser.addEventListener("change", () => {
    take([...chooser.files]);
    chooser.value = "";
  });
  if (given.upload) {
    body.addEventListener("paste", (event) => {
      const pasted = pictures_in(event.clipboardData);
      // Tables and pages bring a picture of themselves beside their words: the words are meant.
      if (!pasted.length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      take(pasted);
    });
    body.addEventListener("dragover", (event) => event.preventDefault());
    body.addEventListener("drop", (event) => {
      const dropped = pictures_in(event.dataTransfer);
      if (!dropped.length) return;
      event.preventDefault();
      take(dropped);
    });
  }

  // Preview

  const host = make("div", { className: "writing-preview", id: "writing-preview" });
  host.setAttribute("role", "region");
  host.setAttribute("aria-label", "Preview");
  const prose = make("div", { className: "prose" });
  // Its own tree: what an author calls "content" there can't be taken for a part of the admin.
  host.attachShadow({ mode: "open" }).append(
    make("link", { rel: "stylesheet", href: given.prose }),
    prose,
  );
  let last_asked = null;
  const show_preview = async () => {
    if (host.hidden) return;
    last_asked && last_asked.abort();
    last_asked = new AbortController();
    const sent = typed(["title", "body"]);
    sent.append("body_format", field("body_format").value);
    sent.append("fragment", "1");
    try {
      const answer = await fetch(given.preview, {
        method: "POST", body: sent, redirect: "manual", signal: last_asked.signal,
      });
      if (answer.ok) prose.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") say("The preview waits: there is no connection.");
    }
  };
  const shown = button("Preview", () => {
    host.hidden = !host.hidden;
    shown.setAttribute("aria-pressed", String(!host.hidden));
    localStorage.setItem("colloquy-preview", host.hidden ? "off" : "on");
    show_preview();
  });
  shown.setAttribute("aria-controls", host.id);

  // Keeping what is typed

  const token = () => {
    // Signing in again in another tab changes it.
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (cookie) {
      for (const one of document.querySelectorAll("[name=csrfmiddlewaretoken]")) one.value = cookie[1];
    }
    return field("csrfmiddlewaretoken").value;
  };
  const typed = (names) => {
    const sent = new FormData();
    sent.append("csrfmiddlewaretoken", token());
    for (const name of names) sent.append(name, field(name) ? field(name).value : "");
    return sent;
  };
  const signed_out = () => {
    const link = make("a", { href: given.signin, target: "_blank" }, "Sign in again in a new tab");
    return make("span", {}, "You are signed out. The text is kept in this browser. ", link, ".");
  };

  const PLACE = `colloquy-writing:${given.user}:${given.post || "new"}:`;
  const keep_here = () => {
    const copy = { at: Date.now() };
    for (const name of KEPT) copy[name] = field(name) ? field(name).value : "";
    try {
      localStorage.setItem(PLACE + slot, JSON.stringify(copy));
    } catch {
      // No room or no leave: the server's copy remains.
    }
  };
  const keep_there = async () => {
    const sent = typed([...KEPT, "slot", "read_version"]);
    sent.append("post", given.post);
    try {
      const answer = await fetch(given.autosave, { method: "POST", body: sent, redirect: "manual" });
      if (answer.ok) {
        const { at } = await answer.json();
        say_kept(`Kept at ${at}, not saved yet.`);
        if (!waiting) localStorage.removeItem(PLACE + slot);
      } else if (answer.type === "opaqueredirect" || answer.status === 403) {
        say_kept(signed_out());
      } else if (answer.status === 409) {
        // A form that the browser's Back brought up again: it goes on as one of its own.
        localStorage.removeItem(PLACE + slot);
        const bytes = crypto.getRandomValues(new Uint8Array(16));
        slot = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        field("slot").value = slot;
        keep_here();
        await keep_there();
      } else {
        say_kept("The server can’t keep the text just now; this browser does.");
      }
    } catch {
      say_kept("There is no connection. The text is kept in this browser.");
    }
  };

  let waiting = null;
  let previewing = null;
  form.addEventListener("input", (event) => {
    if (!KEPT.includes(event.target.name)) return;
    keep_here();
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      waiting = null;
      keep_there();
    }, 1500);
    if (event.target === body) {
      clearTimeout(previewing);
      previewing = setTimeout(show_preview, 300);
    }
  });
  form.addEventListener("submit", (event) => {
    token();
    if (event.submitter && event.submitter.name === "preview") return;
    clearTimeout(waiting);
    keep_here();  // in case it meets the sign-in page
  });

  const copies = () => {
    const used = given.used.split(" ");
    return Object.keys(localStorage).filter((key) => key.startsWith(PLACE)).flatMap((key) => {
      const copy = JSON.parse(localStorage.getItem(key));
      const same = KEPT.every((name) => !field(name) || field(name).value === copy[name]);
      if (used.includes(key.slice(PLACE.length)) || same) {
        localStorage.removeItem(key);
        return [];
      }
      return [{ key, copy }];
    });
  };
  const offer = ({ key, copy }) => {
    const at = new Date(copy.at).toLocaleString();
    const note = make("p", { className: "writing-note" },
      `This browser has kept text of ${at} that was not saved: “${copy.title || "Untitled"}”. `);
    note.append(
      button("Bring it back", () => {
        for (const name of KEPT) if (field(name)) field(name).value = copy[name];
        note.remove();
        localStorage.removeItem(key);
        body.dispatchEvent(new Event("input", { bubbles: true }));
      }),
      " ",
      button("Throw it away", () => {
        localStorage.removeItem(key);
        note.remove();
      }),
    );
    tools.before(note);
  };

  // Putting it together

  body.addEventListener("keydown", (event) => {
    const act = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  const bar = make("div", { className: "writing-bar" },
    ...Object.entries(named).map(([name, [act, title = ""]]) => button(name, act, { title })),
    ...(given.upload ? [button("Picture", () => chooser.click()), chooser] : []),
    shown,
  );
  make_toolbar(bar, "Tools for the text");

  const wide = matchMedia("(min-width: 70rem)").matches;
  host.hidden = (localStorage.getItem("colloquy-preview") || (wide ? "on" : "off")) === "off";
  shown.setAttribute("aria-pressed", String(!host.hidden));
  const pane = make("div", { className: "writing-pane" });
  body.before(bar, pane, kept, news);
  pane.append(body, host);
  for (const found of copies()) offer(found);
  show_preview();
})();
