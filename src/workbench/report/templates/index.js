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
  const ages = JSON.parse(list.dataset.ages), alert = document.getElementById("alert");
  const age = minutes => {
    const days = Math.floor(minutes / 1440), hours = Math.floor(minutes / 60);
    const [text, n] = minutes < 1 ? [ages[0]] : minutes < 60 ? [ages[1], minutes] :
      hours < 24 ? [ages[2], hours] : days === 1 ? [ages[3]] : [ages[4], days];
    return text.replace("{n}", n);
  };
  const look = () => {
    const now = Date.now();
    for (const time of list.querySelectorAll("time")) {
      time.title ||= time.textContent;
      time.textContent = age(Math.floor((now - Date.parse(time.dateTime)) / 60000));
    }
    const late = [...document.querySelectorAll("[data-due][hidden]")].filter(e => Date.parse(e.dataset.due) <= now);
    for (const e of late) {
      e.hidden = false;
      const row = e.closest("#studies > li"), count = document.getElementById("late");
      if (row) list.prepend(row);
      alert.hidden = count.hidden = false;
      count.textContent = count.dataset.said.replace("{n}", alert.querySelectorAll(".late:not([hidden])").length);
    }
  };
  bar.hidden = false;
  look();
  setInterval(look, 60000);
  for (const field of [search, decision, owner]) field.addEventListener("input", filter);
  filter();
})();
