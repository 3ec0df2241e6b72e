// A search box inside a picker: <input data-narrow=".item"> hides the items whose data-narrowed does not hold what is typed.
document.addEventListener("input", ({ target }) => {
  const selector = target.dataset?.narrow;
  if (!selector) return;
  const wanted = target.value.trim().toLowerCase();
  for (const item of (target.closest("form, dialog") ?? document).querySelectorAll(selector)) item.hidden = !item.dataset.narrowed.includes(wanted);
});
// Enter in it must not send the form around it.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-narrow]")) event.preventDefault();
}, true);
