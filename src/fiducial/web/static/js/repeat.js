// Rows that a person adds to and takes from: parts of a BOM, zones of an oven, items of a template. Made by ui.rows.
const ROWS = "[data-repeat]";

function number(list) {
  const name = list.dataset.repeat;
  [...list.querySelectorAll(":scope > [data-row]")].forEach((row, at) => {
    row.querySelectorAll("[name]").forEach((field) => { field.name = field.name.replace(new RegExp(`^${name}\\.(\\d+|__)\\.`), `${name}.${at}.`); });
    row.querySelectorAll("[data-field]").forEach((field) => { field.dataset.field = field.dataset.field.replace(new RegExp(`^${name}\\.(\\d+|__)\\.`), `${name}.${at}.`); });
  });
}

document.addEventListener("click", ({ target }) => {
  const add = target.closest?.("[data-add-row]");
  if (add) {
    const list = document.getElementById(add.dataset.addRow);
    const row = list.querySelector(":scope > template").content.firstElementChild.cloneNode(true);
    list.append(row);
    number(list);
    row.querySelector("input, select, textarea")?.focus();
    list.dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  const remove = target.closest?.("[data-remove-row]");
  if (!remove) return;
  const list = remove.closest(ROWS);
  remove.closest("[data-row]").remove();
  number(list);
});
