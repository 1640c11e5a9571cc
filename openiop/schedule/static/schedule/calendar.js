// Moves a visit on the grid by dragging it or by keys; both send the form of the visit's own page.
(() => {
  const form = document.getElementById("calendar-move");
  const said = document.getElementById("calendar-said");
  const table = document.querySelector(".calendar");
  if (!form || !table) return;
  let dragged = null;
  let taken = null;

  // Times are those of the clinic's wall clock: counted in UTC, no zone of this browser shifts them.
  const moment = (at) => new Date(`${at}:00Z`);
  const words = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
    hourCycle: "h23", timeZone: "UTC",
  });

  const send = (item, at, staff, room) => {
    const fields = form.elements;
    form.action = item.getAttribute("href");
    [fields.on.value, fields.starts.value] = at.split("T");
    fields.staff.value = staff;
    fields.room.value = room;
    said.textContent = form.dataset.sent;
    form.submit();
  };

  const over = (cell) => {
    table.querySelector("td.over")?.classList.remove("over");
    cell?.classList.add("over");
  };
  table.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-visit]");
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.visit);
  });
  table.addEventListener("dragover", (event) => {
    const cell = event.target.closest("td");
    if (!dragged || !cell) return;
    event.preventDefault();
    over(cell);
  });
  table.addEventListener("dragend", () => {
    over(null);
    dragged = null;
  });
  table.addEventListener("drop", (event) => {
    const cell = event.target.closest("td");
    if (!dragged || !cell) return;
    event.preventDefault();
    if (cell === dragged.closest("td")) return;
    const { at, staff, room } = dragged.dataset;
    const { on, hour, staff: who, room: where } = cell.dataset;
    const clock = hour === undefined ? at.slice(11) : `${hour.padStart(2, "0")}${at.slice(13)}`;
    send(dragged, `${on || at.slice(0, 10)}T${clock}`, Number(who) ? who : staff,
         where === undefined ? room : Number(where) ? where : "");
  });

  const leave = () => {
    delete taken.item.dataset.taken;
    taken = null;
    said.textContent = form.dataset.left;
  };
  const STEPS = { ArrowUp: -15, ArrowDown: 15, ArrowLeft: -1440, ArrowRight: 1440 };
  table.addEventListener("keydown", (event) => {
    const item = event.target.closest("[data-visit]");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!taken && event.key.toLowerCase() === "m") {
      taken = { item, at: moment(item.dataset.at) };
      item.dataset.taken = "";
      said.textContent = form.dataset.keys;
    } else if (taken?.item !== item) {
      return;
    } else if (event.key === "Escape") {
      leave();
    } else if (event.key === "Enter") {
      const at = taken.at.toISOString().slice(0, 16);
      if (at === item.dataset.at) leave();
      else send(item, at, item.dataset.staff, item.dataset.room);
    } else if (STEPS[event.key]) {
      taken.at.setUTCMinutes(taken.at.getUTCMinutes() + STEPS[event.key]);
      said.textContent = `${form.dataset.said} ${words.format(taken.at)}`;
    } else {
      return;
    }
    event.preventDefault();
  });
  table.addEventListener("focusout", () => taken && leave());
})();
