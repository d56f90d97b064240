// The browser's own print window, one press away.
export function bind(button) {
  button.addEventListener("click", () => window.print());
}
