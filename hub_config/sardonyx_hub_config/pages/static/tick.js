// A box in the head of a table ticks all that are shown below it; what a filter hides is left alone.
for (const head of document.querySelectorAll("[data-tick-all]")) {
  const all = document.createElement("input");
  all.type = "checkbox";
  all.className = "form-check-input";
  all.ariaLabel = head.dataset.tickAll;
  head.append(all);
  const boxes = () => [...head.closest("table").tBodies[0].querySelectorAll("input[type=checkbox]")].filter((box) => box.offsetParent);
  all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
  head.closest("table").addEventListener("change", () => { all.checked = boxes().every((box) => box.checked); });
}
