// The station page: the station this device stands at, the form of a track-out, the queue beside it.
const KEY = "fiducial-station";
const stored = () => { try { return localStorage.getItem(KEY); } catch { return null; } };

const here = document.querySelector("[data-station]");
if (here) { try { localStorage.setItem(KEY, here.dataset.station); } catch { /* then it is chosen again */ } }

const chooser = document.querySelector("[data-station-chooser]");
if (chooser && !new URLSearchParams(location.search).has("choose") && !new URLSearchParams(location.search).has("station")) {
  const link = [...chooser.querySelectorAll("[data-station-link]")].find((one) => one.dataset.stationLink === stored());
  if (link) location.replace(link.href);
}

const form = () => document.getElementById("track-out");
const failPart = () => form()?.querySelector("[data-fail-part]");
const missing = () => [...form().querySelectorAll("[data-entry] [required]")].find((field) => !filled(field));
const filled = (field) => (field.type === "radio"
  ? [...form().elements].some((other) => other.name === field.name && other.checked)
  : field.value.trim() !== "");

// Touching a board or a slot of the list beside the box is scanning it, at a station and where reels are loaded.
document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-scan-this]");
  const box = document.querySelector("[data-scan-input]");
  if (!item || !box) return;
  box.value = item.dataset.scanThis;
  box.form.requestSubmit();
});

if (here) {
  // Before the form is read: an item without a value is not sent at all, and the others are counted from nought.
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "track-out") return;
    if (event.submitter?.value === "FAIL" && failPart().hidden) {
      event.preventDefault();
      event.stopImmediatePropagation();
      showFailPart(true);
      return;
    }
    if (event.submitter?.value !== "FAIL") showFailPart(false);
    countEntries();
  }, true);

  // Enter on the empty scan box is PASS when nothing is missing, else it leads to what is.
  document.addEventListener("submit", (event) => {
    const input = event.target.querySelector?.("[data-scan-input]");
    if (!input || input.value.trim() || !form()) return;
    const field = missing();
    if (field) field.focus();
    else form().querySelector("button[value=PASS]").click();
  }, true);

  // What was scanned or sent has changed the queue. A form that must be filled in gets the keyboard once the scan is over.
  for (const name of ["fiducial:scan", "fiducial:answer"]) {
    document.addEventListener(name, () => htmx.trigger("#queue", "refresh"));
  }
  document.addEventListener("htmx:after:swap", () => {
    if (document.getElementById("scan-panel")?.querySelector("[data-verdict], #track-out")) scrollTo({ top: 0 });
    if (form() && missing()) setTimeout(() => form() && failPart().hidden && missing()?.focus({ preventScroll: true }), 60);
  });
}

function showFailPart(shown) {
  const part = failPart();
  part.hidden = !shown;
  part.querySelectorAll("input, select").forEach((field) => { field.disabled = !shown; });
  if (shown) { part.scrollIntoView({ block: "nearest" }); part.querySelector("select, input").focus(); }
}

function countEntries() {
  let sent = 0, left = 900;
  for (const entry of form().querySelectorAll("[data-entry]")) {
    const fields = [...entry.querySelectorAll("[name]:not([data-entry-name])")];
    const has = fields.some((field) => (field.type === "radio" ? field.checked : field.value.trim() !== ""));
    const place = has ? sent++ : left++;
    const name = entry.querySelector("[data-entry-name]");
    name.disabled = !has;
    name.name = `data.${place}.specName`;
    for (const field of fields) field.name = `data.${place}.${field.name.split(".").pop()}`;
    const frame = entry.querySelector("[data-field]");
    if (frame) frame.dataset.field = fields[0].name;
  }
}
