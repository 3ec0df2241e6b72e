// Two people changed one thing: what you sent and what stands there now, side by side, with the way on.
import { make, words } from "./core.js";

const UNSAID = new Set(["ifUpdatedAt", "reason", "updatedAt", "createdAt", "id"]);
const reach = (object, path) => path.split(".").reduce((at, name) => at?.[name], object);

function paths(value, prefix = "") {
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = prefix ? `${prefix}.${name}` : name;
    if (UNSAID.has(name)) return [];
    return inner && typeof inner === "object" && !Array.isArray(inner) ? paths(inner, path) : [path];
  });
}

const labelled = (form, path) => {
  const field = [...(form.elements ?? [])].find((one) => one.name === path && one.type !== "hidden");
  return field?.closest("[data-field]")?.querySelector(".form-label, .form-check-label")?.textContent.trim() ?? form.querySelector(`[data-label-of="${CSS.escape(path)}"]`)?.dataset.label ?? path;
};

// An id that the form shows with a name is said by that name; what is chosen from a list, in the list's words.
function said(form, path, value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "object") return Object.values(value).filter((one) => one !== null && one !== false && typeof one !== "object").map((one) => said(form, path, one)).join(" · ");
  if (typeof value === "boolean") return words(value ? "yes" : "no");
  for (const field of form.elements ?? []) {
    if (field.type === "checkbox" && field.value === value) return field.closest("label")?.querySelector(".form-check-label")?.firstChild?.textContent.trim() || value;
    if (field.matches?.("select") && (field.name === path || path.startsWith("steps"))) { const option = [...field.options].find((one) => one.value === value); if (option) return option.textContent; }
  }
  return String(value);
}

const shown = (form, path, value, keys) => {
  if (!Array.isArray(value)) return [said(form, path, value)];
  return value.length ? value.map((one) => said(form, path, one && typeof one === "object" ? Object.fromEntries(keys.map((key) => [key, one[key]])) : one)) : ["–"];
};

export function staleTable(form, sent, current) {
  const body = make("tbody");
  for (const path of paths(sent)) {
    const mine = reach(sent, path), theirs = reach(current, path);
    if (theirs === undefined || JSON.stringify(mine) === JSON.stringify(theirs)) continue;
    const keys = Array.isArray(mine) && mine[0] && typeof mine[0] === "object" ? Object.keys(mine[0]).filter((key) => Array.isArray(theirs) && theirs[0] && key in theirs[0]) : [];
    const [left, right] = [shown(form, path, mine, keys), shown(form, path, theirs, keys)];
    if (left.join("\n") === right.join("\n")) continue;
    const cell = (own, other) => make("td", {}, ...own.map((line) => make("div", { class: other.includes(line) ? "" : "fw-bold" }, line)));
    body.append(make("tr", {}, make("th", { scope: "row", class: "fw-normal text-secondary" }, labelled(form, path)), cell(left, right), cell(right, left)));
  }
  const table = make("table", { class: "table table-sm fd-stale" }, make("thead", {}, make("tr", {}, make("th", {}), make("th", {}, words("yours")), make("th", {}, words("theirs")))), body);
  const again = make("button", { type: "button", class: "btn btn-sm" }, words("loadTheirs"));
  again.addEventListener("click", () => location.reload());
  return make("div", {}, ...(body.children.length ? [table] : []), again);
}
