// A clinic tablet: warn after idle seconds, clear after the warning, and leave nothing behind Back.
// Time is read from the clock and not counted: a tablet that slept knows how long on waking.
(() => {
  "use strict";

  // A page that the browser kept whole is asked for anew: its patient may have gone.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
  window.addEventListener("pagehide", () => {
    document.documentElement.hidden = true;
  });

  const warning = document.getElementById("tablet-warning");
  if (!warning) return;

  const PING_MS = 10_000;
  const LAST_CALL = 10;
  const idle = Number(warning.dataset.idle) * 1000;
  const grace = Number(warning.dataset.warning) * 1000;
  const count = warning.querySelector("[data-count]");
  const said = warning.querySelector("[data-said]");
  let touched = Date.now();
  let pinged = Date.now();
  let ending = false;

  const end = () => {
    ending = true;
    document.documentElement.hidden = true;
    for (const form of document.forms) form.reset();
    window.location.replace(warning.dataset.end);
  };

  // Registered first: a question whether to leave the page would wait for nobody.
  window.addEventListener("beforeunload", (event) => {
    if (ending) event.stopImmediatePropagation();
  });

  const tellServer = () => {
    pinged = Date.now();
    fetch(warning.dataset.here, { cache: "no-store", credentials: "same-origin" }).catch(() => {});
  };

  const touch = () => {
    if (!warning.open) touched = Date.now();
  };

  const goOn = () => {
    warning.close();
    said.textContent = "";
    touched = Date.now();
    tellServer();
  };

  const tick = () => {
    if (ending) return;
    const quiet = Date.now() - touched;
    if (quiet >= idle + grace) {
      end();
    } else if (quiet >= idle) {
      const left = Math.ceil((idle + grace - quiet) / 1000);
      if (!warning.open) warning.showModal();
      count.textContent = String(left);
      if (left <= LAST_CALL && !said.textContent) said.textContent = said.dataset.words;
    } else if (touched > pinged && Date.now() - pinged >= PING_MS) {
      tellServer();
    }
  };

  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
    document.addEventListener(kind, touch, { capture: true, passive: true });
  }
  warning.querySelector("[data-more]").addEventListener("click", goOn);
  warning.addEventListener("cancel", (event) => {
    event.preventDefault();
    goOn();
  });
  document.addEventListener("visibilitychange", tick);
  window.setInterval(tick, 1000);
})();
