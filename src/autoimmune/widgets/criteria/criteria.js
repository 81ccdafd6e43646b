// The sheet of a set of criteria: tick boxes here, the score from Python.
function render({ model, el }) {
  const view = model.get("view"), sheet = card(el, "snx-sheet");
  make("p", { class: "snx-sheet-title" }, sheet, view.title);
  const meter = make("div", { class: "snx-meter", "aria-hidden": "true" }, sheet);
  const total = make("span", { class: "snx-total" }, meter), track = make("div", { class: "snx-track" }, meter);
  const bars = make("div", { class: "snx-bars" }, track), mark = make("span", { class: "snx-threshold" }, track);
  make("span", {}, mark, `threshold ${view.threshold}`);
  const said = make("p", { class: "snx-said", role: "status", "aria-live": "polite" }, sheet);
  const boxes = {}, notes = {}, grid = make("div", { class: "snx-domains" }, sheet), name = fresh();

  for (const [domain, items] of Object.entries(view.domains)) {
    const entry = items[0].group === "entry", group = make("fieldset", { class: entry ? "snx-entry" : "" }, grid);
    make("legend", {}, group, entry ? "Entry" : domain[0].toUpperCase() + domain.slice(1));
    for (const item of items) {
      const box = option(group, "checkbox", name, item.text), row = box.parentElement;
      if (!entry) {
        make("span", { class: "snx-points" }, row, String(item.points)).append(make("span", { class: "snx-aloud" }, null, item.points === 1 ? " point" : " points"));
        notes[item.id] = make("span", { class: "snx-uncounted" }, row.children[1]);
      }
      boxes[item.id] = box;
      box.addEventListener("change", () => {
        model.set("ticked", Object.keys(boxes).filter(id => boxes[id].checked));
        model.save_changes();
      });
    }
  }
  const foot = make("div", { class: "snx-foot" }, sheet);
  button(foot, "Reset", () => { model.set("ticked", []); model.save_changes(); tick(); }, "snx-button snx-second");
  make("p", { class: "snx-legend" }, sheet, `Of each domain the highest item counts. ${view.words}`);
  make("p", { class: "snx-caution" }, sheet, view.caution);

  function tick() {
    const ticked = model.get("ticked");
    for (const [id, box] of Object.entries(boxes)) box.checked = ticked.includes(id);
  }
  function count() {
    const { points, parts, sentence, classified, end } = model.get("result"), counted = Object.values(parts).map(part => part.id);
    total.textContent = points;
    bars.replaceChildren();
    for (const part of Object.values(parts)) if (part.points) make("span", { style: `width: ${100 * part.points / end}%` }, bars);
    bars.classList.toggle("snx-reached", classified);
    mark.style.left = `${100 * view.threshold / end}%`;
    if (said.textContent !== sentence) said.textContent = sentence;
    for (const [id, note] of Object.entries(notes)) {
      const counts = counted.includes(id);
      note.textContent = boxes[id].checked && !counts ? " (another one counts)" : "";
      boxes[id].parentElement.classList.toggle("snx-counted", counts);
    }
  }
  const hear = { "change:ticked": () => { tick(); count(); }, "change:result": count };
  for (const [name, react] of Object.entries(hear)) model.on(name, react);
  tick();
  count();
  const release = keepKeys(el);
  return () => { release(); for (const [name, react] of Object.entries(hear)) model.off(name, react); };
}

export default { render };
