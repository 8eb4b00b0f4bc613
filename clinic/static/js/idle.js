// A staff page that nobody touches: a warning first, then a cover over everything, and typed words
// kept beneath it. Time is read from the clock: a device that slept knows how long on waking.
// Without this script the server ends the session all the same, and gives typed words back.
(() => {
  "use strict";

  const dialog = document.getElementById("idle-warning");
  if (!dialog) return;

  const PING_MS = 30_000;
  const LAST_CALL = 10;
  const ONE_MINUTE = 60;
  const { dataset } = dialog;
  const grace = Number(dataset.warning) * 1000;
  const quietAfter = Number(dataset.idle) * 1000 - grace;
  const parts = Object.fromEntries([...dialog.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  const said = dialog.querySelector("[data-said]");
  const title = document.title;
  let lifeEnds = Date.now() + Number(dataset.life) * 1000;
  let touched = Date.now();
  let pinged = Date.now();
  let asking = false;
  let told = false; // that the day ends

  const ask = async (seen) => {
    try {
      const answer = await fetch(seen ? dataset.here : `${dataset.here}?unseen=1`, {
        cache: "no-store",
        redirect: "manual",
      });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return "out";
      return answer.ok ? await answer.json() : null;
    } catch {
      return null; // The line is lost; the clock goes on.
    }
  };

  // --- what the cover shows ----------------------------------------------------------

  const shows = (name) => dialog.open && !parts[name].hidden;
  const show = (name) => {
    for (const [each, part] of Object.entries(parts)) part.hidden = each !== name;
    dialog.setAttribute("aria-labelledby", `idle-${name}-title`);
    dialog.classList.toggle("idle_warning--over", name === "over");
    if (!dialog.open) dialog.showModal();
    const first = parts[name].querySelector("button, a");
    if (first) first.focus();
  };

  const close = () => {
    dialog.close();
    document.title = title;
    said.textContent = "";
  };

  const over = () => {
    if (shows("over")) return;
    document.title = dataset.wordsOver;
    said.textContent = dataset.wordsOver;
    show("over");
  };

  const takeOn = (answer) => {
    lifeEnds = Date.now() + answer.life * 1000;
    for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = answer.token;
  };

  // --- the time ----------------------------------------------------------------------

  const ping = async () => {
    pinged = Date.now();
    const answer = await ask(true);
    if (answer === "out") over();
  };

  const stay = () => {
    touched = Date.now();
    close();
    ping();
  };

  // Somebody may be busy in another tab, whose session this is too.
  const warn = async () => {
    if (asking) return;
    asking = true;
    const answer = await ask(false);
    asking = false;
    if (answer === "out") over();
    else if (answer && answer.idle * 1000 > grace + 1000) touched = Date.now() - (Number(dataset.idle) - answer.idle) * 1000;
    else if (!shows("over")) show("idle");
  };

  const count = (place, left) => {
    const seconds = Math.max(0, Math.ceil(left / 1000));
    place.textContent = `${Math.floor(seconds / ONE_MINUTE)}:${String(seconds % ONE_MINUTE).padStart(2, "0")}`;
    if (seconds <= LAST_CALL && !said.textContent) said.textContent = said.dataset.words;
  };

  const tick = () => {
    if (shows("over")) return;
    const now = Date.now();
    const quiet = now - touched;
    if (quiet >= quietAfter + grace || now >= lifeEnds) {
      over();
    } else if (quiet >= quietAfter) {
      if (shows("idle")) count(parts.idle.querySelector("[data-count]"), quietAfter + grace - quiet);
      else warn();
    } else if (lifeEnds - now <= grace && !told) {
      told = true;
      show("life");
    } else if (touched > pinged && now - pinged >= PING_MS) {
      ping();
    }
  };

  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
    const touch = () => {
      if (!dialog.open) touched = Date.now();
    };
    document.addEventListener(kind, touch, { capture: true, passive: true });
  }
  parts.idle.querySelector("button").addEventListener("click", stay);
  parts.life.querySelector("button").addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!shows("over")) stay();
  });

  // Signed in anew, in another tab, by the same person: the page goes on with its words.
  parts.over.querySelector("button").addEventListener("click", async () => {
    const answer = await ask(true);
    const failed = parts.over.querySelector("[data-not-yet]");
    if (answer && answer !== "out" && answer.who === dataset.who) {
      takeOn(answer);
      failed.textContent = "";
      told = false;
      touched = Date.now();
      pinged = Date.now();
      close();
    } else {
      failed.textContent = failed.dataset.words;
    }
  });

  document.addEventListener("visibilitychange", tick);
  window.addEventListener("pageshow", tick);
  window.setInterval(tick, 1000);
})();
