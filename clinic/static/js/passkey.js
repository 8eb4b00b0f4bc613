// A button that lets the device make or use a passkey, and sends what it gave with its form.
// Without this script there is the app, or a recovery code.
(() => {
  "use strict";

  const PAD = 4;
  const toBytes = (text) => {
    const plain = text.replaceAll("-", "+").replaceAll("_", "/");
    const whole = plain.padEnd(Math.ceil(plain.length / PAD) * PAD, "=");
    return Uint8Array.from(atob(whole), (letter) => letter.charCodeAt(0));
  };
  const toText = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const withBytes = (options) => {
    const ready = { ...options, challenge: toBytes(options.challenge) };
    if (options.user) ready.user = { ...options.user, id: toBytes(options.user.id) };
    for (const list of ["excludeCredentials", "allowCredentials"]) {
      if (options[list]) ready[list] = options[list].map((each) => ({ ...each, id: toBytes(each.id) }));
    }
    return ready;
  };

  const given = ({ id, rawId, type, response }) => {
    const answer = { clientDataJSON: toText(response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[part]) answer[part] = toText(response[part]);
    }
    return JSON.stringify({ id, rawId: toText(rawId), type, response: answer, clientExtensionResults: {} });
  };

  for (const place of document.querySelectorAll("[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    const button = place.querySelector("button");
    const failed = place.querySelector("[data-passkey-failed]");
    place.hidden = false;
    button.addEventListener("click", async () => {
      const publicKey = withBytes(JSON.parse(place.dataset.options));
      const makes = place.dataset.passkey === "create";
      button.disabled = true;
      failed.textContent = "";
      try {
        const made = makes
          ? await navigator.credentials.create({ publicKey })
          : await navigator.credentials.get({ publicKey });
        button.form.elements[place.dataset.field].value = given(made);
        button.form.requestSubmit();
      } catch {
        failed.textContent = failed.dataset.words;
        button.disabled = false;
      }
    });
  }
})();
