// Runs before the first paint: light or dark as the person chose on this device, else as the system says.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => { try { return localStorage.getItem("fiducial-theme"); } catch { return null; } };
  const apply = () => {
    document.documentElement.dataset.bsTheme = chosen() || (dark.matches ? "dark" : "light");
  };
  dark.addEventListener("change", apply);
  apply();
})();
