// The keys of the worklist: each does what a link or button of the row does, and none what cannot
// be undone. They can be turned off, and wait while somebody types (WCAG 2.1.4).
(() => {
  "use strict";

  const KEPT = "clinic-keys";
  const help = document.querySelector("[data-keys]");
  if (!help) return;
  const words = help.querySelector("[data-keys-state]");
  const button = help.querySelector("button");
  const names = [...document.querySelectorAll(".patient_row__name a")];

  const kept = () => {
    try {
      return localStorage.getItem(KEPT) !== "off";
    } catch {
      return true; // Storage may be shut off; then the choice lasts as long as the page.
    }
  };
  let on = kept();

  const show = () => {
    words.textContent = on ? help.dataset.wordsAreOn : help.dataset.wordsAreOff;
    button.textContent = on ? help.dataset.wordsOff : help.dataset.wordsOn;
  };
  button.addEventListener("click", () => {
    on = !on;
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
      // See above.
    }
    show();
  });

  const rowOf = (element) => (element ? element.closest(".patient_row") : null);
  const here = () => rowOf(document.activeElement);

  const go = (step) => {
    const row = here();
    const at = names.findIndex((name) => rowOf(name) === row);
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), names.length - 1);
    if (names[next]) {
      names[next].focus();
      rowOf(names[next]).scrollIntoView({ block: "nearest" });
    }
  };
  const press = (key) => {
    const target = here()?.querySelector(`[data-key="${key}"]`);
    if (target) target.click();
  };
  const acts = {
    j: () => go(1),
    k: () => go(-1),
    a: () => press("a"),
    c: () => press("c"),
    r: () => press("r"),
    "?": () => help.focus(),
  };

  const types = (element) =>
    element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);

  document.addEventListener("keydown", (event) => {
    if (!on || event.defaultPrevented || (event.repeat && event.key === "a")) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (types(event.target) || !Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
  });

  help.hidden = false;
  show();
})();
