// What a value will be worth, said while it is typed in the track-out form. The server judges; this only warns beforehand.
import { words } from "./core.js";

const said = (name) => document.querySelector("[data-judge-words]")?.dataset[name] ?? "";
const number = (field) => Number(field.value.trim().normalize("NFKC").replace("。", "."));
const beyond = (value, low, high) => (low !== undefined && value < Number(low)) || (high !== undefined && value > Number(high));

// "pass", "fail", or "" when there is nothing to judge by.
function judged(entry, field) {
  const { kind, expected, pattern } = entry.dataset;
  if (kind === "NUMBER") {
    const { low, high } = field.dataset;
    return low === undefined && high === undefined ? "" : beyond(number(field), low, high) ? "fail" : "pass";
  }
  if (kind === "BOOLEAN") return expected === undefined ? "" : field.value === expected ? "pass" : "fail";
  if (kind !== "TEXT" || !pattern) return "";
  try { return new RegExp(`^(?:${pattern})$`, "u").test(field.value.trim()) ? "pass" : "fail"; } catch { return ""; }
}

function alarms(entry, field, verdict) {
  const { alarm, alarmLow, alarmHigh, kind } = entry.dataset;
  if (!alarm) return "";
  return (kind === "NUMBER" ? beyond(number(field), alarmLow, alarmHigh) : verdict === "fail") ? alarm : "";
}

function show(entry) {
  const fields = [...entry.querySelectorAll("[name]:not([data-entry-name])")];
  const field = fields.find((one) => (one.type === "radio" ? one.checked : one.value.trim() !== ""));
  const slot = entry.querySelector("[data-judged]");
  if (!slot) return;
  slot.className = "fd-judged";
  slot.textContent = "";
  if (!field || (entry.dataset.kind === "NUMBER" && !Number.isFinite(number(field)))) return;
  const verdict = judged(entry, field), alarm = alarms(entry, field, verdict);
  slot.textContent = [verdict === "pass" && alarm ? "" : said(verdict), alarm && said(alarm === "HOLD" ? "hold" : "alarm")].filter(Boolean).join(" · ");
  slot.classList.add(verdict === "fail" || alarm === "HOLD" ? "fd-judged-bad" : alarm ? "fd-judged-warn" : "fd-judged-ok");
}

for (const name of ["input", "change"]) document.addEventListener(name, ({ target }) => { const entry = target.closest?.("[data-entry]"); if (entry) show(entry); });

// A refusal names items; here they become faults of their fields.
document.addEventListener("fiducial:answer", ({ target, detail }) => {
  const details = detail.error?.details;
  if (target.id !== "track-out" || !details) return;
  const named = [...(details.specs ?? []), ...(details.missing ?? []).map((one) => ({ ...one, reason: words("required") })), ...(details.specNames ?? []).map((specName) => ({ specName, reason: detail.error.message }))];
  const faults = named.flatMap(({ specName, reason }) => {
    const entry = [...target.querySelectorAll("[data-entry]")].find((one) => one.dataset.entry === specName);
    const field = entry?.querySelector("[name]:not([data-entry-name])");
    return field ? [{ path: field.name, reason }] : [];
  });
  if (!faults.length) return;
  details.fields = [...(details.fields ?? []), ...faults];
  if (faults.length === named.length) for (const name of ["specs", "missing", "specNames", "names"]) delete details[name]; // said at the fields
});
