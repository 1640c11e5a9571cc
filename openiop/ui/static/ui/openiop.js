/* Progressive enhancement only: every page works without this file. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const words = JSON.parse(document.body.dataset.words || "{}");
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const store = {
    get(key) { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* full or off */ } },
    drop(key) { try { sessionStorage.removeItem(key); } catch { /* off */ } },
  };
  const clock = (at = new Date()) => at.toTimeString().slice(0, 5);

  /* A message on the page, announced to screen readers. */
  function say(text, tone, after) {
    const box = document.createElement("div");
    box.className = `notice ${tone}`;
    box.setAttribute("role", tone === "act" ? "alert" : "status");
    box.dataset.dismissable = "";
    const inner = document.createElement("div");
    inner.textContent = text;
    box.append(inner);
    const flash = document.getElementById("flash") || document.getElementById("main");
    if (after) after.before(box); else flash.prepend(box);
    dismissable(box);
    return inner;
  }
  function dismissable(box) {
    if (box.querySelector("[data-dismiss]")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.dataset.dismiss = "";
    button.textContent = words.dismiss;
    box.append(button);
  }

  /* Autosave: each form saves one request at a time; unsaved text waits in this tab. */
  const fields = (form) => all("input, textarea, select", form)
    .filter((each) => each.name && !["hidden", "password", "file", "submit"].includes(each.type));
  const snapshot = (form) => fields(form)
    .map((each) => [each.name, each.value, each.type === "checkbox" || each.type === "radio" ? each.checked : null]);
  function fill(form, saved) {
    const left = fields(form);
    for (const [name, value, checked] of saved) {
      const at = left.findIndex((each) => each.name === name && (checked === null || each.value === value));
      if (at < 0) continue;
      const [control] = left.splice(at, 1);
      if (checked === null) control.value = value; else control.checked = checked;
    }
  }
  const draftKey = (form) => `draft:${form.id || form.dataset.autosave}`;

  function status(form, text, state) {
    let line = form.querySelector("[data-saving]");
    if (!line) {
      line = document.createElement("p");
      line.className = "saving";
      line.dataset.saving = "";
      line.setAttribute("role", "status");
      form.append(line);
    }
    line.textContent = text;
    line.dataset.state = state;
  }
  function keep(form, handed = false) {  // handed: the server has put this text aside
    store.set(draftKey(form), { version: form.dataset.version || "", at: clock(), text: snapshot(form), handed });
  }
  async function save(form) {
    const job = form.job;
    clearTimeout(job.timer);
    job.due = false;
    if (job.busy) { job.again = true; return; }
    job.busy = true;
    job.again = false;
    const sent = JSON.stringify(snapshot(form));
    status(form, words.saving, "saving");
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, redirect: "manual" });
      if (answer.ok && !answer.headers.has("HX-Redirect")) await saved(form, answer, sent);
      else if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
      else await stopped(form, answer, sent);
    } catch {
      job.tries += 1;
      status(form, words.failed, "failed");
      job.timer = setTimeout(save, Math.min(2000 * 2 ** (job.tries - 1), 30000), form);
    } finally {
      job.busy = false;
      if (job.again && !job.stopped) save(form);
    }
  }
  async function saved(form, answer, sent) {
    const type = answer.headers.get("Content-Type") || "";
    const news = type.includes("json") ? await answer.json() : {};
    form.job.tries = 0;
    if (news.version !== undefined) {
      form.dataset.version = news.version;
      const hidden = form.querySelector("input[type=hidden][name=version]");
      if (hidden) hidden.value = news.version;
    }
    if (sent === JSON.stringify(snapshot(form))) store.drop(draftKey(form)); else keep(form);
    status(form, words.saved.replace("%s", news.saved || clock()), "saved");
  }
  async function stopped(form, answer, sent) {
    const out = answer.type === "opaqueredirect" || answer.ok || answer.status === 401;
    const page = out ? null : new DOMParser().parseFromString(await answer.text(), "text/html");
    const told = page && page.querySelector("[data-sentence]");
    form.job.stopped = out;  // after a 409 it is sent on, so that the server has all of it
    if (answer.status === 409) keep(form, sent === JSON.stringify(snapshot(form)));
    status(form, told ? told.textContent : out ? words.signedout : answer.status === 409 ? words.conflict : words.refused, "failed");
  }
  /* The page shows what was typed: in the form itself, or beside it what the server put aside. */
  function handed(form) {
    const draft = store.get(draftKey(form)), { kept } = form.dataset;
    return draft && (kept === "typed" || kept !== undefined && draft.handed);
  }
  function watch(form) {
    if (form.job) return;
    form.job = { timer: 0, due: false, busy: false, again: false, tries: 0, stopped: false };
    if (handed(form)) store.drop(draftKey(form));
    const draft = store.get(draftKey(form));
    if (draft && JSON.stringify(draft.text) !== JSON.stringify(snapshot(form))) {
      if (draft.version === (form.dataset.version || "")) {
        fill(form, draft.text);
        say(`${words.restored} (${draft.at})`, "info", form.firstElementChild);
        save(form);
      } else {
        const inner = say(`${words.newer} (${draft.at})`, "watch", form.firstElementChild);
        const copy = document.createElement("textarea");
        copy.readOnly = true;
        copy.setAttribute("aria-label", words.newer);
        copy.value = draft.text.filter((each) => each[2] === null && each[1]).map((each) => each[1]).join("\n\n");
        inner.append(copy);
      }
    }
    form.addEventListener("input", () => {
      keep(form);
      if (form.job.stopped) return;
      clearTimeout(form.job.timer);
      form.job.due = true;
      form.job.timer = setTimeout(save, 800, form);
    });
    form.addEventListener("focusout", (event) => { if (form.job.due && !form.contains(event.relatedTarget)) save(form); });
    form.addEventListener("submit", () => { clearTimeout(form.job.timer); form.job.due = false; keep(form); });
  }
  addEventListener("online", () => all("form[data-autosave]").forEach((form) => { if (form.job && form.job.tries) save(form); }));

  /* Things that stand on the page at load, or come with an htmx swap. */
  function enhance(inside) {
    all("form[data-autosave]", inside).forEach(watch);
    all("[data-dismissable]", inside).forEach(dismissable);
    all("[data-draft-done]", inside).forEach((each) => store.drop(`draft:${each.dataset.draftDone}`));
    const first = inside.querySelector("[data-focus]");
    if (first) { first.removeAttribute("data-focus"); first.focus(); }
  }

  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    if (hit("[data-dismiss]")) hit(".notice").remove();
    if (hit("[data-print]")) print();
    if (hit("[data-theme-toggle]")) {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax`;
    }
    if (hit("[data-leave]")) { event.preventDefault(); location.replace(hit("[data-leave]").href); }
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  document.addEventListener("submit", (event) => {
    const asked = event.submitter && event.submitter.dataset.confirm || event.target.dataset.confirm;
    if (!asked) return;
    if (!confirm(asked)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (event.target.elements.confirmed) return;
    const yes = document.createElement("input");
    Object.assign(yes, { type: "hidden", name: "confirmed", value: "1" });
    event.target.append(yes);
  }, true);

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  function typing(element) { return element.matches("input, textarea, select, [contenteditable]"); }
  function step(row, back) {
    let next = row;
    do { next = back ? next.previousElementSibling : next.nextElementSibling; } while (next && !next.querySelector("a, button, input"));
    if (next) next.querySelector("a, button, input").focus();
  }
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const menu = target.closest("details.menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    }
    const form = target.form;
    if (event.key === "Enter" && !event.shiftKey && form && "next" in form.dataset && target.matches("textarea:not([data-lines]), input:not([type=submit])")) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-next-button]"));
    }
    if (typing(target)) return;
    const search = document.querySelector("[data-hotkey='/']");
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
    const row = target.closest("table[data-rows] tbody tr");
    if (row && (event.key === "ArrowDown" || event.key === "ArrowUp")) { event.preventDefault(); step(row, event.key === "ArrowUp"); }
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, serverResponse } = event.detail;
    const flash = document.getElementById("flash");
    if (!flash || xhr.status < 400 || !serverResponse.includes("data-refused")) return;
    Object.assign(event.detail, { shouldSwap: true, isError: false, target: flash, swapOverride: "innerHTML" });
  });
  document.addEventListener("htmx:load", (event) => enhance(event.detail.elt.parentElement || event.detail.elt));
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, () => say(words.offline, "act")));
  document.addEventListener("htmx:responseError", (event) => say(`${words.offline} (${event.detail.xhr.status})`, "act"));
  enhance(document);
})();
