// What the other scripts share: words, keys, the call to the API, messages, refreshing a part of the page.

export const words = (name, values = {}) => {
  const text = document.getElementById("fd-texts")?.dataset[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
};

// randomUUID is missing on plain http, and plants run on plain http.
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

export class NoAnswer extends Error {}

// One call. Returns {status, ok, data, error}; throws NoAnswer when nobody can say whether it was done.
export async function call(method, url, { body, key, signal } = {}) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  if (key) headers["Idempotency-Key"] = key;
  const form = body instanceof FormData; // the browser says its content type itself, for it makes up the boundary
  if (method !== "GET" && !form) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(url, { method, headers, signal, credentials: "same-origin", body: method === "GET" ? undefined : form ? body : JSON.stringify(body ?? {}) });
  } catch {
    reportNetwork(false);
    throw new NoAnswer();
  }
  reportNetwork(true);
  let answer = null;
  try { answer = await response.json(); } catch { /* a proxy in between answered in its own way */ }
  if (answer?.ok === true) return { status: response.status, ok: true, data: answer.data };
  const error = answer?.error ?? { code: `HTTP_${response.status}`, message: words(response.status === 503 ? "unavailable" : "unreadable") };
  return { status: response.status, ok: false, error };
}

// A refusal is an answer. 500 and 503 are not: the next try must carry the same key.
export const settles = (status) => status < 500;

export function reportNetwork(up) {
  const banner = document.getElementById("fd-offline");
  if (banner) banner.hidden = up;
}
addEventListener("offline", () => reportNetwork(false));
addEventListener("online", () => reportNetwork(true));

export function toast(text, kind = "ok") {
  const close = make("button", { type: "button", class: "btn-close", "aria-label": words("close") });
  const box = make("div", { class: `fd-toast fd-toast-${kind}`, role: kind === "bad" ? "alert" : "status" }, make("span", {}, text), close);
  close.addEventListener("click", () => box.remove());
  document.getElementById("fd-toasts")?.append(box);
  setTimeout(() => box.remove(), kind === "bad" ? 12000 : 5000);
}

// A toast that must survive the next navigation.
export function toastAfterwards(text) {
  try { sessionStorage.setItem("fiducial-toast", text); } catch { /* then it is not said twice */ }
}

// Fetch the page again and put in its present part; an element with its own address (hx-get) fetches that.
export function refresh(selector) {
  for (const element of document.querySelectorAll(selector)) {
    if (element.hasAttribute("hx-get")) htmx.trigger(element, "refresh");
    else if (element.id) htmx.ajax("GET", location.href, { target: `#${element.id}`, select: `#${element.id}`, swap: "outerHTML" });
  }
}

// "/work-orders/{woNo}" with the values of the answer, "{a.b}" reaching inside.
export const fill = (template, values) => template.replace(/\{([\w.]+)\}/g, (_, path) => encodeURIComponent(path.split(".").reduce((at, name) => at?.[name], values) ?? ""));

const SAID = new Set(["fields", "retryAfterSeconds", "minutes"]); // said at the field, or in the message itself

// A refusal as an element: message, code, and what the details say beyond the fields. `more` stands in the place of the details.
export function refusalBox(error, status, more) {
  const box = make("div", { class: "alert alert-danger fd-alert", role: "alert", tabindex: "-1" });
  const body = make("div", {}, make("h4", { class: "alert-heading" }, error.message));
  if (error.code === "UNAUTHORIZED") body.append(make("a", { class: "btn btn-sm", href: `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}` }, words("signIn")));
  body.append(make("code", { class: "fd-code" }, error.code));
  if (more) { body.append(more); box.append(body); return box; }
  const facts = Object.entries(error.details ?? {}).filter(([name]) => !SAID.has(name));
  if (facts.length) {
    const list = make("dl", { class: "fd-refusal-facts" });
    for (const [name, value] of facts) list.append(make("dt", {}, name), make("dd", {}, plain(value)));
    body.append(make("details", { open: facts.length <= 3 }, make("summary", {}, words("details")), list));
  }
  box.append(body);
  return box;
}

function plain(value) {
  if (Array.isArray(value)) return value.map(plain).join("; ");
  if (value && typeof value === "object") return Object.entries(value).map(([name, inner]) => `${name} ${plain(inner)}`).join(", ");
  return String(value ?? "–");
}

export const announce = (element, name, detail) => element.dispatchEvent(new CustomEvent(`fiducial:${name}`, { bubbles: true, detail }));
