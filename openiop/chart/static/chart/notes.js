/* Keys for the group-note screen: press the number of a choice, and the next question is ready.
   Everything works without this file. */
(() => {
  "use strict";
  const groups = () => [...document.querySelectorAll("[data-keys]")];
  const visible = (element) => element.offsetParent !== null;

  /* After a choice: the next group without one, else the first empty text. */
  function onward(form, how) {
    const open = groups().find((group) => !group.querySelector(":checked"));
    const target = open ? open.querySelector("input")
      : [...form.querySelectorAll("textarea, input[type=text]")].find((each) => visible(each) && !each.value.trim() && each.name !== "objective")
        || form.querySelector("[data-next-button]");
    target.focus(how);
  }

  document.addEventListener("keydown", (event) => {
    const group = event.target.closest("[data-keys]");
    if (!group || event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
    const choice = group.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
    if (!choice) return;
    event.preventDefault();
    choice.click();
    onward(choice.form);
  });

  /* A finger or a mouse on the last open question leads on as well; a screen reader stays. */
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-keys] input[type=radio]");
    if (choice && event.pointerType && groups().every((group) => group.querySelector(":checked"))) onward(choice.form);
  });

  /* The person's page opens at its first open question, the session's at its topic. */
  const start = document.querySelector("form[data-first]") || document.querySelector("form[data-next]:not([data-later])");
  if (start && !location.hash && !document.querySelector("[data-focus]")) {
    if (start.dataset.first !== undefined) {
      const empty = [...start.querySelectorAll("input[type=text], textarea")].find((each) => !each.value.trim());
      if (empty) empty.focus({ preventScroll: true });
    } else {
      const look = document.querySelector(".finding input[name=reason]");
      if (look) look.focus({ preventScroll: true }); else onward(start, { preventScroll: true });
    }
  }
  const here = document.querySelector(".people [aria-current]");
  if (here) here.scrollIntoView({ block: "nearest", inline: "center" });

  /* The server shows what it kept of this writer's text; the copy of this tab would say it twice. */
  document.querySelectorAll("form[data-kept] > .notice textarea[readonly]").forEach((copy) => copy.closest(".notice").remove());
})();
