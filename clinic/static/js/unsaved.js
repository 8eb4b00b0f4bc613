// What is typed and not yet saved: a warning before it is left behind, and Continue only while the
// clinic can be reached. Without a script, and where a line breaks off later, the browser's
// own Reload sends what was typed once more.
(() => {
  "use strict";

  const WAIT_MS = 8000;
  const forms = [...document.querySelectorAll('main form[method="post"]')];
  // Staff have many forms on a page: what stands in another one than is sent is lost as well.
  const many = document.body.classList.contains("page--staff");
  let sending = null;

  const isChanged = (field) => {
    if (!field.name || field.name.startsWith("_") || field.type === "hidden" || field.matches(":disabled")) return false;
    if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
    if (field.options) {
      const first = [...field.options].findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(first, 0);
    }
    return "defaultValue" in field && field.value !== field.defaultValue;
  };
  // What could not be read was not saved either; it stands in its box as the server gave it back.
  const wasRefused = (field) => "defaultValue" in field && field.value && field.type !== "radio" && field.type !== "checkbox";
  const isUnsaved = (form) =>
    [...form.elements].some(isChanged) ||
    [...form.querySelectorAll(".field--wrong :is(input, textarea)")].some(wasRefused);

  window.addEventListener("pageshow", () => {
    sending = null;
  });
  window.addEventListener("beforeunload", (event) => {
    if (sending && !many) return;
    if (forms.some((form) => form !== sending && isUnsaved(form))) event.preventDefault();
  });

  const step = document.getElementById("step");
  const lost = document.getElementById("line-lost");
  for (const form of forms) {
    if (form !== step) form.addEventListener("submit", () => { sending = form; });
  }
  // An old browser that can't do what follows sends its answers unasked.
  if (!step || !lost || !step.requestSubmit || !window.AbortController) return;

  // Any answer but that of a broken server means that the line is there.
  let missed = 0;
  const isReached = async () => {
    if (navigator.onLine === false && missed === 0) return false;
    const late = new AbortController();
    const timer = window.setTimeout(() => late.abort(), WAIT_MS);
    try {
      const answer = await fetch(lost.dataset.reach, {
        method: "HEAD",
        cache: "no-store",
        credentials: "omit",
        signal: late.signal,
      });
      return answer.status < 500;
    } catch {
      return false;
    } finally {
      window.clearTimeout(timer);
    }
  };

  let asking = false;
  step.addEventListener("submit", async (event) => {
    if (sending) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    const reached = await isReached();
    asking = false;
    lost.hidden = reached;
    missed = reached ? 0 : missed + 1;
    // An emergency may be among the answers: what only this asking can't reach must not hold them
    // back. Pressed once more they are sent as they are, but where the device has no line at all.
    if (!reached && (missed < 2 || navigator.onLine === false)) {
      lost.focus();
      return;
    }
    sending = step;
    step.requestSubmit(event.submitter);
  });
})();
