// The living tissue on a page: the rules of rules.js run here, are drawn pixel by pixel, counted and said.
const REST = 350, CHART = 120, ALOUD = 10_000, BUDGET = 9; // milliseconds: at rest, between charts, between words, of rules in a frame
const SAMPLE = 30, EDGE = 3; // minutes between points of a chart; sites around the tissue, so that no shape needs clipping

// ---- words -------------------------------------------------------------------------------------------

const count = number => number.toLocaleString("en");

function percent(cells, all) {
  if (cells === all) return "All";
  const share = 100 * cells / all;
  return share > 99 ? "More than 99 %" : share < 1 ? cells ? "Less than 1 %" : "None" : `${Math.round(share)} %`;
}

const two = number => String(Math.floor(number)).padStart(2, "0");
const day = minute => (minute / DAY).toFixed(1);

function infection(w) {
  const { p, minute, cleared } = w, infected = w.tally[INFECTED];
  if (!p.infection) return "There is no infection.";
  if (minute <= p.infection_day * DAY) return `The infection begins on day ${p.infection_day}.`;
  if (infected) return infected === 1 ? "1 cell is infected." : `${count(infected)} cells are infected.`;
  return `The infection was cleared on day ${day(cleared)}.`;
}

function active({ attacking, defending }) {
  const cells = (number, does, do_) => number === 1 ? `1 T cell ${does}` : `${count(number)} T cells ${do_}`;
  if (!attacking) return defending ? `${cells(defending, "answers", "answer")} the infection, and none attacks the tissue.` : "No T cell is active.";
  const answer = defending ? `, and ${cells(defending, "answers", "answer")} the infection` : "";
  return `${cells(attacking, "attacks", "attack")} the tissue${answer}.`;
}

function sentence(w) {
  const c = counts(w), all = w.p.width * w.p.height, now = percent(c.healthy, all), least = percent(w.lowest, all);
  return `Day ${day(w.minute)}. ${now} of the tissue is healthy${least === now ? "" : ` (at the lowest: ${least.toLowerCase()})`}. ` +
    `${infection(w)} ${active(c)}` +
    (w.full ? ` This cartoon holds at most ${count(w.p.cap)} T cells, so not every division was followed.` : "");
}

// ---- shapes: one path for the canvas and for the legend, in sites --------------------------------------

const circle = r => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const tile = "M-.3 -.46h.6a.16 .16 0 0 1 .16 .16v.6a.16 .16 0 0 1 -.16 .16h-.6a.16 .16 0 0 1 -.16 -.16v-.6a.16 .16 0 0 1 .16 -.16z";
const star = Array.from({ length: 12 }, (_, k) => {
  const r = k % 2 ? 0.75 : 2, a = Math.PI * k / 6;
  return `${k ? "L" : "M"}${(r * Math.sin(a)).toFixed(2)} ${(-r * Math.cos(a)).toFixed(2)}`;
}).join("") + "z";
const MARKS = {
  healthy: { d: tile, fill: "green", words: "healthy tissue cells", big: 12 },
  infected: { d: tile, fill: "trigger", dot: "paper", words: "infected cells", big: 12 },
  lost: { d: circle(0.14), fill: "quiet", words: "lost cells", big: 12 },
  presenting: { d: star, fill: "paper", line: "signal", words: "antigen-presenting cells" },
  alert: { d: star, fill: "signal", halo: true, words: "of them mature" },
  resting: { d: circle(0.5), fill: "paper", line: "quiet", words: "T cells at rest" },
  defending: { d: circle(0.8), fill: "paper", line: "attack", thick: 0.5, words: "T cells against the infection" },
  attacking: { d: "M0 -1.3L1.2 .9H-1.2z", fill: "attack", halo: true, words: "T cells against the tissue" },
  regulatory: { d: "M0 -1.15L1.15 0 0 1.15 -1.15 0z", fill: "regulation", halo: true, words: "regulatory T cells" },
};

function icon(mark, parent) {
  const image = make("svg:svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true" }, parent), scale = mark.big || 4.4;
  const look = `fill: var(--${mark.fill}); stroke: ${mark.line ? `var(--${mark.line})` : "none"}; stroke-width: ${mark.thick || 0.3}`;
  make("svg:path", { d: mark.d, transform: `scale(${scale})`, style: look }, image);
  if (mark.dot) make("svg:circle", { r: 0.16, transform: `scale(${scale})`, style: `fill: var(--${mark.dot})` }, image);
}

// ---- stamps: shapes as pixels ------------------------------------------------------------------------

function colour(text) {
  const brush = new OffscreenCanvas(1, 1).getContext("2d");
  brush.fillStyle = text;
  brush.fillRect(0, 0, 1, 1);
  return brush.getImageData(0, 0, 1, 1).data;
}

const mix = (one, other, share) => `color-mix(in srgb, ${one} ${100 * share}%, ${other})`;

// A shape drawn once by the browser: for each of its pixels the place from its middle, the colour and the cover.
function stamp(mark, ink, s, across) {
  const wide = 2 * Math.ceil(2.4 * s) + 1, middle = (wide - 1) / 2;
  const brush = new OffscreenCanvas(wide, wide).getContext("2d", { willReadFrequently: true }), path = new Path2D(mark.d);
  brush.translate(middle + 0.5, middle + 0.5);
  brush.scale(s, s);
  brush.lineJoin = "round";
  const line = (style, width) => { brush.strokeStyle = style; brush.lineWidth = width; brush.stroke(path); };
  if (mark.halo) line(ink.paper, 0.5);
  brush.fillStyle = ink[mark.fill];
  brush.fill(path);
  if (mark.line) line(ink[mark.line], Math.max(mark.thick || 0.3, 1.1 / s));
  const seen = new Uint32Array(brush.getImageData(0, 0, wide, wide).data.buffer), places = [], colours = [];
  seen.forEach((value, k) => {
    if (value >>> 24 < 8) return;
    places.push((Math.floor(k / wide) - middle) * across + k % wide - middle);
    colours.push(value);
  });
  return { places: Int32Array.from(places), colours: Uint32Array.from(colours) };
}

function press(pixels, { places, colours }, middle) {
  for (let k = 0; k < places.length; k++) {
    const at = middle + places[k], over = colours[k], a = over >>> 24;
    if (a > 250) { pixels[at] = over; continue; }
    const under = pixels[at], red = under & 255, green = under >> 8 & 255, blue = under >> 16 & 255;
    pixels[at] = 0xff000000 | red + ((over & 255) - red) * a / 255 | (green + ((over >> 8 & 255) - green) * a / 255) << 8 |
      (blue + ((over >> 16 & 255) - blue) * a / 255) << 16;
  }
}

// A tissue cell as `s` by `s` pixels, in a few shades so that neighbours can be told apart.
function tiles(ink, s) {
  const brush = new OffscreenCanvas(s, s).getContext("2d", { willReadFrequently: true }), path = new Path2D(tile);
  const draw = (fill, shape, dot) => {
    brush.resetTransform();
    brush.fillStyle = ink.paper;
    brush.fillRect(0, 0, s, s);
    brush.setTransform(s, 0, 0, s, s / 2, s / 2);
    brush.fillStyle = fill;
    brush.fill(shape);
    if (dot) { brush.fillStyle = dot; brush.fill(new Path2D(circle(0.17))); }
    return new Uint32Array(brush.getImageData(0, 0, s, s).data.buffer);
  };
  const green = [0.36, 0.42, 0.48, 0.54].map(share => draw(mix(ink.tissue, ink.paper, share), path));
  const infected = draw(ink.trigger, path, ink.paper), lost = draw(mix(ink.quiet, ink.paper, 0.55), new Path2D(circle(0.17)));
  return [green, [infected, infected, infected, infected], [lost, lost, lost, lost]];
}

// ---- the canvas --------------------------------------------------------------------------------------

function stage(canvas, inks) {
  const brush = canvas.getContext("2d", { alpha: false });
  let w = null, s = 0, across = 0, ground = null, image = null, pixels = null, tile = null, stamps = null;
  const seen = new WeakMap();

  function paint(k) {
    const x = k % w.across - RIM, y = Math.floor(k / w.across) - RIM, from = tile[w.state[k]][Math.imul(k, 2654435761) >>> 30];
    for (let row = 0; row < s; row++) {
      ground.set(from.subarray(row * s, row * s + s), ((y + EDGE) * s + row) * across + (x + EDGE) * s);
    }
  }
  function paintAll() {
    ground.fill(new Uint32Array(colour(inks().paper).buffer)[0]);
    for (let k = 0; k < w.size; k++) if (w.state[k] !== OUTSIDE) paint(k);
    w.changed.length = 0;
  }
  // Cells glide to where the rules put them; one that is too far away is another cell, and is there at once.
  function walkers(c, ease, far, mark) {
    if (!seen.has(c)) seen.set(c, { x: new Float32Array(c.most), y: new Float32Array(c.most), n: 0 });
    const was = seen.get(c);
    for (let i = 0; i < c.n; i++) {
      const dx = c.at[i] % w.across - was.x[i], dy = Math.floor(c.at[i] / w.across) - was.y[i];
      const share = i >= was.n || Math.abs(dx) > far || Math.abs(dy) > far ? 1 : ease;
      was.x[i] += dx * share;
      was.y[i] += dy * share;
    }
    was.n = c.n;
    for (const [name, chosen] of mark) for (let i = 0; i < c.n; i++) if (chosen(i)) {
      const x = Math.round((was.x[i] - RIM + EDGE + 0.5) * s), y = Math.round((was.y[i] - RIM + EDGE + 0.5) * s);
      press(pixels, stamps[name], y * across + x);
    }
  }
  return {
    restyle() {
      if (!s) return;
      const ink = inks();
      tile = tiles(ink, s);
      stamps = Object.fromEntries(Object.entries(MARKS).map(([name, mark]) => [name, stamp(mark, ink, s, across)]));
      paintAll();
    },
    fit(width, world) {
      const size = Math.max(3, Math.min(8, Math.ceil(width * (window.devicePixelRatio || 1) / world.p.width - 0.1)));
      w = world;
      if (size === s) return paintAll();
      s = size;
      canvas.width = w.p.width * s;
      canvas.height = w.p.height * s;
      across = (w.p.width + 2 * EDGE) * s;
      image = new ImageData(across, (w.p.height + 2 * EDGE) * s);
      pixels = new Uint32Array(image.data.buffer);
      ground = new Uint32Array(pixels.length);
      this.restyle();
    },
    draw(ease, far) {
      for (const k of w.changed) paint(k);
      w.changed.length = 0;
      pixels.set(ground);
      const { kind, fits } = w.t, end = w.dc.end, acts = i => kind[i] % MEMORY !== NAIVE;
      walkers(w.dc, ease, far, [["presenting", i => !end[i]], ["alert", i => end[i]]]);
      walkers(w.t, ease, far, [["resting", i => !acts(i)], ["defending", i => acts(i) && !(fits[i] & SELF)]]);
      walkers(w.treg, ease, far, [["regulatory", () => true]]);
      walkers(w.t, 0, Infinity, [["attacking", i => acts(i) && fits[i] & SELF]]);
      brush.putImageData(image, -EDGE * s, -EDGE * s);
    },
  };
}

// ---- a chart of the run ------------------------------------------------------------------------------

function graph(parent, title, curves, days, high) {
  const figure = make("figure", { class: "snx-pane" }, parent), caption = make("figcaption", { class: "snx-title" }, figure, title);
  const image = make("svg:svg", { "aria-hidden": "true" }, figure), left = 44, top = 10, tall = 128;
  return (history, previous) => {
    const wide = figure.clientWidth - left - 12, last = history[history.length - 1];
    const peak = Math.max(...history.map(row => Math.max(...curves.map(curve => row[curve.symbol]))));
    const most = high || [200, 500, 1000, 2000].find(each => each >= peak) || 3000;
    const x = row => left + wide * row.day / days, y = value => top + tall * (1 - value / most);
    const text = (at, words) => make("svg:text", { class: "snx-tick", ...at }, image, words);
    const line = (rows, curve, parent = image) => make("svg:path", { class: "snx-curve", style: curve.style,
      d: "M" + rows.map(row => `${x(row).toFixed(1)} ${y(row[curve.symbol]).toFixed(1)}`).join("L") }, parent);
    image.setAttribute("width", figure.clientWidth);
    image.setAttribute("height", tall + 34);
    image.replaceChildren();
    for (const value of [0, most / 2, most]) {
      make("svg:line", { class: value ? "snx-grid" : "snx-axis", x1: left, x2: left + wide, y1: y(value), y2: y(value) }, image);
      text({ x: left - 6, y: y(value) + 4, "text-anchor": "end" }, count(value) + (high ? " %" : ""));
    }
    for (let day = 0; day <= days; day += 5) {
      text({ x: x({ day }), y: tall + 27, "text-anchor": day === days ? "end" : "middle" }, day === days ? `day ${day}` : `${day}`);
    }
    if (high && previous.length) line(previous, curves[0], make("svg:g", { class: "snx-ghost" }, image));
    caption.dataset.before = high && previous.length ? "faint: before" : "";
    for (const curve of curves) if (high || history.some(row => row[curve.symbol])) line(history, curve);
    // Names stand at the ends of their curves, at least a line apart.
    let floor = 999;
    for (const curve of curves.filter(each => each.label && last[each.symbol]).sort((a, b) => last[a.symbol] - last[b.symbol])) {
      const label = make("svg:text", { class: "snx-label", style: curve.style }, image, curve.label);
      label.setAttribute("x", Math.min(x(last) + 5, left + wide - label.getComputedTextLength()));
      label.setAttribute("y", floor = Math.min(y(last[curve.symbol]) - 5, floor - 15));
    }
  };
}

// ---- the widget --------------------------------------------------------------------------------------

async function render({ model, el }) {
  const view = model.get("view"), ids = model.get("controls"), fetch = id => model.widget_manager.get_model(id);
  const [play, speed, seed, ...toggles] = await Promise.all([ids.play, ids.speed, ids.seed, ...ids.toggles].map(fetch));
  const { roles } = view, calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  el.classList.add("snx-living");

  const box = make("div", { class: "snx-tissue" }, el), left = make("div", {}, box), side = make("div", { class: "snx-side" }, box);
  const head = make("p", { class: "snx-head" }, left), clock = make("strong", {}, head);
  make("span", {}, head, view.label);
  const canvas = make("canvas", { role: "img", "aria-label": view.label }, left);
  const key = make("ul", { class: "snx-key" }, el), numbers = {};
  for (const [name, mark] of Object.entries(MARKS)) {
    const row = make("li", {}, key);
    icon(mark, row);
    numbers[name] = make("strong", {}, row);
    make("span", {}, row, mark.words);
  }
  const said = make("p", { class: "snx-said", "aria-hidden": "true" }, el);
  const aloud = make("p", { class: "snx-aloud", role: "status", "aria-live": "polite" }, el);

  const curve = (symbol, label, { light, dark }, dash = "none") =>
    ({ symbol, label, style: `--light: ${light}; --dark: ${dark}; stroke-dasharray: ${dash}` });
  const charts = [
    graph(side, "Healthy tissue", [curve("share", "", roles.tissue)], view.days, 100),
    graph(side, "T cells", [curve("attacking", "against the tissue", roles.attack), curve("defending", "against the infection", roles.attack, "2 3"),
      curve("regulatory", "regulatory", roles.regulation, "8 4")], view.days)];
  const dark = () => document.body.dataset.jpThemeLight === "false";
  const inks = () => {
    const style = getComputedStyle(el), page = name => style.getPropertyValue(`--snx-${name}`).trim();
    const ink = { paper: page("paper") || (dark() ? "#111" : "#fff"), quiet: page("quiet") || "#5a5a5a" };
    for (const [name, role] of Object.entries(roles)) ink[name] = dark() ? role.dark : role.light;
    ink.green = mix(ink.tissue, ink.paper, 0.5);
    for (const [name, value] of Object.entries(ink)) key.style.setProperty(`--${name}`, value);
    return ink;
  };

  let w = null, history = [], previous = [], playing = !calm, owed = 0, last = 0, charted = 0, spoken = 0, queued = 0, timer = 0;
  let visible = true, root = null;
  const painter = stage(canvas, inks), over = () => w.minute >= view.days * DAY;

  // ---- a run
  function begin() {
    const chosen = toggles.map((each, k) => view.toggles[k].options[each.get("index")]);
    if (w && w.minute > DAY) previous = history;
    w = tissue(Object.assign({}, view.numbers, ...chosen), seed.get("value"));
    history = [];
    owed = 0;
    note();
    painter.fit(left.clientWidth, w);
    painter.draw(1, 0);
    touch();
  }
  function note() {
    const c = counts(w);
    history.push({ ...c, share: 100 * c.healthy / (w.p.width * w.p.height) });
  }
  function pass() {
    step(w);
    if (w.minute % SAMPLE === 0) note();
  }
  function frame(now) {
    queued = 0;
    const gone = Math.min(100, now - last), began = performance.now(), first = w.minute;
    last = now;
    owed = Math.min(owed + gone / 1000 * view.speeds[speed.get("index")], 150);
    for (; owed >= 1 && !over() && performance.now() - began < BUDGET; owed--) pass();
    painter.draw(0.22, 4 + w.minute - first);
    if (now - charted > CHART) show(now);
    el.dataset.frames = Number(el.dataset.frames || 0) + 1;
    if (over()) setPlaying(false);
    else go();
  }
  function go() {
    if (!playing || !visible || queued) return;
    queued = requestAnimationFrame(now => { if (now - last > 250) last = now; frame(now); });
  }
  function show(now) {
    const c = counts(w);
    charted = now;
    clock.textContent = `Day ${Math.floor(w.minute / DAY)}, ${two(w.minute % DAY / HOUR)}:${two(w.minute % HOUR)}`;
    el.dataset.minute = w.minute;
    for (const [name, node] of Object.entries(numbers)) node.textContent = count(c[name]);
    for (const draw of charts) draw(history, previous);
    const words = sentence(w);
    if (said.textContent !== words) said.textContent = words;
    if (playing && now - spoken > ALOUD) { spoken = now; aloud.textContent = words; }
  }
  // ---- rest: shown as it is, spoken, and told to Python
  function touch() {
    show(performance.now());
    clearTimeout(timer);
    if (!playing) timer = setTimeout(settle, REST);
  }
  function settle() {
    painter.draw(1, 0);
    const words = sentence(w);
    aloud.textContent = words;
    canvas.setAttribute("aria-label", `Living tissue. ${words}`);
    model.set("counts", { ...counts(w), lowest: w.lowest, cleared: w.cleared / DAY });
    model.set("sentence", words);
    model.save_changes();
    el.dataset.rests = Number(el.dataset.rests || 0) + 1;
  }
  function setPlaying(now) {
    if (now && over()) begin();
    playing = now;
    cancelAnimationFrame(queued);
    queued = 0;
    spoken = performance.now();
    play.set("description", playing ? "Pause" : "Play");
    el.dataset.playing = playing;
    touch();
    go();
  }
  function restart() {
    const ended = over();
    begin();
    setPlaying(playing || (ended && !calm));
  }
  const acts = {
    "snx-play": () => setPlaying(!playing),
    "snx-step": () => { if (playing) setPlaying(false); if (!over()) pass(); painter.draw(1, 0); touch(); },
    "snx-restart": restart,
  };

  // ---- what ipywidgets' buttons lack: names and pressed states
  const set = (node, name, value) => { if (node && node.getAttribute(name) !== value) node.setAttribute(name, value); };
  function dress() {
    if (!root && !(root = el.closest(".snx"))) return;
    root.querySelectorAll(".widget-toggle-buttons").forEach((node, k) => {
      set(node, "role", "group");
      set(node, "aria-label", view.toggles[k].label);
      node.querySelectorAll("button").forEach((each, i) => set(each, "aria-pressed", String(toggles[k].get("index") === i)));
    });
  }
  const click = event => {
    const button = event.target.closest("button"), act = button && Object.keys(acts).find(name => button.classList.contains(name));
    if (act) acts[act]();
  };
  const hear = [], on = (each, name, react) => { each.on(name, react); hear.push(() => each.off(name, react)); };
  for (const each of toggles) on(each, "change:index", () => { dress(); restart(); });
  on(seed, "change:value", restart);
  const fit = new ResizeObserver(() => { if (left.clientWidth) { painter.fit(left.clientWidth, w); painter.draw(1, 0); show(performance.now()); } });
  const look = new IntersectionObserver(([entry]) => { visible = entry.isIntersecting; go(); });
  const theme = new MutationObserver(() => { painter.restyle(); painter.draw(1, 0); });

  begin();
  setPlaying(playing);
  fit.observe(left);
  look.observe(canvas);
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  const wait = setInterval(() => {
    dress();
    if (!root) return;
    clearInterval(wait);
    hear.push(keepKeys(root));
    root.addEventListener("click", click);
    new MutationObserver(dress).observe(root, { childList: true, subtree: true });
  }, 50);
  return () => {
    playing = false;
    clearInterval(wait);
    clearTimeout(timer);
    cancelAnimationFrame(queued);
    for (const each of [fit, look, theme]) each.disconnect();
    if (root) root.removeEventListener("click", click);
    hear.forEach(stop => stop());
  };
}

export default { render };
