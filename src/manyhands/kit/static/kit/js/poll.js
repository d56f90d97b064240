// Renews a part of the page from the server until it says that it is done; waits longer when the line is bad.
export function bind(part) {
  const { url, every, until } = part.dataset;
  let wait = 1000 * (Number(every) || 3);
  if (until && part.querySelector(until)) return;

  async function renew() {
    if (!part.isConnected) return;
    if (document.hidden) return again();
    try {
      const answer = await fetch(url || location.href, { headers: { "X-Requested-With": "poll" }, credentials: "same-origin" });
      if (answer.redirected) return location.assign(answer.url);
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      // New icons point at drawings at the end of the new page: bring along those this page does not have.
      for (const drawing of page.querySelectorAll("symbol[id]")) {
        if (!document.getElementById(drawing.id)) document.querySelector("symbol")?.parentNode.append(document.importNode(drawing, true));
      }
      part.replaceChildren(...(fresh ?? page.body).childNodes);
      for (const child of part.children) child.dispatchEvent(new CustomEvent("kit:added", { bubbles: true }));
      if (until && part.querySelector(until)) return;
    } catch {
      wait = Math.min(60000, wait * 2);
    }
    again();
  }
  const again = () => setTimeout(renew, wait);
  again();
}
