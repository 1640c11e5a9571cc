// Moves a visit on the grid by dragging it or by keys; both send the form of the visit's own page.
(() => {
  const form = document.getElementById("calendar-move");
  const said = document.getElementById("calendar-said");
  const table = document.querySelector(".calendar");
  if (!form || !table) return;
  let dragged = null;
  let taken = null;

  const two = (n) => String(n).padStart(2, "0");
  const day = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const clock = (at) => `${two(at.getHours())}:${two(at.getMinutes())}`;

  const send = (item, on, starts, staff, room) => {
    form.action = item.getAttribute("href");
    Object.assign(form.elements.on, { value: on });
    form.elements.starts.value = starts;
    form.elements.staff.value = staff;
    form.elements.room.value = room;
    form.submit();
  };

  table.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-visit]");
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.visit);
  });
  table.addEventListener("dragover", (event) => {
    const cell = event.target.closest("td");
    if (!dragged || !cell) return;
    event.preventDefault();
    table.querySelector("td.over")?.classList.remove("over");
    cell.classList.add("over");
  });
  table.addEventListener("dragend", () => {
    table.querySelector("td.over")?.classList.remove("over");
    dragged = null;
  });
  table.addEventListener("drop", (event) => {
    const cell = event.target.closest("td");
    if (!dragged || !cell) return;
    event.preventDefault();
    const { at, staff, room } = dragged.dataset;
    const hour = cell.dataset.hour;
    const starts = hour === undefined ? at.slice(11) : `${two(hour)}${at.slice(13)}`;
    send(dragged, cell.dataset.on || at.slice(0, 10), starts,
         Number(cell.dataset.staff) ? cell.dataset.staff : staff,
         cell.dataset.room === undefined ? room : Number(cell.dataset.room) ? cell.dataset.room : "");
  });

  const leave = () => {
    delete taken.item.dataset.taken;
    taken = null;
    said.textContent = form.dataset.left;
  };
  const STEPS = { ArrowUp: [0, -15], ArrowDown: [0, 15], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  table.addEventListener("keydown", (event) => {
    const item = event.target.closest("[data-visit]");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!taken && event.key.toLowerCase() === "m") {
      taken = { item, at: new Date(`${item.dataset.at}:00`) };
      item.dataset.taken = "";
      said.textContent = table.dataset.keys;
    } else if (taken?.item !== item) {
      return;
    } else if (event.key === "Escape") {
      leave();
    } else if (event.key === "Enter") {
      send(item, day(taken.at), clock(taken.at), item.dataset.staff, item.dataset.room);
    } else if (STEPS[event.key]) {
      const [days, minutes] = STEPS[event.key];
      taken.at.setDate(taken.at.getDate() + days);
      taken.at.setMinutes(taken.at.getMinutes() + minutes);
      said.textContent = `${form.dataset.said} ${day(taken.at)} ${clock(taken.at)}`;
    } else {
      return;
    }
    event.preventDefault();
  });
  table.addEventListener("focusout", () => taken && leave());
})();
