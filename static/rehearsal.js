// A rehearsal's page follows it without being reloaded; without a script the page reloads itself.
(() => {
  "use strict";

  const PAUSE = 1000;

  async function follow() {
    const shown = document.getElementById("rehearsal");
    if (!shown || !("open" in shown.dataset)) return;
    try {
      const answer = await fetch(window.location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("rehearsal");
      if (fresh && fresh.innerHTML !== shown.innerHTML) {
        const held = shown.contains(document.activeElement) && document.activeElement.name;
        shown.replaceWith(fresh);
        const again = held && fresh.querySelector(`[name="${held}"]`);
        if (again) again.focus();
      }
    } catch { /* the site is away for a moment */ }
    setTimeout(follow, PAUSE);
  }

  setTimeout(follow, PAUSE);
})();
