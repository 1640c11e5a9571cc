/* Only to leave quickly: the page is left out of the way back. Every page works without it. */
(() => {
  "use strict";
  let escaped = 0;
  const link = document.querySelector("[data-leave]");
  const leave = () => location.replace(link.href);
  link.addEventListener("click", (event) => { event.preventDefault(); leave(); });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const now = Date.now();
    if (now - escaped < 1000) leave();
    escaped = now;
  });
})();
