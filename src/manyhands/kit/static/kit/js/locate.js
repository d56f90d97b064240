// "Use where I am": asks the device once and fills the two inputs, rounded to about ten metres.
export function bind(button) {
  const says = button.parentElement.querySelector("[role=status]");
  button.addEventListener("click", () => {
    const fail = () => { says.textContent = button.dataset.failed; };
    if (!navigator.geolocation) return fail();
    says.textContent = button.dataset.looking;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      document.getElementById(button.dataset.lat).value = coords.latitude.toFixed(4);
      document.getElementById(button.dataset.lon).value = coords.longitude.toFixed(4);
      says.textContent = button.dataset.found;
    }, fail, { timeout: 15000, maximumAge: 60000 });
  });
}
