(() => {
  const list = document.getElementById("studies"), bar = document.getElementById("bar");
  if (!list || !bar) return;
  const none = document.getElementById("none"), rows = [...list.children];
  const search = bar.querySelector("input"), [decision, owner] = bar.querySelectorAll("select");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !(words.every(word => text.includes(word)) &&
        (!decision.value || row.dataset.decision === decision.value) && (!owner.value || row.dataset.owner === owner.value));
      shown += !row.hidden;
    }
    list.hidden = shown === 0;
    none.hidden = shown > 0;
  };
  bar.hidden = false;
  for (const field of [search, decision, owner]) field.addEventListener("input", filter);
  filter();
})();
