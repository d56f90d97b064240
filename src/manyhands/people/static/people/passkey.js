// Asks the browser for a passkey and sends what it gives as an ordinary form.
const form = document.querySelector("form[data-passkey]");
const options = JSON.parse(document.getElementById("passkey-options").textContent).publicKey;
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

options.challenge = bytes(options.challenge);
if (options.user) options.user.id = bytes(options.user.id);
for (const known of [...(options.allowCredentials ?? []), ...(options.excludeCredentials ?? [])]) known.id = bytes(known.id);

form.addEventListener("submit", async (event) => {
  if (form.credential.value) return;
  event.preventDefault();
  const said = form.querySelector("[data-failed]");
  said.textContent = "";
  try {
    const made = await navigator.credentials[form.dataset.passkey]({ publicKey: options });
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = text(made.response[name]);
    }
    form.credential.value = JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} });
    form.requestSubmit();
  } catch {
    said.textContent = said.dataset.failed;
  }
});
