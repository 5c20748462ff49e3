// The box above a column of boxes: chooses all, and shows when only some are chosen. Without scripts it stays hidden.
for (const form of document.querySelectorAll("[data-choose]")) {
  const all = form.querySelector("[data-all]");
  const boxes = [...form.querySelectorAll('input[name="sheet"]')];
  if (!all || !boxes.length) continue;
  all.closest("label").hidden = false;
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  form.addEventListener("change", show);
  show();
}
