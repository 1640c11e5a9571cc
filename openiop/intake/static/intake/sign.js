/* Draw a signature: a path of M and L and whole numbers in a hidden field. Typing works without. */
(() => {
  "use strict";
  const box = document.querySelector("[data-sign]"), field = document.getElementById("id_drawn");
  if (!box || !field) return;
  box.hidden = false;
  const canvas = box.querySelector("canvas"), pen = canvas.getContext("2d");
  canvas.style.touchAction = "none";
  pen.lineWidth = 3;
  pen.strokeStyle = getComputedStyle(canvas).color;
  let path = [], down = false;
  const at = (event) => {
    const place = canvas.getBoundingClientRect();
    const x = Math.round((event.clientX - place.left) * canvas.width / place.width);
    const y = Math.round((event.clientY - place.top) * canvas.height / place.height);
    return [Math.min(Math.max(x, 0), canvas.width), Math.min(Math.max(y, 0), canvas.height)];
  };
  const add = (letter, event) => {
    const [x, y] = at(event);
    path.push(letter, x, y);
    if (letter === "M") { pen.beginPath(); pen.moveTo(x, y); } else { pen.lineTo(x, y); pen.stroke(); }
    field.value = path.join(" ").slice(0, 19000);
  };
  canvas.addEventListener("pointerdown", (event) => { down = true; canvas.setPointerCapture(event.pointerId); add("M", event); });
  canvas.addEventListener("pointermove", (event) => { if (down) add("L", event); });
  canvas.addEventListener("pointerup", () => { down = false; });
  box.querySelector("[data-sign-again]").addEventListener("click", () => {
    path = []; field.value = ""; pen.clearRect(0, 0, canvas.width, canvas.height);
  });
})();
