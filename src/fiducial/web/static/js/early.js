// Runs before the page is read: until the modules listen, what is pressed or scanned is held, and done as soon as they do.
(() => {
  const held = [];

  function hold(event, act) {
    event.preventDefault();
    event.stopImmediatePropagation();
    held.push(act);
  }

  const heard = {
    click(event) {
      const pressed = event.target.closest?.("button, tr[data-href]");
      if (!pressed || pressed.form?.matches("[data-scan-form]")) return; // its submit is held, with the code
      if (pressed.matches("tr") && event.target.closest("a, input, label")) return;
      hold(event, () => pressed.click());
    },
    submit(event) {
      const form = event.target, box = form.querySelector("[data-scan-input]");
      if (!box) return;
      const code = box.value;
      box.value = "";
      hold(event, () => {
        const since = box.value;
        box.value = code;
        form.requestSubmit();
        box.value = since;
      });
    },
    // Which of several buttons Enter means is forms.js's to say; the browser would take the first, PASS.
    keydown(event) {
      if (event.key === "Enter" && event.target.matches?.("form[data-api] input")) event.preventDefault();
    },
  };

  for (const [kind, hear] of Object.entries(heard)) document.addEventListener(kind, hear, true);
  document.addEventListener("fiducial:ready", () => {
    for (const [kind, hear] of Object.entries(heard)) document.removeEventListener(kind, hear, true);
    held.forEach((act) => act());
  }, { once: true });
})();
