// The scan box. One scan, one action, one key; nothing that was scanned is lost when the network is.
import { NoAnswer, announce, call, fill, make, newKey, settles, toast, words } from "./core.js";
import { loadPanel, signal } from "./panel.js";

const SAME_AGAIN_MS = 300;    // scanners bounce: the same code within this time is the same scan
const RETRY_MS = 5000;

class ScanBox {
  constructor(root) {
    this.root = root;
    this.input = root.querySelector("[data-scan-input]");
    this.kept = root.querySelector("[data-kept]");
    this.store = `fiducial-scans:${location.pathname}${location.search}`;
    this.queue = this.restore();
    this.working = false;
    this.last = { code: "", at: 0 };
    root.querySelector("[data-scan-form]").addEventListener("submit", (event) => { event.preventDefault(); this.read(); });
    addEventListener("online", () => this.work());
    this.showKept();
    this.holdFocus();
    if (this.queue.length) this.work();
  }

  read() {
    const code = this.input.value.trim();
    this.input.value = "";
    const now = performance.now();
    const bounced = code === this.last.code && now - this.last.at < SAME_AGAIN_MS;
    if (!code || bounced) return;
    this.last = { code, at: now };
    this.queue.push({ code, key: newKey(), step: this.root.dataset.scanApi ? "send" : "look", failed: false });
    this.save();
    this.work();
  }

  // In the order of scanning: a later scan may depend on an earlier one.
  async work() {
    if (this.working) return;
    this.working = true;
    clearTimeout(this.timer);
    this.root.classList.add("fd-scanning");
    while (this.queue.length) {
      const scan = this.queue[0];
      let done = true;
      try { done = await this.perform(scan); } catch (error) {
        if (!(error instanceof NoAnswer)) { this.root.classList.remove("fd-scanning"); this.working = false; this.drop(scan); throw error; }
        done = false;
      }
      if (!done) { this.keep(scan); break; }
      this.drop(scan);
    }
    this.root.classList.remove("fd-scanning");
    this.working = false;
    this.focus();
  }

  async perform(scan) {
    const { scanApi, field, body, target } = this.root.dataset;
    if (scan.step === "send") return this.send(scan, scanApi, { ...JSON.parse(body ?? "{}"), [field]: scan.code });
    if (scan.step === "next") return this.send(scan, scan.api, scan.body);
    // Until it is known what this scan does, it is not done: the look-up is kept and tried again like the action itself.
    const looked = await this.look(scan.code, "", undefined, { patient: true });
    if (looked.later) return false;
    const next = looked.ok && document.querySelector(`${target} [data-scan-next]`);
    if (!next) return true;
    Object.assign(scan, { step: "next", api: next.dataset.scanNext, body: JSON.parse(next.dataset.body) });
    this.save();
    return this.send(scan, scan.api, scan.body);
  }

  async send(scan, api, body) {
    const [method, url] = api.split(/\s+/);
    const answer = await call(method, fill(url, { code: scan.code }), { body, key: scan.key });
    if (!settles(answer.status)) return false;
    announce(this.root, "scan", { code: scan.code, ...answer });
    const soft = (this.root.dataset.soft ?? "").split(",").includes(answer.error?.code);
    const shown = await this.look(scan.code, answer.ok ? "ok" : answer.error.code, answer);
    if (!shown.outcome && !soft) this.say(answer);
    return true;
  }

  async look(code, outcome, answer, options) {
    const { target } = this.root.dataset;
    // A panel may say where the next scan goes: a slot was scanned, its reel comes.
    const panel = document.querySelector(`${target} [data-scan-then]`)?.dataset.scanThen ?? this.root.dataset.panel;
    const url = new URL(fill(panel, { code }), location.href);
    if (outcome) url.searchParams.set("outcome", outcome);
    for (const warning of answer?.data?.warnings ?? []) url.searchParams.append("warning", warning.code);
    return loadPanel(url.pathname + url.search, target, options);
  }

  // The panel had no verdict of its own, or could not be fetched: the answer itself is shown.
  say({ ok, error, status }) {
    const outcome = ok ? "ok" : "bad", title = ok ? words("scanOk") : error.message;
    const place = document.querySelector(this.root.dataset.target);
    place?.prepend(make("section", { class: `fd-verdict fd-verdict-${outcome}`, role: ok ? "status" : "alert" },
      make("div", { class: "fd-verdict-text" }, make("h2", {}, title), ok ? null : make("code", { class: "fd-code" }, error.code))));
    if (status === 401) toast(words("signedOut"), "bad");
    signal(outcome, title);
  }

  keep(scan) {
    if (!scan.failed) signal("warn", words("kept"));
    scan.failed = true;
    this.save();
    this.timer = setTimeout(() => this.work(), RETRY_MS);
  }

  drop(scan) {
    this.queue = this.queue.filter((other) => other !== scan);
    this.save();
  }

  showKept() {
    const waiting = this.queue.some((scan) => scan.failed) ? this.queue : [];
    this.kept.hidden = waiting.length === 0;
    this.kept.replaceChildren(...waiting.map((scan) => {
      const retry = make("button", { type: "button", class: "btn" }, words("tryAgain"));
      retry.addEventListener("click", () => this.work());
      const discard = make("button", { type: "button", class: "btn btn-ghost-danger" }, words("discard"));
      discard.addEventListener("click", () => { if (confirm(words("discardSure", { value: scan.code }))) this.drop(scan); });
      return make("li", {}, make("strong", {}, scan.code), make("span", {}, words("kept")), retry, discard);
    }));
  }

  save() {
    try { localStorage.setItem(this.store, JSON.stringify(this.queue)); } catch { /* kept in memory all the same */ }
    this.showKept();
  }

  restore() {
    try { return JSON.parse(localStorage.getItem(this.store) ?? "[]"); } catch { return []; }
  }

  // A scanner is a keyboard: what it types must not end up in nothing, nor in a button.
  holdFocus() {
    document.addEventListener("keydown", (event) => {
      const lost = document.activeElement === document.body || document.activeElement?.matches("main, a, button, summary, [tabindex='0']");
      const types = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
      if (lost && types && !document.querySelector("dialog[open]")) this.focus();
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest("a, button, input, select, textarea, label, summary, dialog")) this.focus();
    });
    document.querySelectorAll("dialog").forEach((dialog) => dialog.addEventListener("close", () => this.focus()));
    document.addEventListener("fiducial:answer", (event) => { if (event.detail.ok) this.focus(); });
    addEventListener("focus", () => this.focus());
    this.focus();
  }

  focus() {
    if (!document.querySelector("dialog[open]")) this.input.focus({ preventScroll: true });
  }
}

document.querySelectorAll("[data-scan]").forEach((root) => new ScanBox(root));
