// An open staff page asks now and then how many came, and says so. Rows never move by themselves.
// Without this script a page has its Reload link, and mail goes out all the same.
(() => {
  "use strict";

  const SOUND = "clinic-sound";
  const RING_EVERY = 3; // A new emergency that nobody acknowledged rings at every third asking.
  const NOTES = [880, 660, 880];
  const NOTE_SECONDS = 0.18;

  const bar = document.querySelector("[data-watch]");
  if (!bar) return;
  const { dataset } = bar;
  const alarm = bar.querySelector("[data-watch-alarm]");
  const fresh = bar.querySelector("[data-watch-new]");
  const soundLine = bar.querySelector("[data-watch-sound]");
  const soundWords = soundLine.querySelector("span");
  const soundButton = soundLine.querySelector("button");
  const title = document.title;

  // --- words -------------------------------------------------------------------------

  const counted = (name, number) =>
    number === 1 ? dataset[`${name}One`] : dataset[`${name}Many`].replace("{number}", number);

  const say = (place, sentence, link = "", href = "") => {
    const key = `${sentence}|${link}`;
    if (place.dataset.said === key) return; // A reader is not told the same twice.
    place.dataset.said = key;
    place.replaceChildren(sentence);
    if (!link) return;
    const anchor = document.createElement("a");
    anchor.href = href;
    anchor.textContent = link;
    place.append(" ", anchor);
  };

  // --- sound -------------------------------------------------------------------------

  const kept = () => {
    try {
      return localStorage.getItem(SOUND) === "on";
    } catch {
      return false; // Storage may be shut off; then the choice lasts as long as the page.
    }
  };
  const keep = (on) => {
    try {
      localStorage.setItem(SOUND, on ? "on" : "off");
    } catch {
      // See above.
    }
  };

  let wanted = kept();
  let audio = null;

  const showSound = () => {
    const rings = wanted && audio !== null && audio.state === "running";
    const off = wanted ? dataset.wordsSoundHeld : dataset.wordsSoundOff;
    soundWords.textContent = rings ? dataset.wordsSoundOn : off;
    soundButton.textContent = rings ? dataset.wordsTurnOff : dataset.wordsTurnOn;
    bar.dataset.sound = rings ? "on" : "off";
  };

  const openAudio = () => {
    if (audio === null) {
      audio = new AudioContext();
      audio.addEventListener("statechange", showSound);
    }
    return audio.resume();
  };

  const ring = () => {
    if (!wanted || audio === null || audio.state !== "running") return;
    bar.dataset.rung = String(Number(bar.dataset.rung || 0) + 1);
    NOTES.forEach((hertz, place) => {
      const begin = audio.currentTime + place * NOTE_SECONDS * 1.4;
      const tone = audio.createOscillator();
      const loud = audio.createGain();
      tone.frequency.value = hertz;
      loud.gain.setValueAtTime(0.3, begin);
      loud.gain.exponentialRampToValueAtTime(0.001, begin + NOTE_SECONDS);
      tone.connect(loud).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + NOTE_SECONDS);
    });
  };

  soundButton.addEventListener("click", async () => {
    wanted = bar.dataset.sound !== "on";
    keep(wanted);
    if (wanted) {
      await openAudio();
      ring(); // So that whoever turned it on knows what to listen for.
    }
    showSound();
  });

  // Any press on the page lets a sound that was wanted before be heard again.
  const wake = () => {
    if (wanted && bar.dataset.sound !== "on") openAudio().then(showSound, showSound);
  };
  if (wanted) {
    openAudio().catch(showSound);
    for (const kind of ["pointerdown", "keydown"]) {
      document.addEventListener(kind, (event) => {
        if (!soundLine.contains(event.target)) wake();
      });
    }
  }
  soundLine.hidden = false;
  showSound();

  // --- asking ------------------------------------------------------------------------

  let timer = 0;
  let missed = 0;
  let emergencies = 0;
  let asked = 0;

  const show = (news) => {
    const number = Math.max(news.new, news.emergencies);
    if (news.emergencies > 0) {
      say(alarm, counted("wordsAlarm", news.emergencies), dataset.wordsLook, dataset.list);
      bar.classList.add("watch_bar--alarm");
      document.title = `(${counted("wordsTitle", news.emergencies)}) ${title}`;
    } else {
      say(alarm, "");
      bar.classList.remove("watch_bar--alarm");
      document.title = number ? `(${counted("wordsNew", number)}) ${title}` : title;
    }
    if (number > 0) say(fresh, `${counted("wordsNew", number)},`, dataset.wordsGo, dataset.list);
    else say(fresh, "");
    asked += 1;
    if (news.emergencies > emergencies) asked = 0;
    if (news.emergencies > 0 && asked % RING_EVERY === 0) ring();
    emergencies = news.emergencies;
  };

  const stop = () => {
    window.clearInterval(timer);
    say(fresh, "");
    const place = `/staff/sign-in?next=${encodeURIComponent(location.pathname)}`;
    say(alarm, dataset.wordsOut, dataset.wordsSignIn, place);
    bar.classList.add("watch_bar--alarm");
    document.title = `(${dataset.wordsSignIn}) ${title}`;
  };

  const miss = () => {
    missed += 1;
    if (missed > 1) say(fresh, dataset.wordsAway);
  };

  const ask = async () => {
    try {
      const answer = await fetch(dataset.watch, { redirect: "manual", cache: "no-store" });
      // Whoever is not signed in any more is sent to the door, or refused.
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
        stop();
      } else if (answer.ok) {
        missed = 0;
        show(await answer.json());
      } else {
        miss();
      }
    } catch {
      miss();
    }
  };

  timer = window.setInterval(ask, Number(dataset.seconds) * 1000);
})();
