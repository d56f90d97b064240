// Dragging a row to another list fills in and sends the very form that its select and button would send.
export function bind(board) {
  let dragged = null;
  for (const item of board.querySelectorAll("[data-drag-item]")) item.draggable = true;
  const clear = () => { for (const list of board.querySelectorAll(".is-over")) list.classList.remove("is-over"); };

  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-drag-item]");
    if (!dragged) return;
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.id);
  });
  board.addEventListener("dragend", () => { dragged?.classList.remove("is-dragged"); clear(); dragged = null; });
  board.addEventListener("dragover", (event) => {
    const list = event.target.closest("[data-drop]");
    clear();
    if (!dragged || !list) return;
    event.preventDefault();
    list.classList.add("is-over");
  });
  board.addEventListener("drop", (event) => {
    const list = event.target.closest("[data-drop]");
    if (!dragged || !list) return;
    event.preventDefault();
    const form = dragged.querySelector("[data-drag-form]");
    const place = form.querySelector("[data-drag-position]");
    form.querySelector("[data-drag-list]").value = list.dataset.drop;
    if (place) {
      const others = [...list.querySelectorAll("[data-drag-item]")].filter((other) => other !== dragged);
      const above = others.filter((other) => {
        const box = other.getBoundingClientRect();
        return event.clientY > box.top + box.height / 2;
      });
      place.value = above.length + 1;
    }
    form.requestSubmit();
  });
}
