// Entry pages of paper forms: a scan fills the field it is for, rows are added and taken away.

const inputOf = (place) => place?.querySelector("input, select, textarea");
const isEmpty = (place) => !inputOf(place)?.value;

// Which field a code is for: by the plant's prefixes, else the first one that is still empty.
function placeFor(root, code, prefixes) {
  const places = [...root.querySelectorAll("[data-scans]")];
  const prefix = Object.keys(prefixes).filter((one) => code.startsWith(one)).sort((a, b) => b.length - a.length)[0];
  if (prefix) {
    const ofKind = places.filter((place) => place.dataset.scans === prefixes[prefix]);
    if (ofKind.length) return ofKind.find(isEmpty) ?? ofKind[0];
  }
  const own = places.filter((place) => place.dataset.scans !== "run" || !root.querySelector("[data-rows]"));
  return own.find((place) => isEmpty(place) || "many" in place.dataset);
}

function addRow(rows, values = {}) {
  const here = rows.querySelector("[data-rows-here]");
  const number = Number(rows.dataset.next ?? 0);
  rows.dataset.next = number + 1;
  const row = rows.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
  row.querySelectorAll("[name], [data-field]").forEach((field) => {
    for (const name of ["name", "data-field"]) {
      const value = field.getAttribute(name);
      if (value) field.setAttribute(name, value.replace(".__.", `.${number}.`));
    }
  });
  for (const [name, value] of Object.entries(values)) {
    const field = row.querySelector(`[name$=".${name}"]`);
    if (field) field.value = value;
  }
  here.append(row);
  row.querySelector("select, input")?.focus();
}

// Rows that were taken away leave no holes in what is sent.
function renumber(rows) {
  [...rows.querySelectorAll("[data-rows-here] > *")].forEach((row, number) => row.querySelectorAll("[name], [data-field]").forEach((field) => {
    for (const name of ["name", "data-field"]) {
      const value = field.getAttribute(name);
      if (value) field.setAttribute(name, value.replace(/\.\d+\./, `.${number}.`));
    }
  }));
  rows.dataset.next = rows.querySelectorAll("[data-rows-here] > *").length;
}

document.addEventListener("keydown", (event) => {
  const root = event.target.closest?.("[data-paper-scan]");
  if (!root || event.key !== "Enter") return;
  event.preventDefault();
  const code = event.target.value.trim();
  event.target.value = "";
  if (!code) return;
  const form = root.parentElement.querySelector("form[data-api]");
  const place = placeFor(form, code, JSON.parse(root.dataset.prefixes));
  const rows = form.querySelector("[data-rows]");
  if (!place && rows) return addRow(rows, { unitSn: code });
  const field = inputOf(place);
  if (!field) return;
  field.value = "many" in place.dataset && field.value ? `${field.value}, ${code}` : code;
  const scanned = form.querySelector("[data-scanned]");
  if (scanned) scanned.value = "true";
  place.classList.add("fd-just-scanned");
  setTimeout(() => place.classList.remove("fd-just-scanned"), 1200);
});
// What is typed by hand into a field meant for the scanner is not called scanned.
document.addEventListener("input", (event) => {
  const scanned = event.target.closest?.("[data-scans]")?.closest("form")?.querySelector("[data-scanned]");
  if (scanned && event.isTrusted) scanned.value = "false";
});
document.addEventListener("click", (event) => {
  const rows = event.target.closest("[data-rows]");
  if (!rows) return;
  if (event.target.closest("[data-row-more]")) addRow(rows);
  const away = event.target.closest("[data-row-away]");
  if (away) { away.closest("[data-rows-here] > *").remove(); renumber(rows); }
});
