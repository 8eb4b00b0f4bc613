// What a page must keep whatever the width, the zoom, the colours and the hand: gives its faults.
// Called with {least, forced, still}: the least target in px, and whether colours are forced and
// motion is unwelcome.
(wanted) => {
  "use strict";

  const faults = [];
  const root = document.documentElement;
  const wide = root.clientWidth;
  const told = (element) => {
    const copy = element.cloneNode(false).outerHTML.replace(/ (d|value|nonce)="[^"]*"/g, "");
    return `${copy.slice(0, 110)} “${(element.textContent || "").trim().replace(/\s+/g, " ").slice(0, 30)}”`;
  };
  const fault = (kind, element, more = "") => faults.push(`${kind}: ${element ? told(element) : ""} ${more}`.trim());
  const styleOf = (element, part = null) => getComputedStyle(element, part);
  const UNSEEN = ".visually-hidden, .skip_link, .step__enter, [hidden], [aria-hidden=true], dialog:not([open])";
  const isSeen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && element.checkVisibility({ contentVisibilityAuto: false, visibilityProperty: true }) && !element.closest(UNSEEN) && styleOf(element).visibility === "visible";
  };
  const all = [...document.querySelectorAll("body *")].filter((each) => !each.closest("svg") || each.tagName === "svg");

  // --- nothing to the side, nothing cut off (1.4.10, 1.4.4, 1.4.12) ---
  if (root.scrollWidth > wide) fault("scrolls sideways", null, `${root.scrollWidth} of ${wide} px`);
  const rolls = (element) => {
    for (let each = element.parentElement; each && each !== document.body; each = each.parentElement) {
      if (["auto", "scroll"].includes(styleOf(each).overflowX)) return true;
    }
    return false;
  };
  for (const each of all) {
    if (!isSeen(each)) continue;
    const box = each.getBoundingClientRect();
    const style = styleOf(each);
    if ((box.left < -1 || box.right > wide + 1) && style.position !== "absolute" && !rolls(each)) fault("beside the screen", each, `${Math.round(box.left)} to ${Math.round(box.right)}`);
    const hides = ["hidden", "clip"].includes(style.overflowX) || ["hidden", "clip"].includes(style.overflowY);
    const isField = /^(INPUT|SELECT|TEXTAREA|VIDEO|IMG|svg)$/.test(each.tagName);
    if (hides && !isField && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1) && each.clientWidth > 1) fault("cut off", each);
    const holdsText = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hides && holdsText && !isField && each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1 && !["auto", "scroll"].includes(style.overflowX)) fault("words stand out of their box", each);
    if (isField && each.tagName === "SELECT" && each.selectedOptions.length) {
      const pen = document.createElement("canvas").getContext("2d");
      pen.font = style.font;
      const room = each.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const words = each.selectedOptions[0].textContent.trim();
      if (pen.measureText(words).width > room + 2 && words.length < 24) fault("choice cut off", each);
    }
    if (style.order !== "0" || /reverse/.test(style.flexDirection)) fault("another order than that of reading", each);
    if (each.tabIndex > 0) fault("tabindex", each);
    if (wanted.still && (parseFloat(style.animationDuration) > 0 && style.animationName !== "none" || style.transitionDuration.split(",").some((time) => parseFloat(time) > 0))) fault("moves", each);
  }
  if (wanted.still && document.getAnimations().length) fault("moves");

  // --- targets (2.5.8, and 44 px on pages for patients) ---
  const isInline = (element) => {
    if (!["inline", "inline-block"].includes(styleOf(element).display) || element.tagName !== "A") return false;
    const block = element.closest("p, li, dd, dt, td, th, figcaption, legend, label, strong, h1, h2, h3, div");
    const words = (block?.textContent || "").trim().length - element.textContent.trim().length;
    return words > 2;
  };
  const targets = [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden]), label")].filter((each) => {
    if (!isSeen(each)) return false;
    if (each.tagName === "LABEL") return each.control && ["radio", "checkbox"].includes(each.control.type) && !each.matches(".body_map__region");
    return !["radio", "checkbox"].includes(each.type) || each.getBoundingClientRect().left >= 0;
  });
  for (const each of targets) {
    if (["radio", "checkbox"].includes(each.type) && each.labels?.length) continue;
    const box = each.getBoundingClientRect();
    const small = each.tagName === "A" && isInline(each) ? 0 : wanted.least;
    if (box.width < small - 0.5 || box.height < small - 0.5) fault("small target", each, `${Math.round(box.width)} x ${Math.round(box.height)} px ${styleOf(each).display}`);
  }

  // --- words for every field, and each error said where the field is (1.3.1, 3.3.1, 3.3.2) ---
  const described = new Set([...document.querySelectorAll("[aria-describedby]")].flatMap((each) => each.getAttribute("aria-describedby").split(/\s+/)));
  for (const each of document.querySelectorAll("input:not([type=hidden]):not([type=submit]), select, textarea")) {
    if (!(each.labels?.length || each.getAttribute("aria-label") || each.getAttribute("aria-labelledby"))) fault("no label", each);
  }
  for (const each of document.querySelectorAll(".field__error")) {
    if (each.textContent.trim() && !described.has(each.id)) fault("an error that no field names", each);
  }
  const summary = document.getElementById("error-summary");
  if (summary) {
    if (document.activeElement !== summary) fault("the error summary has no focus", summary);
    for (const link of summary.querySelectorAll("a")) {
      if (!document.querySelector(CSS.escape ? `#${CSS.escape(link.hash.slice(1))}` : link.hash)) fault("leads to no field", link);
    }
  }

  // --- states that do not hang on a colour that may be taken away ---
  const edge = (style) => (style.borderStyle !== "none" && parseFloat(style.borderTopWidth) > 0) || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0);
  if (wanted.forced) {
    for (const each of document.querySelectorAll(".button, select, textarea, input:not([type=hidden], [type=radio], [type=checkbox], [type=submit])")) {
      if (isSeen(each) && !edge(styleOf(each))) fault("no edge in forced colours", each);
    }
    for (const each of document.querySelectorAll("input:is([type=radio], [type=checkbox])")) {
      const label = each.labels?.[0];
      if (!label || !isSeen(label) || label.matches(".body_map__region")) continue;
      // A box that the browser draws itself has its edge and its tick from the system.
      if (styleOf(each).appearance !== "none" && each.getBoundingClientRect().left >= 0) continue;
      const mark = [styleOf(label), styleOf(label, "::before")];
      if (!mark.some(edge)) fault("no edge in forced colours", label);
      if (each.checked && !(edge(styleOf(label)) && styleOf(label).outlineStyle !== "none") && styleOf(label, "::before").backgroundColor === "rgba(0, 0, 0, 0)" && each.getBoundingClientRect().left < 0) fault("chosen, and not to be seen", label);
    }
    for (const each of document.querySelectorAll("[aria-current]")) {
      const style = styleOf(each);
      if (isSeen(each) && !edge(style) && parseInt(style.fontWeight, 10) < 600 && !/underline/.test(style.textDecorationLine)) fault("current, and not to be seen", each);
    }
  }

  // --- the focus: to be seen, in view, under nothing (2.4.7, 2.4.11) ---
  const before = document.activeElement;
  const stops = [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden]), [tabindex='0']")].filter(
    (each) => !each.disabled && each.tabIndex >= 0 && !each.closest("[hidden], dialog:not([open]), [aria-hidden=true]") && each.getClientRects().length && each.checkVisibility({ visibilityProperty: true }),
  );
  for (const each of stops) {
    if (each.type === "radio" && !each.checked && each.form && each.form.querySelector(`[name="${CSS.escape(each.name)}"]`) !== each) continue;
    each.focus({ focusVisible: true });
    if (document.activeElement !== each) { fault("takes no focus", each); continue; }
    const label = ["radio", "checkbox"].includes(each.type) ? each.labels?.[0] : null;
    const rings = [styleOf(each), ...(label ? [styleOf(label), styleOf(label, "::before")] : [])];
    const isRinged = rings.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || (style.boxShadow !== "none" && !wanted.forced));
    if (!isRinged) fault("focus not to be seen", each);
    const shown = label && each.getBoundingClientRect().left < 0 ? label : each;
    if (shown !== each) shown.scrollIntoView({ block: "nearest" });
    const boxes = [...shown.getClientRects()];
    const reached = boxes.some((box) => {
      const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight), left = Math.max(box.left, 0), right = Math.min(box.right, wide);
      if (bottom - top < 1 || right - left < 1) return false;
      return [0.5, 0.1, 0.9].some((y) => [0.5, 0.1, 0.9].some((x) => {
        const hit = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
        return hit && (shown.contains(hit) || hit.contains(each) && hit.tagName === "LABEL" || each.labels && [...each.labels].some((one) => one.contains(hit)));
      }));
    });
    if (!reached) fault("focus hidden", each, `at ${boxes.map((box) => `${Math.round(box.left)},${Math.round(box.top)} ${Math.round(box.width)}x${Math.round(box.height)}`)}`);
  }
  before?.focus?.({ preventScroll: true });
  return [...new Set(faults)];
}
