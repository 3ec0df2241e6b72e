// What belongs to an answer: <div data-when="decision=REWORK"> is shown, and its fields are sent, only with that answer; "A|B" is either.
const settle = (form) => form.querySelectorAll("[data-when]").forEach((part) => {
  const [name, value] = part.dataset.when.split("=");
  const asked = value.split("|").includes(new FormData(form).get(name));
  part.hidden = !asked;
  part.querySelectorAll("input, select, textarea").forEach((field) => { field.disabled = !asked; });
});
const all = () => document.querySelectorAll("form:has([data-when])").forEach(settle);
document.addEventListener("change", ({ target }) => { if (target.form?.querySelector("[data-when]")) settle(target.form); });
document.addEventListener("htmx:after:swap", all);
all();
