// Brings what a page asks for with data-behaviour="name", and nothing else. Each module exports bind(element).
const here = document.querySelector("script[data-behaviours]");
document.documentElement.classList.add("js");

function bindWithin(root) {
  const wanted = [...root.querySelectorAll("[data-behaviour]")];
  if (root.matches?.("[data-behaviour]")) wanted.push(root);
  for (const element of wanted) {
    for (const name of element.dataset.behaviour.split(/\s+/)) {
      const address = here.dataset[name];
      if (address) import(address).then((module) => module.bind(element));
    }
  }
}

// What was typed is forgotten as soon as any page loads after it was sent; a page that never came leaves it in place.
const sent = sessionStorage.getItem("autosave-sent");
if (sent && performance.getEntriesByType("navigation")[0]?.type !== "back_forward") {
  sessionStorage.removeItem(sent);
  sessionStorage.removeItem("autosave-sent");
}

// A page the browser had put aside as it was: its forms were sent from there before, and are new ones now.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const mark of document.querySelectorAll("input[name=once]")) {
    mark.value = [...crypto.getRandomValues(new Uint8Array(30))].map((byte) => "bcdfghjkmnpqrstvwxyz"[byte % 20]).join("");
  }
});

document.addEventListener("kit:added", (event) => bindWithin(event.target));
bindWithin(document);
