// A hold timer with a breathing pacer. It starts on a press, never by itself; the words beside
// it say the same without a script. Where motion is unwelcome the words alone pace the breath.
(() => {
  "use strict";

  const REST_SECONDS = 5;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  const element = (tag, className, text = "") => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };

  for (const box of document.querySelectorAll("[data-hold-timer]")) {
    const { dataset } = box;
    const seconds = Number(dataset.seconds);
    const times = Number(dataset.times);
    const breathIn = Number(dataset.in);
    const breathOut = Number(dataset.out);

    const face = element("div", "hold_timer__face");
    const pacer = element("div", "hold_timer__pacer");
    pacer.setAttribute("aria-hidden", "true");
    const words = element("div", "hold_timer__state");
    const count = element("div", "hold_timer__count");
    count.setAttribute("aria-hidden", "true");
    const breath = element("div", "hold_timer__breath");
    const said = element("p", "visually-hidden");
    said.setAttribute("role", "status");
    const button = element("button", "button", dataset.wordsStart);
    button.type = "button";
    words.append(count, breath);
    face.append(pacer, words);
    face.hidden = true;
    box.append(face, said, button);

    let timer = 0;
    let hold = 0;
    let left = 0;
    let resting = false;

    const breathe = () => {
      const into = (seconds - left) % (breathIn + breathOut);
      const drawing = into < breathIn;
      breath.textContent = drawing ? dataset.wordsIn : dataset.wordsOut;
      if (calm.matches) return;
      pacer.classList.toggle("hold_timer__pacer--in", drawing);
      pacer.style.setProperty("transition-duration", `${drawing ? breathIn : breathOut}s`);
    };

    const show = () => {
      count.textContent = String(left);
      if (resting) breath.textContent = dataset.wordsRest;
      else breathe();
    };

    const stop = (sentence) => {
      window.clearInterval(timer);
      timer = 0;
      pacer.classList.remove("hold_timer__pacer--in");
      count.textContent = "";
      breath.textContent = sentence;
      said.textContent = sentence;
      button.textContent = dataset.wordsAgain;
    };

    const begin = () => {
      resting = false;
      left = seconds;
      said.textContent = dataset.wordsHold.replace("{number}", hold).replace("{total}", times);
      show();
    };

    const tick = () => {
      left -= 1;
      if (left > 0) {
        show();
      } else if (resting) {
        hold += 1;
        begin();
      } else if (hold < times) {
        resting = true;
        left = REST_SECONDS;
        said.textContent = dataset.wordsRest;
        show();
      } else {
        stop(dataset.wordsDone);
      }
    };

    button.addEventListener("click", () => {
      if (timer) {
        stop(dataset.wordsStopped);
        return;
      }
      face.hidden = false;
      pacer.hidden = calm.matches;
      hold = 1;
      button.textContent = dataset.wordsStop;
      begin();
      timer = window.setInterval(tick, 1000);
    });
  }
})();
