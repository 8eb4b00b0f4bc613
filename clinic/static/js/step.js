// What a step does with a script: the error summary gets the focus, and follow-ups open at once.
// Without it the server shows them when the page is sent.
(() => {
  "use strict";

  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();

  const form = document.querySelector("[data-step-form]");
  if (!form) return;
  const offered = form.querySelector('input[name="_offered"]');
  const followUps = [...form.querySelectorAll("[data-shown-when]")].map((element) => ({
    element,
    set: element.querySelector(":scope > fieldset"),
    condition: JSON.parse(element.dataset.shownWhen),
  }));
  if (!followUps.length) return;

  const NUMBERS = new Set(["integer", "decimal", "quantity"]);
  const OTHER = "_other";

  // Disabled fields are not in form data, so a hidden question counts as absent.
  const valuesOf = (data, names) =>
    names.flatMap((name) => data.getAll(name)).map((text) => text.trim()).filter((text) => text && text !== OTHER);

  const dateOf = (data, names) => {
    const [month, day, year] = names.map((name) => String(data.get(name) || "").trim());
    if (!/^\d{4}$/.test(year)) return null;
    const two = (text) => (/^\d{1,2}$/.test(text) ? text.padStart(2, "0") : "01");
    return `${year}-${two(month)}-${two(day)}`;
  };

  const timeOf = (text) => {
    const match = /^(\d{1,2})(?:[:.](\d{2}))?\s*([ap])?/i.exec(text);
    if (!match) return null;
    const half = (match[3] || "").toLowerCase();
    const hour = half ? (Number(match[1]) % 12) + (half === "p" ? 12 : 0) : Number(match[1]);
    return `${String(hour).padStart(2, "0")}:${match[2] || "00"}`;
  };

  const read = (data, { names, type }) => {
    if (type === "date" || type === "dateTime") {
      const date = dateOf(data, names);
      return date ? [date] : [];
    }
    const first = NUMBERS.has(type) ? names.slice(0, 1) : names;
    const texts = valuesOf(data, first);
    if (NUMBERS.has(type)) {
      return texts.map((text) => Number(text.replaceAll(",", ""))).filter((number) => !Number.isNaN(number));
    }
    return type === "time" ? texts.map(timeOf).filter(Boolean) : texts;
  };

  const compare = (data, comparison) => {
    const { operator, answer, type } = comparison;
    if (operator === "exists") return (valuesOf(data, comparison.names).length > 0) === answer;
    const wanted = type === "date" || type === "dateTime" ? (answer + "-01-01").slice(0, 10) : answer;
    const values = read(data, comparison);
    switch (operator) {
      case "=": return values.some((value) => value === wanted);
      case "!=": return !values.some((value) => value === wanted);
      case ">": return values.some((value) => value > wanted);
      case "<": return values.some((value) => value < wanted);
      case ">=": return values.some((value) => value >= wanted);
      case "<=": return values.some((value) => value <= wanted);
      default: return false;
    }
  };

  const holds = (data, condition) => {
    if ("truth" in condition) return condition.truth;
    if (condition.all) return condition.all.every((part) => holds(data, part));
    if (condition.any) return condition.any.some((part) => holds(data, part));
    if (condition.none) return !condition.none.some((part) => holds(data, part));
    if (condition.of) return condition.of.filter((part) => holds(data, part)).length >= condition.at_least;
    return compare(data, condition);
  };

  const settle = () => {
    // A follow-up may hang on another: go on until nothing changes.
    for (let round = 0; round <= followUps.length; round += 1) {
      let changed = false;
      const data = new FormData(form);
      for (const { element, set, condition } of followUps) {
        const shown = holds(data, condition);
        if (element.hidden === shown) {
          element.hidden = !shown;
          set.disabled = !shown;
          changed = true;
        }
      }
      if (!changed) break;
    }
    offered.value = [...form.querySelectorAll("[data-offers]")]
      .filter((element) => !element.closest("[hidden]"))
      .map((element) => element.dataset.offers)
      .join(" ");
  };

  form.addEventListener("change", settle);
  form.addEventListener("input", settle);
  // The browser may bring typed answers back after Back without telling anybody.
  window.addEventListener("pageshow", settle);
})();
