// Moving about on a map, and lighting up the row that tells of a mark. Without this the map still shows everything.
export function bind(figure) {
  const sheet = figure.querySelector("svg.map__sheet");
  const marks = [...sheet.querySelectorAll(".mark-at")];
  const whole = sheet.viewBox.baseVal;
  const [width, height] = [whole.width, whole.height];
  const at = new Map(marks.map((mark) => [mark, mark.getAttribute("transform")]));
  let [x, y, zoom] = [0, 0, 1];

  function show() {
    zoom = Math.min(40, Math.max(1, zoom));
    x = Math.min(width - width / zoom, Math.max(0, x));
    y = Math.min(height - height / zoom, Math.max(0, y));
    sheet.classList.toggle("is-near", zoom > 1);
    sheet.setAttribute("viewBox", `${x} ${y} ${width / zoom} ${height / zoom}`);
    // Marks keep the size of a fingertip's idea of a dot, however large the map is shown.
    const size = sheet.clientWidth ? (1.05 * width) / zoom / sheet.clientWidth : 1 / zoom;
    for (const [mark, place] of at) mark.setAttribute("transform", `${place} scale(${size})`);
  }
  function zoomBy(factor, centre = [x + width / zoom / 2, y + height / zoom / 2]) {
    const before = zoom;
    zoom = Math.min(40, Math.max(1, zoom * factor));
    x = centre[0] - (centre[0] - x) * before / zoom;
    y = centre[1] - (centre[1] - y) * before / zoom;
    show();
  }

  const moves = { closer: () => zoomBy(1.6), farther: () => zoomBy(1 / 1.6), whole: () => { [x, y, zoom] = [0, 0, 1]; show(); } };
  figure.addEventListener("click", (event) => moves[event.target.closest("[data-map]")?.dataset.map]?.());

  new ResizeObserver(show).observe(sheet);

  // One finger or the mouse moves, two fingers or ctrl and the wheel come closer.
  const fingers = new Map();
  const gap = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY); };
  let moved = 0;
  sheet.addEventListener("pointerdown", (event) => { fingers.set(event.pointerId, event); moved = 0; });
  sheet.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const unit = width / zoom / sheet.clientWidth;
    if (fingers.size === 2) {
      const apart = gap();
      fingers.set(event.pointerId, event);
      zoomBy(gap() / apart);
    } else if (zoom > 1) {
      x -= (event.clientX - before.clientX) * unit;
      y -= (event.clientY - before.clientY) * unit;
      moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
      fingers.set(event.pointerId, event);
      show();
    }
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) sheet.addEventListener(end, (event) => fingers.delete(event.pointerId));
  sheet.addEventListener("click", (event) => { if (moved > 6) event.preventDefault(); }, true);
  sheet.addEventListener("dragstart", (event) => event.preventDefault());
  sheet.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = sheet.getBoundingClientRect();
    const unit = width / zoom / box.width;
    zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2, [x + (event.clientX - box.left) * unit, y + (event.clientY - box.top) * unit]);
  }, { passive: false });

  const list = document.getElementById(figure.dataset.beside);
  if (!list) return;
  const rowOf = (key) => list.querySelector(`[data-point="${CSS.escape(key)}"]`);
  const markOf = (key) => marks.find((mark) => (mark.dataset.keys || "").split(" ").includes(key));
  function light(keys, on) {
    for (const key of keys) {
      rowOf(key)?.classList.toggle("is-lit", on);
      markOf(key)?.classList.toggle("is-lit", on);
    }
  }
  for (const [over, on] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
    list.addEventListener(over, (event) => {
      const row = event.target.closest("[data-point]");
      if (row) light([row.dataset.point], on);
    });
    sheet.addEventListener(over, (event) => {
      const mark = event.target.closest(".mark-at");
      if (mark?.dataset.keys) light(mark.dataset.keys.split(" "), on);
    });
  }
}
