// Copies a code or a link. Without a clipboard (plain http) the words are selected, ready for the hand.
export function bind(button) {
  const word = button.querySelector("[aria-live]") || button;
  const before = word.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      word.textContent = button.dataset.done;
      setTimeout(() => { word.textContent = before; }, 2500);
    } catch {
      const shown = button.parentElement.querySelector("code, input");
      if (shown) getSelection().selectAllChildren(shown);
    }
  });
}
