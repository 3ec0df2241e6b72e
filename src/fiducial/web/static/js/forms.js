// Forms and buttons that write: <form data-api="POST /api/…"> and <button data-api="…">. See README.md for the attributes.
import { NoAnswer, announce, call, fill, make, newKey, refresh, refusalBox, settles, toast, toastAfterwards, words } from "./core.js";
import { loadPanel } from "./panel.js";
import { reveal } from "./reveal.js";
import { staleTable } from "./stale.js";

const keys = new WeakMap();   // element -> the Idempotency-Key of what it is about to do
const busy = new WeakSet();
const LIST_BREAK = /[,，、;；\n]+/;

const keyOf = (element) => keys.get(element) ?? keys.set(element, newKey()).get(element);

// A key is made when the form appears, so that a second press after a lost connection cannot do the thing twice.
const prepare = (root) => root.querySelectorAll?.("form[data-api]").forEach((form) => {
  form.noValidate = true;
  keyOf(form);
  form.querySelectorAll("[data-low], [data-high]").forEach(judge);
});
document.addEventListener("htmx:after:swap", () => prepare(document));

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-api]")) return;
  event.preventDefault();
  submitForm(event.target, event.submitter);
});
// A scanner ends with Enter. Where a form has several ways out (PASS, FAIL), Enter must not take the first of them.
document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (event.key !== "Enter" || !event.target.matches("input:not([type=submit])") || !form?.matches("form[data-api]")) return;
  if (form.querySelectorAll("button[type=submit], button:not([type])").length < 2) return;
  event.preventDefault();
  const fields = [...form.elements].filter((field) => field.matches("input:not([type=hidden]), select, textarea") && !field.disabled);
  (fields[fields.indexOf(event.target) + 1] ?? form.querySelector("button[type=submit], button:not([type])"))?.focus();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-api]");
  if (button) pressButton(button);
});

async function submitForm(form, submitter) {
  clearFaults(form);
  // A button with formnovalidate (FAIL) takes what there is: empty required fields do not hold it up, wrong values do.
  const { body, faults } = collect(form, !submitter?.formNoValidate);
  if (faults.length) return showFaults(form, faults, words("checkFields"));
  if (submitter?.name) put(body, submitter.name, typed(submitter.value, submitter.dataset.type));
  await perform(form, submitter, body, [...form.querySelectorAll("button")]);
}

async function pressButton(button) {
  await perform(button, button, JSON.parse(button.dataset.body ?? "{}"), [button]);
}

// Ask, send, and show the answer. `source` carries the data- attributes; a submit button may carry its own reason or confirm.
async function perform(source, pressed, body, buttons) {
  if (busy.has(source)) return;
  busy.add(source);
  const wasDisabled = new Map(buttons.map((button) => [button, button.disabled]));
  try {
    const asked = await ask(pressed?.dataset.reason ?? source.dataset.reason, pressed?.dataset.confirm ?? source.dataset.confirm);
    if (!asked) return;
    Object.assign(body, asked);
    buttons.forEach((button) => { button.disabled = true; });
    pressed?.classList.add("fd-busy");
    source.setAttribute("aria-busy", "true");
    const [method, template] = (pressed?.dataset.api ?? source.dataset.api).split(/\s+/);
    const url = template.replace(/\{(\w+)\}/g, (_, name) => { const value = body[name]; delete body[name]; return encodeURIComponent(value ?? ""); });
    const answer = await call(method, url, { body: withFiles(source, body), key: keyOf(source) });
    if (settles(answer.status)) keys.set(source, newKey());
    await (answer.ok ? succeed(source, answer) : refuse(source, answer, body));
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    showError(source, { code: "NETWORK", message: words("network") }, 0);
  } finally {
    busy.delete(source);
    source.removeAttribute("aria-busy");
    pressed?.classList.remove("fd-busy");
    wasDisabled.forEach((disabled, button) => { button.disabled = disabled; });
  }
}

async function succeed(source, { data }) {
  clearFaults(errorsOf(source)?.closest("form, main, dialog") ?? document.body);
  const { then, refresh: part, result, toast: said } = source.dataset;
  if (!announce(source, "answer", { ok: true, data })) return;
  if (source.dataset.reveal && data?.[source.dataset.reveal]) return reveal(source.dataset, data);
  if (result) return loadPanel(fill(result, { ...data, outcome: "ok" }), source.dataset.target ?? "#scan-panel");
  if (then) { toastAfterwards(said ?? ""); location.assign(fill(then, data ?? {})); return; }
  source.closest("dialog")?.close();
  if (part) { toast(said || words("saved")); refresh(part); return; }
  if (question) { // the page keeps still while it asks; what is answered shows the page anew by itself
    toast(said || words("saved"));
    if (await question) return;
  }
  toastAfterwards(said || words("saved"));
  location.reload();
}

async function refuse(source, { error, status }, sent) {
  announce(source, "answer", { ok: false, error });
  if (error.code === "STALE_UPDATE" && error.details?.current) return showError(source, error, status, staleTable(source, sent, error.details.current));
  const faults = (error.details?.fields ?? []).map(({ path, reason }) => ({ path, reason }));
  const homeless = source.matches("form") ? markFaults(source, faults) : faults;
  showError(source, homeless.length ? { ...error, details: { ...error.details, ...Object.fromEntries(homeless.map((fault) => [fault.path, fault.reason])) } } : error, status);
}

// ---- what is sent -------------------------------------------------------------------------------------------------

function collect(form, complete) {
  const body = {}, faults = [], flat = "flat" in form.dataset; // flat: a dot in a name leads nowhere (keys of settings)
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.matches("button, fieldset") || (field.type === "radio" && !field.checked && form.querySelector(`input[name="${CSS.escape(field.name)}"]:checked`))) continue;
    const reason = invalid(field, complete);
    if (reason) { if (!faults.some((fault) => fault.path === field.name)) faults.push({ path: field.name, reason }); continue; }
    if (field.type === "radio" && !field.checked) continue;
    if (field.type === "file") continue;
    const raw = field.type === "checkbox" ? field.checked : field.type === "password" ? field.value : field.value.trim();
    if (raw === "") { if ("null" in field.dataset) put(body, field.name, null, false, flat); continue; }
    if (field.type === "checkbox" && !field.dataset.type) { if (raw) put(body, field.name, field.value, true); continue; }
    put(body, field.name, typed(raw, field.dataset.type), false, flat);
  }
  form.querySelectorAll("[data-ticks]").forEach((group) => { if (!group.disabled && !group.querySelector(":checked")) put(body, group.dataset.ticks, [], false, flat); });
  // Rows of which none is left are an empty list; left out it would mean "as before".
  form.querySelectorAll("[data-repeat]").forEach((list) => {
    if (!list.querySelector(":scope > [data-row]") && !list.closest("fieldset:disabled")) put(body, list.dataset.repeat, [], false, flat);
  });
  return { body, faults };
}

// A form with a file goes as multipart, its other fields beside the file.
function withFiles(source, body) {
  const inputs = source.matches("form") ? [...source.querySelectorAll("input[type=file][name]")].filter((input) => !input.disabled) : [];
  if (!inputs.length) return body;
  const form = new FormData();
  Object.entries(body).forEach(([name, value]) => form.append(name, typeof value === "object" ? JSON.stringify(value) : String(value)));
  inputs.forEach((input) => [...input.files].forEach((file) => form.append(input.name, file)));
  return form;
}

// "spec.lsl" builds {spec: {lsl}}; "items.0.sn" builds lists; a plain checkbox of which there are several collects a list.
function put(body, path, value, gather = false, flat = false) {
  const names = path.split(flat ? /\.(?=\d+\.)|(?<=\.\d+)\./ : "."); // flat: only the number of a row divides
  let at = body;
  names.forEach((name, index) => {
    if (name === "__proto__") throw new Error("a field may not be named so");
    if (index === names.length - 1) at[name] = gather ? [...(at[name] ?? []), value] : value;
    else at = at[name] ??= /^\d+$/.test(names[index + 1]) ? [] : {};
  });
}

function typed(raw, type) {
  switch (type) {
    case "number": case "integer": return Number(decimal(raw));
    case "boolean": return raw === true || raw === "true";
    case "json": return JSON.parse(raw);
    case "numbers": return raw.split(LIST_BREAK).map((part) => part.trim()).filter(Boolean).map(Number);
    case "pairs": return Object.fromEntries(pairs(raw));
    case "list": return raw.split(LIST_BREAK).map((part) => part.trim()).filter(Boolean);
    case "instant": return instant(raw);
    default: return raw;
  }
}

// "name = value" lines; a full-width sign serves as well.
const pairs = (raw) => raw.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => { const [name, ...rest] = line.split(/[=＝]/); return [name.trim(), rest.join("=").trim()]; });

// Full-width digits and the Chinese full stop come out of Chinese keyboards.
const decimal = (raw) => raw.normalize("NFKC").replace("。", ".").replace(/\s/g, "");

// The wall clock of the plant's zone as an instant: guess UTC, see what the zone makes of it, correct by the difference.
function instant(raw) {
  const guess = Date.parse(`${raw}Z`);
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: document.documentElement.dataset.zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" }).formatToParts(guess);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  const seen = Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`);
  return new Date(guess - (seen - guess)).toISOString().replace(".000Z", "Z");
}

function invalid(field, complete) {
  const raw = field.value.trim();
  if (complete && (field.validity.valueMissing || (field.required && raw === ""))) return words("required");
  if (raw === "") return "";
  const type = field.dataset.type;
  if (type === "number" || type === "integer") return invalidNumber(field, raw, type);
  if (type === "pairs" && pairs(raw).some(([name, value]) => !name || !value)) return words("pairs");
  if (type === "json") { try { JSON.parse(raw); } catch { return words("json"); } }
  // tooShort is only reported by the browser for what was typed, not for what was pasted by a script.
  if (field.minLength > 0 && raw.length < field.minLength) return words("tooShort", { limit: field.minLength });
  const { tooLong, patternMismatch, typeMismatch, badInput } = field.validity;
  return tooLong || patternMismatch || typeMismatch || badInput ? words("format") : "";
}

function invalidNumber(field, raw, type) {
  const value = Number(decimal(raw));
  if (!Number.isFinite(value) || decimal(raw) === "") return words("number");
  if (type === "integer" && !Number.isInteger(value)) return words("whole");
  const { min, max } = field.dataset;
  if (min !== undefined && value < Number(min)) return words("tooSmall", { limit: min });
  if (max !== undefined && value > Number(max)) return words("tooLarge", { limit: max });
  return "";
}

// ---- what is shown ------------------------------------------------------------------------------------------------

function errorsOf(source) {
  if (source.matches("form")) return source.querySelector("[data-errors]") ?? source.insertAdjacentElement("afterbegin", make("div", { "data-errors": "" }));
  const open = document.querySelector("dialog[open]");
  return (open ?? source.closest("[data-panel-errors]") ?? document).querySelector("[data-errors]") ?? document.getElementById("fd-page-errors");
}

function showError(source, error, status, more) {
  const place = errorsOf(source);
  if (!place) return toast(error.message, "bad");
  const box = refusalBox(error, status, more);
  place.replaceChildren(box);
  const marked = source.matches("form") ? source.querySelector("[aria-invalid=true]") : null;
  if (!marked) box.focus();
  (marked?.closest("[data-field]") ?? box).scrollIntoView({ block: "nearest" });
}

function showFaults(form, faults, message) {
  form.querySelectorAll("[data-low], [data-high]").forEach(judge);
  form.querySelector("[data-errors]")?.replaceChildren(make("div", { class: "alert alert-danger fd-alert", role: "alert" }, make("div", {}, message)));
  markFaults(form, faults); // last, for it scrolls to the first of them
}

// Mark the fields that are named; what names no field of this form is given back. The server may write items[0].sn.
function markFaults(form, faults) {
  const homeless = faults.filter(({ path, reason }) => {
    const name = path.replace(/\[(\d+)\]/g, ".$1").replace(/^body\./, "");
    const fields = [...form.elements].filter((field) => field.name === name || field.name?.startsWith(`${name}.`));
    const slot = fields[0]?.closest("[data-field]")?.querySelector("[data-fault]");
    if (!slot || fields[0].type === "hidden") return true;
    fields.forEach((field) => field.setAttribute("aria-invalid", "true"));
    slot.textContent = reason;
    return false;
  });
  form.querySelector("[aria-invalid=true]")?.focus();
  return homeless;
}

function clearFaults(root) {
  root.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  root.querySelectorAll("[data-fault]").forEach((slot) => { slot.textContent = ""; });
  root.querySelectorAll("[data-errors]").forEach((place) => place.replaceChildren());
}

// A fault goes away when the field is touched; a value outside the product's limits is said while it is typed.
document.addEventListener("input", ({ target }) => {
  if (target.getAttribute?.("aria-invalid")) {
    target.removeAttribute("aria-invalid");
    const slot = target.closest("[data-field]")?.querySelector("[data-fault]");
    if (slot) slot.textContent = "";
  }
  judge(target);
});

function judge(field) {
  const { low, high } = field.dataset ?? {};
  if (low === undefined && high === undefined) return;
  const value = Number(decimal(field.value));
  const out = field.value.trim() !== "" && Number.isFinite(value) && ((low !== undefined && value < Number(low)) || (high !== undefined && value > Number(high)));
  field.classList.toggle("fd-outside", out);
  const slot = field.closest("[data-field]")?.querySelector("[data-fault]");
  if (slot) slot.textContent = out ? words("outside") : "";
}

// ---- the question before it ---------------------------------------------------------------------------------------

let question = null; // of the dialog that stands open

// Resolves to what is to be added to the body, or null when the person thought better of it.
function ask(reason, confirm) {
  if (!reason && !confirm) return Promise.resolve({});
  const dialog = document.getElementById("fd-ask"), text = document.getElementById("fd-ask-text"), fault = document.getElementById("fd-ask-fault");
  document.getElementById("fd-ask-title").textContent = reason || confirm;
  document.getElementById("fd-ask-reason").hidden = !reason;
  text.value = fault.textContent = "";
  return question = new Promise((resolve) => {
    let answer = null;
    const form = dialog.querySelector("form");
    const submit = (event) => {
      event.preventDefault();
      const said = text.value.trim();
      if (reason && said.length < text.minLength) { fault.textContent = words("tooShort", { limit: text.minLength }); text.focus(); return; }
      answer = reason ? { reason: said } : {};
      dialog.close();
    };
    form.addEventListener("submit", submit);
    dialog.addEventListener("close", () => { form.removeEventListener("submit", submit); question = null; resolve(answer); }, { once: true });
    dialog.showModal();
    (reason ? text : document.getElementById("fd-ask-yes")).focus();
  });
}

prepare(document);
