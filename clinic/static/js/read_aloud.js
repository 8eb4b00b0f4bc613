// A button beside each question that reads it aloud, where this device has a voice of its own for
// its language. A voice that would send the words elsewhere is never used.
(() => {
  "use strict";

  const form = document.querySelector("[data-read-aloud]");
  const speech = window.speechSynthesis;
  if (!form || !speech || !window.SpeechSynthesisUtterance) return;

  const words = { read: form.dataset.readAloud, stop: form.dataset.stopReading };
  let speaking = null;

  const codeOf = (tag) => tag.toLowerCase().split(/[-_]/)[0];
  // A question that is not translated yet names its own language.
  const voiceFor = (question) => {
    const language = codeOf(question.closest("[lang]").lang);
    return speech.getVoices().find((voice) => voice.localService && codeOf(voice.lang) === language);
  };

  const isSeen = (element) => !element.closest("[hidden]");
  const textOf = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const PARTS = ".field__label, .field__hint, .field__error, .choice__label, .pain_scale__ends > *, .field__part_label";
  const said = (question) =>
    [...question.querySelectorAll(PARTS)].filter(isSeen).map(textOf).filter(Boolean).map((text) => (/[.?!:]$/.test(text) ? text : `${text}.`));

  const quiet = () => {
    if (speaking) speaking.textContent = words.read;
    speaking = null;
    speech.cancel();
  };

  const read = (button, question) => {
    const wasReading = speaking === button;
    quiet();
    if (wasReading) return;
    const voice = voiceFor(question);
    if (!voice) return;
    speaking = button;
    button.textContent = words.stop;
    const texts = said(question);
    texts.forEach((text, at) => {
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.voice = voice;
      utterance.lang = voice.lang;
      const end = () => {
        if (speaking === button) quiet();
      };
      if (at === texts.length - 1) utterance.addEventListener("end", end);
      utterance.addEventListener("error", end);
      speech.speak(utterance);
    });
  };

  const offer = () => {
    for (const question of form.querySelectorAll(".question")) {
      if (question.querySelector(".read_aloud") || !voiceFor(question)) continue;
      const button = document.createElement("button");
      const label = question.querySelector(".field__label");
      if (!label) continue;
      button.type = "button";
      button.className = "read_aloud";
      button.textContent = words.read;
      label.id ||= `${question.dataset.offers}-read`;
      button.setAttribute("aria-describedby", label.id);
      button.addEventListener("click", () => read(button, question));
      question.append(button);
    }
  };

  speech.addEventListener?.("voiceschanged", offer);
  window.addEventListener("pagehide", () => speech.cancel());
  offer();
})();
