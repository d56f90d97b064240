// Lists by keyboard: j and k move, x picks, Enter opens; data-key="p" is pressed by p. Off wherever someone types,
// and off altogether with the switch in the help.
const OFF = "shortcuts-off";

export function bind(list) {
  const items = () => [...list.querySelectorAll("[data-item]")];
  const help = document.querySelector("[data-shortcuts-help]");
  const power = help?.querySelector("[data-shortcuts-switch]");
  if (power) {
    power.checked = !localStorage.getItem(OFF);
    power.addEventListener("change", () => (power.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  }
  for (const pressed of document.querySelectorAll("[data-key]")) {
    pressed.setAttribute("aria-keyshortcuts", pressed.dataset.key);
    const keys = help?.querySelector(".keys");
    if (!keys || keys.querySelector(`[data-for="${CSS.escape(pressed.dataset.key)}"]`)) continue;
    const line = document.createElement("div");
    line.className = "fact";
    line.dataset.for = pressed.dataset.key;
    const [key, says, what] = [document.createElement("kbd"), document.createElement("dt"), document.createElement("dd")];
    key.textContent = pressed.dataset.key;
    what.textContent = pressed.textContent.trim();
    says.append(key);
    line.append(says, what);
    keys.append(line);
  }

  function move(by) {
    const all = items();
    if (!all.length) return;
    const now = all.indexOf(document.activeElement?.closest?.("[data-item]"));
    const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by))];
    next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(OFF)) return;
    const item = document.activeElement?.closest?.("[data-item]");
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x" && item) item.querySelector("input[type=checkbox]")?.click();
    else if ((event.key === "Enter" || event.key === "o") && item && item === event.target) item.querySelector("a[href]")?.click();
    else if (event.key === "?" && help) { help.open = !help.open; help.querySelector("summary").focus(); }
    else {
      const pressed = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
      if (!pressed) return;
      pressed.click();
    }
    event.preventDefault();
  });
}
