// Predict first: choose or draw, say how sure, commit. Then both answers, one beside the other.
const HEIGHT = 270;

// ---- a chart to draw on and to compare on ----------------------------------------------------------

function board(plan, parent) {
  const { x, y } = plan, box = make("div", { class: "snx-board" }, parent);
  const image = make("svg:svg", { "aria-hidden": "true" }, box), back = make("svg:g", {}, image), front = make("svg:g", {}, image);
  const margin = { left: 62, right: 16, top: 28, bottom: 42 };
  const share = (axis, value) => axis.log ? Math.log(value / axis.low) / Math.log(axis.high / axis.low) : (value - axis.low) / (axis.high - axis.low);
  const value = (axis, part) => axis.log ? axis.low * (axis.high / axis.low) ** part : axis.low + (axis.high - axis.low) * part;
  let wide = 0, redraw = () => {};
  const across = part => margin.left + part * (wide - margin.left - margin.right);
  const up = part => HEIGHT - margin.bottom - part * (HEIGHT - margin.top - margin.bottom);

  function frame() {
    wide = box.clientWidth;
    if (!wide) return;
    image.setAttribute("width", wide);
    image.setAttribute("height", HEIGHT);
    back.replaceChildren();
    for (const [at, text] of y.ticks) {
      make("svg:line", { class: "snx-grid", x1: across(0), x2: across(1), y1: up(share(y, at)), y2: up(share(y, at)) }, back);
      make("svg:text", { class: "snx-tick", x: across(0) - 8, y: up(share(y, at)) + 4, "text-anchor": "end" }, back, text);
    }
    for (const [at, text] of x.ticks) make("svg:text", { class: "snx-tick", x: across(share(x, at)), y: up(0) + 18, "text-anchor": "middle" }, back, text);
    make("svg:line", { class: "snx-axis", x1: across(0), x2: across(1), y1: up(0), y2: up(0) }, back);
    make("svg:text", { class: "snx-name", x: 0, y: 13 }, back, y.name);
    make("svg:text", { class: "snx-name", x: across(0.5), y: HEIGHT - 4, "text-anchor": "middle" }, back, x.name);
    redraw();
  }
  const line = (curve, kind) => {
    const d = curve.x.map((at, k) => `${k ? "L" : "M"}${across(share(x, at)).toFixed(1)} ${up(share(y, curve.y[k])).toFixed(1)}`).join("");
    make("svg:path", { class: `snx-line-of ${kind}`, d }, front);
  };
  const watch = new ResizeObserver(frame);
  watch.observe(box);
  return {
    box, front, across, up, share, value, line, margin, frame,
    part: clientX => (clientX - box.getBoundingClientRect().left - margin.left) / (wide - margin.left - margin.right),
    height: clientY => (up(0) - (clientY - box.getBoundingClientRect().top)) / (up(0) - up(1)),
    draw(act) { redraw = () => { front.replaceChildren(); act(); }; if (wide) redraw(); },
    stop: () => watch.disconnect(),
  };
}

// Drawing by hand or with the keyboard, one value a column.
function drawing(plan, parent) {
  const { x, y, points } = plan, chart = board(plan, parent), drawn = Array(points).fill(null), last = points - 1;
  const at = k => chart.value(x, k / last), limit = part => Math.max(0, Math.min(1, part));
  let cursor = null, pen = null;
  const box = chart.box;
  box.classList.add("snx-draw");
  for (const [name, text] of Object.entries({ tabindex: 0, role: "slider", "aria-orientation": "vertical", "aria-valuemin": 0, "aria-valuemax": 100,
    "aria-valuenow": 50, "aria-label": `Draw ${y.name} against ${x.name}: left and right arrows move, up and down draw` })) box.setAttribute(name, text);

  chart.draw(() => {
    const kept = drawn.map((value, k) => [at(k), value]).filter(([, value]) => value !== null);
    if (!kept.length) make("svg:text", { class: "snx-hint", x: chart.across(0.5), y: chart.up(0.5), "text-anchor": "middle" }, chart.front, "Draw your curve here");
    chart.line({ x: kept.map(pair => pair[0]), y: kept.map(pair => pair[1]) }, "snx-mine");
    if (cursor === null) return;
    const part = drawn[cursor] === null ? 0.5 : chart.share(y, drawn[cursor]);
    make("svg:line", { class: "snx-cursor", x1: chart.across(cursor / last), x2: chart.across(cursor / last), y1: chart.up(0), y2: chart.up(1) }, chart.front);
    make("svg:circle", { class: "snx-dot", cx: chart.across(cursor / last), cy: chart.up(part), r: 6 }, chart.front);
  });
  function speak() {
    const value = drawn[cursor], say = (axis, amount) => {
      const text = number(amount);
      return `${text} ${text === "1" ? axis.unit.replace(/s$/, "") : axis.unit}`.trim();
    };
    box.setAttribute("aria-valuenow", Math.round(100 * (value === null ? 0.5 : chart.share(y, value))));
    box.setAttribute("aria-valuetext", `At ${say(x, at(cursor))}: ${value === null ? "nothing drawn" : say(y, value)}`);
    chart.frame();
  }
  const put = (k, part) => { drawn[k] = Number(chart.value(y, limit(part)).toPrecision(4)); };
  // From where the pen was to where it is, so that a quick hand leaves no gaps.
  function stroke(event) {
    const to = { k: Math.round(limit(chart.part(event.clientX)) * last), part: chart.height(event.clientY) }, from = pen || to;
    const low = Math.min(from.k, to.k), high = Math.max(from.k, to.k);
    for (let k = low; k <= high; k++) put(k, high > low ? from.part + (to.part - from.part) * (k - from.k) / (to.k - from.k) : to.part);
    pen = to;
    cursor = null;
    chart.frame();
  }
  box.addEventListener("pointerdown", event => { box.setPointerCapture(event.pointerId); pen = null; stroke(event); });
  box.addEventListener("pointermove", event => { if (box.hasPointerCapture(event.pointerId)) stroke(event); });
  box.addEventListener("blur", () => { cursor = null; chart.frame(); });
  box.addEventListener("focus", () => { if (!pen || cursor !== null) { cursor = cursor ?? 0; speak(); } });
  box.addEventListener("keydown", event => {
    const side = { ArrowLeft: -1, ArrowRight: 1, Home: -last, End: last }[event.key];
    const rise = { ArrowUp: 0.02, ArrowDown: -0.02, PageUp: 0.1, PageDown: -0.1 }[event.key];
    if (side === undefined && rise === undefined) return;
    event.preventDefault();
    const before = cursor ?? 0, here = drawn[before];
    cursor = Math.max(0, Math.min(last, before + (side || 0)));
    if (rise) put(cursor, (here === null ? 0.5 : chart.share(y, here)) + rise);
    else for (let k = Math.min(before, cursor); k <= Math.max(before, cursor); k++) if (drawn[k] === null && here !== null) drawn[k] = here;
    speak();
  });
  return { given: () => drawn.filter(value => value !== null).length > 1 ? drawn : null, lacks: "Draw your curve first.",
    clear() { drawn.fill(null); cursor = null; pen = null; chart.frame(); }, stop: chart.stop };
}

// ---- the form --------------------------------------------------------------------------------------

function choosing(plan, parent, heading) {
  const group = make("div", { role: "radiogroup", "aria-labelledby": heading, class: "snx-options" }, parent), name = fresh();
  const inputs = plan.choices.map(text => option(group, "radio", name, text));
  return { given: () => { const at = inputs.findIndex(input => input.checked); return at < 0 ? null : at; }, lacks: "Choose one first.", stop() {} };
}

function certainty(plan, parent) {
  const row = make("label", { class: "snx-sure" }, parent);
  make("span", {}, row, "How sure are you?");
  const input = make("input", { type: "range", min: plan.sure[0], max: plan.sure.at(-1), step: 10, value: plan.sure[0], "aria-label": "How sure are you, in per cent?" }, row);
  const told = make("span", { class: "snx-how-sure", "aria-hidden": "true" }, row);
  const tell = () => {
    told.textContent = `${input.value} %${{ 50: ", a coin toss", 100: ", certain" }[input.value] || ""}`;
    input.setAttribute("aria-valuetext", told.textContent);
  };
  input.addEventListener("input", tell);
  tell();
  return () => Number(input.value);
}

function asking(model, plan, place, heading) {
  const form = plan.kind === "choice" ? choosing(plan, place, heading) : drawing(plan.chart, place);
  if (plan.kind === "curve") make("p", { class: "snx-legend" }, place, "How sure are you that your curve ends within a tenth of the axis of the model's?");
  const sure = certainty(plan, place), foot = make("div", { class: "snx-foot" }, place);
  button(foot, "Commit", () => {
    const answer = form.given();
    note.textContent = answer === null ? form.lacks : "";
    if (answer !== null) model.send({ answer, sure: sure() });
  });
  if (form.clear) button(foot, "Start the curve again", form.clear, "snx-link");
  button(foot, plan.gates ? "Show me anyway" : "Go on without a prediction", () => model.send({ skip: true }), "snx-link");
  const note = make("p", { class: "snx-note-line", role: "status", "aria-live": "polite" }, place);
  return form.stop;
}

function answered(state, plan, place) {
  const told = make("p", { class: "snx-told", role: "status", tabindex: "-1" }, place);
  if (state.phase === "skipped") told.textContent = "You made no prediction.";
  else {
    told.append(state.curve ? "You drew: " : "You said: ");
    make(state.curve ? "span" : "strong", {}, told, state.answer);
    told.append(`. You were ${state.sure} % sure.${state.trouble ? " " + state.trouble : ""}`);
  }
  if (!state.curve) return () => {};
  const chart = board(plan.chart, place);
  chart.draw(() => chart.line(state.curve, "snx-mine"));
  return chart.stop;
}

// ---- both answers ----------------------------------------------------------------------------------

function comparison(model, state, plan, place) {
  if (state.phase === "waiting") {
    make("p", {}, place, "Make your prediction first; then both answers stand here.");
    button(place, "Show me anyway", () => model.send({ show: true }), "snx-link");
    return () => {};
  }
  if (state.phase === "ready") {
    button(place, "Compare with the model", () => model.send({ show: true }));
    return () => {};
  }
  const told = make("div", { class: "snx-both", role: "status", tabindex: "-1" }, place);
  for (const [kind, words] of [[state.curve ? "You drew" : "You said", state.mine], ["The model says", state.model]]) {
    const side = make("div", {}, told);
    make("p", { class: "snx-kind" }, side, kind);
    make("p", { class: state.models ? "" : "snx-answer" }, side, words);
  }
  let stop = () => {};
  if (state.models) {
    const chart = board(plan.chart, place), key = make("p", { class: "snx-legend snx-key" }, place);
    chart.draw(() => { chart.line(state.models, "snx-models"); if (state.curve) chart.line(state.curve, "snx-mine"); });
    for (const [kind, words] of [["snx-models", "the model"], ["snx-mine", "you"]]) {
      if (kind === "snx-mine" && !state.curve) continue;
      make("svg:path", { class: `snx-line-of ${kind}`, d: "M0 6h34" }, make("svg:svg", { width: 34, height: 12, "aria-hidden": "true" }, key));
      make("span", {}, key, words);
    }
    stop = chart.stop;
  }
  if (state.verdict) make("p", { class: "snx-verdict" }, place, `${state.right ? "✓" : "✗"} ${state.verdict}`);
  if (state.comment) make("p", {}, place, state.comment);
  return stop;
}

// ---- the widget ------------------------------------------------------------------------------------

function render({ model, el }) {
  const plan = model.get("plan"), place = card(el, "snx-predict"), heading = fresh();
  make("p", { class: "snx-kind" }, place, plan.kind === "reveal" ? "What you predicted, and what came" : "Predict first");
  make("p", { class: "snx-prompt", id: heading }, place, plan.question);
  const part = make("div", {}, place);
  let stop = () => {};
  function show() {
    const state = model.get("state"), held = part.contains(part.getRootNode().activeElement);
    stop();
    part.replaceChildren();
    stop = plan.kind === "reveal" ? comparison(model, state, plan, part)
      : state.phase === "asking" ? asking(model, plan, part, heading) : answered(state, plan, part);
    if (held) part.querySelector("[tabindex='-1']")?.focus();
  }
  model.on("change:state", show);
  show();
  const release = keepKeys(el);
  return () => { stop(); release(); model.off("change:state", show); };
}

export default { render };
