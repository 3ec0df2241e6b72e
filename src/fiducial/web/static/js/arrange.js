// The steps of a routing in one form: moved up and down, renumbered, taken out. Order is number, so a move exchanges numbers.
const rows = (form) => [...form.querySelectorAll("[data-step]:not([hidden])")];
const number = (row) => row.querySelector("[data-step-no]");

function exchange(row, other) {
  if (!other) return;
  [number(row).value, number(other).value] = [number(other).value, number(row).value];
}

function inOrder(form) {
  const list = form.querySelector("[data-steps]");
  list.append(...[...list.children].sort((one, other) => Number(number(one).value) - Number(number(other).value)));
}

const acts = {
  "[data-step-up]": (row, form) => { const all = rows(form); exchange(row, all[all.indexOf(row) - 1]); inOrder(form); row.querySelector("[data-step-up]").focus(); },
  "[data-step-down]": (row, form) => { const all = rows(form); exchange(row, all[all.indexOf(row) + 1]); inOrder(form); row.querySelector("[data-step-down]").focus(); },
  "[data-step-out]": (row) => { row.hidden = true; row.querySelectorAll("[name]").forEach((field) => { field.disabled = true; }); },
};

document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-arrange]");
  if (!form) return;
  for (const [selector, act] of Object.entries(acts)) if (event.target.closest(selector)) act(event.target.closest("[data-step]"), form);
  if (event.target.closest("[data-step-tens]")) rows(form).forEach((row, place) => { number(row).value = (place + 1) * 10; });
});
document.addEventListener("change", ({ target }) => { if (target.matches("[data-arrange] [data-step-no]")) inOrder(target.closest("[data-arrange]")); });

// A step that was taken out leaves no gap in the list that is sent: its place is given to the ones behind it.
document.addEventListener("submit", ({ target }) => {
  const form = target.matches("form[data-api]") && target.querySelector("[data-arrange]");
  if (!form) return;
  rows(form).forEach((row, place) => row.querySelectorAll("[name]").forEach((field) => {
    field.name = field.name.replace(/^steps\.\d+\./, `steps.${place}.`);
    const frame = field.closest("[data-field]");
    if (frame) frame.dataset.field = field.name;
  }));
}, true);
