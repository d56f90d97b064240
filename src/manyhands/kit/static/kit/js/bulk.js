// Picking many rows: all at once, a span with shift, and a count of what is picked.
export function bind(form) {
  const items = () => [...form.querySelectorAll("[data-bulk-item]")];
  const all = form.querySelector("[data-bulk-all]");
  const count = form.querySelector("[data-bulk-count]");
  let last = null;

  function show() {
    const picked = items().filter((item) => item.checked);
    for (const item of items()) item.closest("tr, [data-item]")?.classList.toggle("is-picked", item.checked);
    if (count) count.textContent = picked.length;
    if (all) {
      all.checked = picked.length > 0 && picked.length === items().length;
      all.indeterminate = picked.length > 0 && !all.checked;
    }
  }

  form.addEventListener("click", (event) => {
    const item = event.target.closest("[data-bulk-item]");
    if (!item) return;
    if (event.shiftKey && last) {
      const list = items();
      const [from, to] = [list.indexOf(last), list.indexOf(item)].sort((a, b) => a - b);
      for (const between of list.slice(from, to + 1)) between.checked = item.checked;
    }
    last = item;
  });
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const item of items()) item.checked = all.checked;
    show();
  });
  show();
}
