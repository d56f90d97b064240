// Keeps what is being typed in this tab until it is sent, so that a dropped connection or a dead battery loses nothing.
// Never keeps passwords, files, hidden fields or anything under data-private.
const SKIPPED = ["password", "file", "hidden", "submit", "button", "reset"];

const mayKeep = (field) => field.name && !SKIPPED.includes(field.type) && !field.closest("[data-private]");

export function bind(form) {
  const key = `autosave:${form.dataset.autosaveKey || form.id || ""}:${location.pathname}`;
  const note = form.querySelector("[data-autosave-note]");
  const fields = () => [...form.elements].filter(mayKeep);
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";

  function restore(kept) {
    let changed = false;
    for (const field of fields()) {
      const values = kept[field.name];
      if (!values) continue;
      if (ticks(field)) {
        changed ||= field.checked !== values.includes(field.value);
        field.checked = values.includes(field.value);
      } else if (field.type === "select-multiple") {
        for (const option of field.options) option.selected = values.includes(option.value);
        changed = true;
      } else {
        changed ||= field.value !== values[0];
        field.value = values[0];
      }
    }
    if (changed && note) note.hidden = false;
  }

  function keep() {
    const typed = {};
    for (const field of fields()) {
      typed[field.name] ??= [];
      if (ticks(field)) { if (field.checked) typed[field.name].push(field.value); }
      else if (field.type === "select-multiple") typed[field.name].push(...[...field.selectedOptions].map((o) => o.value));
      else typed[field.name].push(field.value);
    }
    sessionStorage.setItem(key, JSON.stringify(typed));
  }

  // A form that came back with errors already holds what was typed.
  const kept = sessionStorage.getItem(key);
  if (kept && !form.querySelector("[aria-invalid=true], [role=alert]")) restore(JSON.parse(kept));

  let waiting = 0;
  const rest = () => { clearTimeout(waiting); waiting = 0; };
  form.addEventListener("input", () => { rest(); waiting = setTimeout(() => { rest(); keep(); }, 300); });
  addEventListener("pagehide", () => { if (waiting) { rest(); keep(); } });
  form.addEventListener("reset", () => { rest(); sessionStorage.removeItem(key); if (note) note.hidden = true; });
  form.addEventListener("submit", () => { rest(); keep(); sessionStorage.setItem("autosave-sent", key); });
}
