// The picture: runs the model when a control moves, draws it at most once a frame, and says what is seen.
const REST = 350, GLIDE = 320, SLICE = 40; // milliseconds until a control counts as at rest; of a toggle's glide; of a frame's extra runs
const SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes = {}, parent = null, text = "") {
  const node = tag.startsWith("svg:") ? document.createElementNS(SVG, tag.slice(4)) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

// ---- scales ----------------------------------------------------------------------------------------

function scale(low, high, log, from, to) {
  const f = log ? Math.log10 : Number, a = f(low), b = f(high);
  const place = value => from + ((log && value <= 0 ? a - 9 : f(value)) - a) / (b - a) * (to - from);
  return { low, high, log, place };
}

function ticks(low, high, log, most) {
  if (log) {
    const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
    const stride = Math.ceil((last - first + 1) / (most + 4)), found = [];
    for (let power = first; power <= last; power += stride) found.push(10 ** power);
    return found;
  }
  const rough = (high - low) / most, unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 2.5, 5, 10].find(each => each * unit >= rough * 0.999), found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}

// The range of a value axis: the pane's own, stretched where values lie beyond it.
function range(series, log, low, high) {
  let top = high ?? -Infinity, bottom = Infinity;
  for (const values of series) for (const value of values) {
    if (Number.isFinite(value) && (!log || value > 0)) { top = Math.max(top, value); bottom = Math.min(bottom, value); }
  }
  if (!Number.isFinite(top)) return [log ? 1 : 0, log ? 10 : 1];
  if (log) {
    low = low || 10 ** Math.floor(Math.log10(bottom));
    return [low, Math.max(10 ** Math.ceil(Math.log10(top) - 1e-9), 10 * low)];
  }
  low = low ?? Math.min(0, bottom);
  if (top === high) return [low, high];
  const span = 1.12 * (top - low || 1), unit = 10 ** Math.floor(Math.log10(span));
  return [low, low + unit * [1, 1.2, 1.5, 2, 3, 4, 5, 6, 8, 10].find(each => each * unit >= span * 0.999)];
}

// ---- what each kind of pane shows ------------------------------------------------------------------

const column = (run, name) => {
  const n = MODEL.states.length, i = MODEL.states.indexOf(name);
  return run.times.map((_, k) => run.y[k * n + i]);
};
const spread = (low, high, log, count) => Float64Array.from({ length: count }, (_, k) =>
  log ? low * (high / low) ** (k / (count - 1)) : low + (high - low) * k / (count - 1));

const PANES = {
  TimeCourse(pane, run) {
    const x = run.times.map(t => t / pane.size);
    const curves = pane.curves.map(curve => ({ ...curve, x, y: column(run, curve.symbol) }));
    return {
      x: { low: 0, high: x[x.length - 1], label: `Time (${pane.word})` }, curves,
      y: { log: pane.log, low: pane.low, high: pane.high, label: pane.unit[0].toUpperCase() + pane.unit.slice(1) },
      read: k => `After ${time(run.times[k])}`,
    };
  },
  PhasePlane(pane, run) {
    const x = column(run, pane.x.symbol), y = column(run, pane.y.symbol), last = x.length - 1;
    const [left, right] = range([x], pane.log, null, null);
    return {
      x: { low: left, high: right, log: pane.log, label: pane.x.label, name: pane.x.label },
      y: { log: pane.log, label: pane.y.label }, curves: [{ ...pane.y, label: "", name: pane.y.label, x, y }],
      points: [{ x: x[0], y: y[0], ring: true, label: "start" }, { x: x[last], y: y[last], label: "end" }],
      read: k => `After ${time(run.times[k])}`,
    };
  },
  SteadyState(pane, run) {
    const x = spread(pane.low, pane.high, false, 201), p = Float64Array.from(run.p), out = new Float64Array(MODEL.closedForms.length);
    const i = MODEL.parameters.indexOf(pane.against), j = MODEL.closedForms.indexOf(pane.of);
    const y = x.map(value => { p[i] = value; MODEL.closed(p, out); return out[j]; });
    const edge = typeof pane.threshold === "string" ? run.v[pane.threshold] : pane.threshold;
    return {
      x: { low: pane.low, high: pane.high, label: pane.against_label }, y: { log: pane.log, low: 0, label: pane.label },
      curves: [{ role: pane.role, label: "", name: pane.label, x, y }], points: [{ x: run.p[i], y: run.v[pane.of] }],
      edge: edge > pane.low && edge < pane.high ? { x: edge, left: pane.left, right: pane.right } : null,
      read: k => `${pane.against_label} ${number(x[k])}`,
    };
  },
  DoseResponse(pane, run, ghost) {
    const here = run.place(pane.against), all = [...run.p, ...run.y0];
    const key = JSON.stringify(all.filter((_, k) => k !== here));
    if (!ghost && pane.key !== key && run.rested) {
      pane.key = key;
      pane.x = spread(pane.low, pane.high, pane.log_x, pane.points);
      pane.y = pane.x.map(() => NaN);
      pane.known = 0;
    }
    // Many runs make this curve: a slice of them for each frame, so that the page never stands still.
    for (const began = performance.now(); !ghost && pane.key === key && pane.known < pane.x.length && performance.now() - began < SLICE;) {
      const answer = run.again(pane.against, pane.x[pane.known]);
      pane.y[pane.known++] = answer.stopped ? NaN : answer.v[pane.of];
    }
    const { x, y } = pane;
    return {
      x: { low: pane.low, high: pane.high, log: pane.log_x, label: pane.against_label },
      y: { log: pane.log, low: pane.log ? null : 0, label: pane.label },
      stale: pane.key !== key, more: pane.key === key && pane.known < x.length,
      curves: [{ role: pane.role, label: "", name: pane.label, x, y }], points: [{ x: all[here], y: run.v[pane.of] }],
      read: k => `${pane.against_label} ${number(x[k])}`,
    };
  },
};

// ---- one pane --------------------------------------------------------------------------------------

const SIDES = [["above", -0.9, -13], ["below", -0.9, 14], ["over", 0, -12], ["under", -1, 13], ["right", 0, 0], ["left", -1, 0]];

function chart(pane, roles, parent) {
  const figure = make("figure", { class: "snx-pane" }, parent);
  const caption = make("figcaption", { class: "snx-title" }, figure, pane.title);
  const plot = make("div", { class: "snx-plot", tabindex: 0, role: "slider", "aria-label": `Read values: ${pane.title}`,
    "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0, "aria-valuetext": "Arrow keys read values" }, figure);
  const image = make("svg:svg", { "aria-hidden": "true" }, plot);
  const back = make("svg:g", {}, image), inside = make("svg:svg", {}, image), front = make("svg:g", {}, image);
  const shade = make("svg:rect", { class: "snx-shade" }, inside), ghosts = make("svg:g", { class: "snx-ghost" }, inside);
  const lines = make("svg:g", {}, inside), tip = make("div", { class: "snx-tip", hidden: "" }, plot);
  const margin = { left: 64, right: 14, top: 28, bottom: 42 };
  const kept = [], widths = {};
  let content = null, ghost = null, sx = null, sy = null, frame = "", cursor = null, box = [0, 0];

  function axes() {
    const [width, height] = box, x = content.x;
    const series = [...content.curves, ...(ghost ? ghost.curves : [])].map(curve => curve.y);
    const [low, high] = range(series, content.y.log, content.y.low, content.y.high);
    const key = JSON.stringify([width, height, x.low, x.high, low, high]), steps = ticks(low, high, content.y.log, 4);
    margin.left = Math.max(64, 14 + 7.2 * Math.max(...steps.map(value => number(value).length)));
    sx = scale(x.low, x.high, x.log, 0, width - margin.left - margin.right);
    sy = scale(low, high, content.y.log, height - margin.top - margin.bottom, 0);
    if (key === frame) return;
    frame = key;
    back.replaceChildren();
    const right = width - margin.right, bottom = height - margin.bottom;
    for (const value of steps) {
      const at = margin.top + sy.place(value);
      make("svg:line", { class: "snx-grid", x1: margin.left, x2: right, y1: at, y2: at }, back);
      make("svg:text", { class: "snx-tick", x: margin.left - 8, y: at + 4, "text-anchor": "end" }, back, number(value));
    }
    for (const value of ticks(x.low, x.high, x.log, width < 380 ? 4 : 5)) {
      const at = margin.left + sx.place(value);
      make("svg:line", { class: "snx-axis", x1: at, x2: at, y1: bottom, y2: bottom + 4 }, back);
      make("svg:text", { class: "snx-tick", x: at, y: bottom + 18, "text-anchor": "middle" }, back, number(value));
    }
    make("svg:line", { class: "snx-axis", x1: margin.left, x2: right, y1: bottom, y2: bottom }, back);
    make("svg:text", { class: "snx-name", x: (margin.left + right) / 2, y: height - 4, "text-anchor": "middle" }, back, x.label);
    make("svg:text", { class: "snx-name", x: 0, y: 13 }, back, content.y.label);
    for (const [name, value] of Object.entries({ x: margin.left, y: margin.top, width: right - margin.left, height: bottom - margin.top })) {
      inside.setAttribute(name, value);
    }
    plot.dataset.scale = JSON.stringify({ x: [x.low, x.high, !!x.log], y: [low, high, !!content.y.log], size: [right - margin.left, bottom - margin.top] });
  }

  const path = curve => {
    let d = "", pen = "M";
    for (let k = 0; k < curve.x.length; k++) {
      if (!Number.isFinite(curve.y[k])) { pen = "M"; continue; }
      d += pen + sx.place(curve.x[k]).toFixed(1) + " " + Math.max(-1e5, Math.min(1e5, sy.place(curve.y[k]))).toFixed(2);
      pen = "L";
    }
    return d;
  };
  const trace = (group, curves) => {
    while (group.children.length < curves.length) make("svg:path", { class: "snx-curve" }, group);
    curves.forEach((curve, k) => {
      const node = group.children[k], role = roles[curve.role];
      node.setAttribute("d", path(curve));
      if (node.dataset.role === curve.role) return;
      node.dataset.role = curve.role;
      node.dataset.symbol = curve.symbol || "";
      node.style.cssText = `--light: ${role.light}; --dark: ${role.dark}; stroke-dasharray: ${role.dash.join(" ") || "none"}`;
    });
    while (group.children.length > curves.length) group.lastChild.remove();
  };

  // Names stand beside their curves, where they cover least; they stay where they are unless that is worse.
  function names() {
    const named = content.curves.map((curve, c) => c).filter(c => content.curves[c].label);
    if (!named.length) return;
    const spots = content.curves.map(curve => Array.from(curve.x, (x, k) => [sx.place(x), sy.place(curve.y[k])]).filter((_, k) => k % 4 === 0));
    const texts = named.map(c => {
      const { role, label } = content.curves[c];
      return make("svg:text", { class: "snx-label", style: `--light: ${roles[role].light}; --dark: ${roles[role].dark}` }, front, label);
    });
    const wide = {};
    named.forEach((c, k) => { wide[c] = widths[texts[k].textContent] ||= texts[k].getComputedTextLength(); });
    const tries = [named, [...named].reverse()].map(order => settleNames(order, spots, wide));
    const best = tries[1].cost < tries[0].cost ? tries[1] : tries[0];
    named.forEach((c, k) => {
      kept[c] = best.places[c].key;
      if (kept[c] === undefined) return texts[k].remove();
      texts[k].setAttribute("x", margin.left + best.places[c].left);
      texts[k].setAttribute("y", margin.top + best.places[c].middle + 4.5);
    });
  }
  function settleNames(order, spots, widths) {
    const right = box[0] - margin.left - margin.right, bottom = box[1] - margin.top - margin.bottom, places = {};
    let total = 0;
    for (const c of order) {
      const seen = spots[c].filter(([, y]) => y >= 0 && y < bottom - 2), wide = widths[c];
      let best = { cost: 0 };
      for (const share of seen.length ? [0.96, 0.8, 0.65, 0.5, 0.3, 0.1] : []) for (const [side, dx, dy] of SIDES) {
        const [x, y] = seen[Math.round(share * (seen.length - 1))], key = side + share;
        const left = x + dx * wide + (dy ? 0 : dx ? -10 : 10), middle = y + dy;
        const reach = points => {
          let least = 99;
          for (const [px, py] of points) {
            const aside = Math.max(left - px, 0, px - left - wide), above = Math.max(Math.abs(py - middle) - 7, 0);
            if (aside < 99 && above < 99) least = Math.min(least, Math.hypot(aside, above));
          }
          return least;
        };
        const own = reach(spots[c]), other = Math.min(99, ...spots.filter((_, k) => k !== c).map(reach));
        const out = Math.max(0, -left) + Math.max(0, left + wide - right) + Math.max(0, 4 - middle) + Math.max(0, middle + 8 - bottom);
        const on = Object.values(places).some(spot => Math.abs(spot.middle - middle) < 18 && left < spot.left + spot.wide && spot.left < left + wide);
        const cost = (own < 2 ? 30 : own) + (other < 3 ? 60 : other < own ? 40 : 0) + 3 * out + (on ? 60 : 0) - 4 * share - (kept[c] === key ? 8 : 0);
        if (best.key === undefined || cost < best.cost) best = { cost, left, middle, wide, key };
      }
      places[c] = best;
      total += best.cost;
    }
    return { places, cost: total };
  }

  // Words in the middle between two places, on two lines where there is little room.
  function note(words, from, to) {
    const split = words.indexOf(" ", words.length / 3), narrow = to - from < 7.5 * words.length && split > 0;
    const lines = narrow ? [words.slice(0, split), words.slice(split + 1)] : [words];
    lines.forEach((line, k) => make("svg:text", { class: "snx-note", x: (from + to) / 2, y: margin.top + 14 + 15 * k, "text-anchor": "middle" }, front, line));
  }

  function marks() {
    front.replaceChildren();
    const bottom = box[1] - margin.bottom, edge = content.edge;
    shade.setAttribute("width", edge ? Math.max(0, sx.place(edge.x)) : 0);
    shade.setAttribute("height", edge ? bottom - margin.top : 0);
    if (edge) {
      const at = margin.left + sx.place(edge.x), right = box[0] - margin.right;
      make("svg:line", { class: "snx-edge", x1: at, x2: at, y1: margin.top, y2: bottom }, front);
      note(edge.left, margin.left, at);
      note(edge.right, at, right);
      const turned = at > margin.left + 0.7 * (right - margin.left);
      make("svg:text", { class: "snx-note", x: at + (turned ? -6 : 6), y: margin.top + 46, "text-anchor": turned ? "end" : "start" }, front, `threshold ${number(edge.x)}`);
    }
    names();
    const dot = (point, kind) => {
      const x = margin.left + sx.place(point.x), y = margin.top + sy.place(point.y);
      if (!Number.isFinite(x + y)) return;
      make("svg:circle", { class: kind, cx: x, cy: y, r: 6.5 }, front);
      if (point.label) make("svg:text", { class: "snx-note", x: x + 10, y: point.ring ? y - 8 : y + 18 }, front, point.label);
    };
    if (ghost) for (const point of ghost.points || []) if (!point.label) dot(point, "snx-dot snx-before");
    for (const point of content.points || []) dot(point, point.ring ? "snx-dot snx-ring" : "snx-dot");
    if (cursor !== null) crosshair();
  }

  function crosshair() {
    const lead = content.curves[0], x = margin.left + sx.place(lead.x[cursor]);
    make("svg:line", { class: "snx-cursor", x1: x, x2: x, y1: margin.top, y2: box[1] - margin.bottom }, front);
    const parts = content.curves.map(curve => `${curve.label || curve.name} ${number(curve.y[cursor])}`);
    if (content.x.name) parts.unshift(`${content.x.name} ${number(lead.x[cursor])}`);
    for (const curve of content.curves) {
      const y = margin.top + sy.place(curve.y[cursor]);
      if (y <= box[1] - margin.bottom) make("svg:circle", { class: "snx-read", cx: x, cy: y, r: 4 }, front);
    }
    tip.replaceChildren(make("strong", {}, null, content.read(cursor)), ...parts.map(text => make("div", {}, null, text)));
    tip.hidden = false;
    tip.style.cssText = x > box[0] / 2 ? `right: ${box[0] - x + 10}px` : `left: ${x + 10}px`;
    plot.setAttribute("aria-valuenow", Math.round(100 * cursor / (lead.x.length - 1)));
    plot.setAttribute("aria-valuetext", `${content.read(cursor)}: ${parts.join(", ")}`);
  }

  function read(k) {
    const last = content.curves[0].x.length - 1;
    cursor = k === null ? null : Math.max(0, Math.min(last, k));
    if (cursor === null) tip.hidden = true;
    marks();
  }
  const point = event => {
    const lead = content.curves[0], bounds = plot.getBoundingClientRect();
    const x = event.clientX - bounds.left - margin.left, y = event.clientY - bounds.top - margin.top;
    let best = 0, least = Infinity;
    for (let k = 0; k < lead.x.length; k++) {
      const far = Math.hypot(sx.place(lead.x[k]) - x, content.x.name ? sy.place(lead.y[k]) - y : 0);
      if (far < least) { least = far; best = k; }
    }
    read(best);
  };
  plot.addEventListener("pointermove", point);
  plot.addEventListener("pointerdown", point);
  plot.addEventListener("pointerleave", () => read(null));
  plot.addEventListener("blur", () => read(null));
  plot.addEventListener("keydown", event => {
    const last = content.curves[0].x.length - 1, hop = Math.max(1, Math.round(last / (event.shiftKey ? 10 : 50)));
    const to = { ArrowRight: (cursor ?? -hop) + hop, ArrowUp: (cursor ?? -hop) + hop, ArrowLeft: (cursor ?? hop) - hop,
      ArrowDown: (cursor ?? hop) - hop, PageUp: (cursor ?? 0) + 5 * hop, PageDown: (cursor ?? 0) - 5 * hop,
      Home: 0, End: last, Escape: null }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    read(to);
  });

  return {
    figure,
    resize(width, height) {
      box = [width, height];
      image.setAttribute("width", width);
      image.setAttribute("height", height);
      if (content) this.draw(content, ghost);
    },
    draw(now, before) {
      content = now; ghost = before;
      if (!box[0]) return;
      axes();
      trace(ghosts, ghost ? ghost.curves : []);
      trace(lines, content.curves);
      figure.classList.toggle("snx-stale", !!content.stale);
      caption.dataset.before = ghost ? "faint: the run before" : "";
      marks();
    },
  };
}

// ---- the run behind the picture --------------------------------------------------------------------

const ORDER = [...MODEL.parameters, ...MODEL.states];

function runs(view) {
  const times = spread(0, view.until, false, view.points), base = { ...view.parameters, ...view.initial };
  return function run(values) {
    const all = { ...base, ...values };
    const p = MODEL.parameters.map(name => all[name]), y0 = MODEL.states.map(name => all[name]);
    const { y, stopped, reached, steps } = solve(MODEL, p, y0, times);
    const v = summary(MODEL, p, times, y);
    const words = stopped ? `This run was stopped after ${time(reached)}: from there it needs more steps than a page can take. ` +
      "Move a control back a little." : sentence(v);
    return { values, times, p, y0, y, v, stopped, steps, words, place: name => ORDER.indexOf(name),
      again: (name, value) => run({ ...values, [name]: value }) };
  };
}

// ---- the widget ------------------------------------------------------------------------------------

async function render({ model, el }) {
  const view = model.get("view"), ids = model.get("controls"), run = runs(view);
  const fetch = list => Promise.all(list.map(id => model.widget_manager.get_model(id)));
  const sliders = await fetch(ids.sliders), toggles = await fetch(ids.toggles);
  const values = { ...view.start, ...model.get("values") };
  view.sliders.forEach((slider, k) => { values[slider.symbol] = sliders[k].get("value"); });

  const panes = make("div", { class: "snx-panes" }, el);
  const charts = view.panes.map(pane => chart(pane, view.roles, panes));
  const said = make("p", { class: "snx-said", "aria-hidden": "true" }, el);
  const aloud = make("p", { class: "snx-aloud", role: "status", "aria-live": "polite" }, el);
  const moves = new Set(); // controls that the picture itself has moved since Python last heard
  let now = null, rested = null, before = null, queued = 0, timer = 0, own = false, gliding = 0, root = null, moved = false, filling = 0, resting = false;

  function frame() {
    cancelAnimationFrame(queued);
    queued = 0;
    now = run({ ...values });
    now.rested = !moved;
    paint();
    follow();
    dress();
    el.dataset.frames = Number(el.dataset.frames || 0) + 1;
  }
  function paint() {
    const content = (pane, each, ghost) => each && PANES[pane.kind](pane, each, ghost);
    const contents = view.panes.map(pane => content(pane, now, false));
    charts.forEach((each, k) => each.draw(contents[k], content(view.panes[k], before, true)));
    if (said.textContent !== now.words) said.textContent = now.words;
    cancelAnimationFrame(filling);
    filling = contents.some(each => each.more) ? requestAnimationFrame(paint) : 0;
    if (!filling && resting) { resting = false; delete el.dataset.moving; el.dataset.rests = Number(el.dataset.rests || 0) + 1; }
  }
  function touch() {
    if (!moved) { moved = true; resting = false; before = rested; el.dataset.moving = "yes"; }
    if (!queued) queued = requestAnimationFrame(frame);
    clearTimeout(timer);
    timer = setTimeout(settle, REST);
  }
  // A control has come to rest: the sentence is spoken once, and Python hears of it.
  function settle() {
    if (gliding) { timer = setTimeout(settle, REST); return; }
    moved = false;
    frame();
    if (rested && JSON.stringify(rested.values) === JSON.stringify(now.values)) before = null;
    rested = now;
    aloud.textContent = now.words;
    model.set("values", now.values);
    model.set("summary", Object.fromEntries(Object.entries(now.v).map(([name, value]) => [name, Number.isFinite(value) ? value : null])));
    model.set("sentence", now.words);
    model.save_changes();
    moves.forEach(each => each.save_changes());
    moves.clear();
    resting = true; // until every curve is there
    paint();
  }
  function put(name, value) {
    values[name] = value;
    const k = view.sliders.findIndex(slider => slider.symbol === name);
    own = true;
    if (k >= 0) { sliders[k].set("value", value); moves.add(sliders[k]); }
    own = false;
  }
  // Moves the controls to `targets`, through the values between so that the eye can follow.
  function glide(targets) {
    cancelAnimationFrame(gliding);
    const from = { ...values }, began = performance.now();
    const far = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : GLIDE;
    const step = at => {
      const share = far ? Math.min(1, Math.max(0, at - began) / far) : 1, eased = share * share * (3 - 2 * share);
      for (const [name, to] of Object.entries(targets)) {
        const log = view.sliders.some(slider => slider.symbol === name && slider.log);
        put(name, share === 1 ? to : log ? from[name] * (to / from[name]) ** eased : from[name] + (to - from[name]) * eased);
      }
      gliding = share < 1 ? requestAnimationFrame(step) : 0;
      touch();
    };
    step(began);
  }
  const matches = option => option.when ? option.when(now.v) : Object.entries(option.values).every(([name, value]) => values[name] === value);
  // A toggle shows the option that holds, also when a slider has brought it about.
  function follow() {
    if (gliding) return;
    own = true;
    toggles.forEach((each, k) => {
      const holds = OPTIONS[k].findIndex(matches), index = holds < 0 ? null : holds;
      if (each.get("index") !== index) { each.set("index", index); moves.add(each); }
    });
    own = false;
  }
  // Python repeats what it is told. Of a control that the picture has moved since, that is the value before.
  const echoed = each => !own && each._state_lock && moves.has(each);

  // ---- what ipywidgets' controls lack: names, units, pressed states, and keys that stay with them
  const set = (node, name, value) => { if (node && node.getAttribute(name) !== value) node.setAttribute(name, value); };
  function dress() {
    if (!root && !(root = el.closest(".snx"))) return;
    root.querySelectorAll(".snx-sliders > *").forEach((node, k) => {
      const slider = view.sliders[k], handle = node.querySelector(".noUi-handle"), bar = node.querySelector(".noUi-target");
      if (bar && bar.noUiSlider && !bar.dataset.heard) {
        bar.dataset.heard = "yes";
        bar.noUiSlider.on("slide.snx", (_, __, raw) => moveTo(slider.symbol, slider.log ? 10 ** raw[0] : raw[0]));
      }
      const value = `${number(values[slider.symbol])} ${slider.unit}`.trim();
      set(handle, "aria-label", slider.unit ? `${slider.label}, ${slider.unit}` : slider.label);
      set(handle, "aria-valuetext", value);
      const shown = node.querySelector(".snx-value") || make("span", { class: "snx-value", "aria-hidden": "true" }, node);
      if (shown.textContent !== value) shown.textContent = value;
    });
    root.querySelectorAll(".snx-top > .widget-toggle-buttons").forEach((node, k) => {
      set(node, "role", "group");
      set(node, "aria-label", view.toggles[k]);
      node.querySelectorAll("button").forEach((button, i) => set(button, "aria-pressed", String(toggles[k].get("index") === i)));
    });
  }
  function click(event) {
    const button = event.target.closest(".snx-preset, .snx-reset");
    if (!button) return;
    const reset = button.classList.contains("snx-reset");
    glide(reset ? view.start : view.presets[button.textContent.trim()]);
    if (reset) { before = rested = null; }
  }
  const keys = event => {
    if (!(event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape" || (event.shiftKey && event.key === "Enter"))) event.stopPropagation();
  };

  // The hand on a slider is heard before ipywidgets tells anyone; a value from Python comes through the model.
  function moveTo(name, value) {
    if (own || Math.abs(value - values[name]) <= 1e-9 * Math.abs(value)) return;
    cancelAnimationFrame(gliding);
    gliding = 0;
    values[name] = value;
    touch();
  }
  const hear = [];
  const on = (each, name, react) => { each.on(name, react); hear.push(() => each.off(name, react)); };
  sliders.forEach((each, k) => on(each, "change:value", () => {
    const { symbol } = view.sliders[k];
    if (echoed(each)) put(symbol, values[symbol]);
    else moveTo(symbol, each.get("value"));
  }));
  toggles.forEach((each, k) => on(each, "change:index", () => {
    const option = OPTIONS[k][each.get("index")];
    if (echoed(each)) follow();
    else if (!own && option) glide(option.values);
  }));
  on(model, "change:values", () => {
    const told = model.get("values");
    if (JSON.stringify(told) === JSON.stringify(values)) return;
    Object.assign(values, told);
    touch();
  });

  const fit = () => {
    const width = panes.clientWidth, wide = width >= 620 && charts.length > 1;
    panes.classList.toggle("snx-wide", wide);
    if (width) for (const each of charts) each.resize(Math.floor(wide ? (width - 24) / 2 : width), wide || width > 480 ? 290 : 250);
  };
  const watch = new ResizeObserver(fit);
  watch.observe(panes);
  fit();
  frame();
  rested = now;
  aloud.textContent = now.words;
  const wait = setInterval(() => {
    dress();
    if (!root) return;
    clearInterval(wait);
    root.addEventListener("click", click);
    root.addEventListener("keydown", keys);
    new MutationObserver(dress).observe(root, { childList: true, subtree: true });
  }, 50);
  return () => {
    clearInterval(wait);
    clearTimeout(timer);
    cancelAnimationFrame(queued);
    cancelAnimationFrame(filling);
    watch.disconnect();
    hear.forEach(stop => stop());
  };
}
