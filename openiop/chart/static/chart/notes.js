/* Hands for the group-note screen: a number chooses, and the next open question has the focus; the
   last answer saves and leads to the next person. Everything works without this file. */
(() => {
  "use strict";
  const chosen = (form, name) => (form.querySelector(`[name=${name}]:checked`) || {}).value;
  const filled = (form, name) => Boolean(form.elements[name] && form.elements[name].value.trim());
  const shared = document.querySelector("#shared form[data-autosave]");
  const forAll = () => (shared ? filled(shared, "next_step") : document.querySelector(".for-all"));

  /* Texts that signing will ask for; the same answers as the server's. */
  const WANTED = {
    observation: (form) => chosen(form, "participation") === "listened",
    response: (form) => chosen(form, "participation") !== "listened",
    progress: (form) => filled(form, "objective"),
    next_step: (form) => Boolean(form.elements.participation) && !forAll(),
    risk_detail: (form) => ["present", "not_assessed"].includes(chosen(form, "risk")),
  };

  /* Where to go on: the first open question in the order of the screen, but not `here`. */
  function open(form, here) {
    const at = [...form.querySelectorAll("[data-keys], textarea")].find((each) => (
      "keys" in each.dataset ? !each.querySelector(":checked")
        : each !== here && each.name in WANTED && WANTED[each.name](form) && !each.value.trim()));
    return at && (at.querySelector("input") || at);
  }
  function lead(to) {
    const fold = to.closest("details"), last = to.form.querySelector("[data-last]");
    if (fold) fold.open = true;
    to.focus({ preventScroll: true });
    if (last) last.scrollIntoView({ block: "nearest" });
    to.closest(".field, .bar").scrollIntoView({ block: "nearest" });
  }
  const onward = (form) => lead(open(form) || form.querySelector("[data-next-button]"));

  /* An answer was given by hand. Changing one stays; the last one leads to the next person. */
  function answered(choice, before) {
    const { form } = choice, last = "last" in choice.closest("[data-keys]").dataset;
    if (before) return;
    if (last && !open(form)) form.requestSubmit(form.querySelector("[data-next-button]")); else onward(form);
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const group = event.target.closest("[data-keys]"), { form } = event.target;
    if (group && /^[1-9]$/.test(event.key)) {
      const choice = group.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
      if (!choice) return;
      event.preventDefault();
      const before = group.querySelector(":checked");
      choice.click();
      answered(choice, before && before !== choice);
    } else if (event.key === "Enter" && !event.shiftKey && form && "next" in form.dataset && event.target.matches("textarea, input")) {
      const next = open(form, event.target);
      if (!next) return;
      event.preventDefault();
      event.stopPropagation();
      lead(next);
    }
  }, true);

  /* A finger or a mouse leads on as well; arrow keys and screen readers stay. */
  let before = null;
  document.addEventListener("pointerdown", (event) => {
    const group = event.target.closest("[data-keys]");
    before = group && group.querySelector(":checked");
  }, true);
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-keys] input[type=radio]");
    if (choice && event.pointerType) answered(choice, before);
  });

  /* The person's page opens at its first open question, the session's at its topic. */
  const start = document.querySelector("form[data-first]") || document.querySelector("form[data-next]:not([data-later])");
  if (start && !location.hash && !document.querySelector("[data-focus]")) {
    if (start.dataset.first !== undefined) {
      const empty = [...start.querySelectorAll("input[type=text], textarea")].find((each) => !each.value.trim());
      if (empty) empty.focus({ preventScroll: true });
    } else {
      const look = document.querySelector(".finding input[name=reason]");
      const part = document.querySelector(".part");
      if (part.getBoundingClientRect().top > innerHeight / 3) part.scrollIntoView();
      if (look) look.focus({ preventScroll: true }); else onward(start);
    }
  }
  const here = document.querySelector(".people [aria-current]");
  if (here) here.scrollIntoView({ block: "nearest", inline: "center" });
})();
