// 1,000 people and a test: counted, said and drawn here while a slider moves. people.py states the rounding.
const PEOPLE = 1000, REST = 350;

const whole = (people, percent) => Math.floor(people * percent / 100 + 0.5 + 1e-9);

function tree({ prevalence, sensitivity, specificity }) {
  const ill = whole(PEOPLE, prevalence), well = PEOPLE - ill;
  const true_positive = whole(ill, sensitivity), false_positive = whole(well, 100 - specificity);
  const withIt = prevalence * sensitivity, all = withIt + (100 - prevalence) * (100 - specificity);
  return { ill, well, true_positive, false_positive, false_negative: ill - true_positive, true_negative: well - false_positive,
    positive: true_positive + false_positive, predictive_value: all ? withIt / all : NaN };
}

// ---- words -----------------------------------------------------------------------------------------

const count = people => people.toLocaleString("en");
const have = people => people > 1 ? `${count(people)} have` : people ? "1 has" : "nobody has";
const group = (people, which) => `${people ? count(people) : "nobody"} ${which}`;

function in100(share) {
  if (share === 0 || share === 1) return share ? "all of them" : "none of them";
  if (share < 0.01) return "fewer than 1 in 100";
  return share > 0.99 ? "more than 99 in 100" : `about ${Math.floor(100 * share + 0.5)} in 100`;
}

function positives(now, found) {
  if (now.positive === 1) return `That person ${now.true_positive ? "has" : "does not have"} it.`;
  if (now.true_positive === 0) return `None of the ${count(now.positive)} who test positive has it.`;
  if (now.true_positive === now.positive) return `All of the ${count(now.positive)} who test positive have it.`;
  return `Of the ${count(now.positive)} who test positive, ${have(now.true_positive)} it: ${found}.`;
}

function sentence(now, disease) {
  const first = `Of 1,000 people, ${have(now.ill)} ${disease}.`;
  if (!now.positive) return `${first} Nobody tests positive.`;
  const found = in100(now.true_positive / now.positive), exact = in100(now.predictive_value);
  const tests = now.positive === 1 ? "1 person tests" : `${count(now.positive)} people test`;
  const unrounded = exact === found ? "" : ` Without rounding to whole people it is ${exact}.`;
  return `${first} ${tests} positive: ${group(now.true_positive, "with it")} and ${group(now.false_positive, "without it")}. ` +
    positives(now, found) + unrounded;
}

// ---- picture ---------------------------------------------------------------------------------------

const MARK = { square: (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
  circle: (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z` };
const shape = name => name === "true_positive" || name === "false_negative" ? MARK.square : MARK.circle;

function crowd(view, parent) {
  const rows = PEOPLE / view.columns;
  const image = make("svg:svg", { class: "snx-crowd", viewBox: `0 0 ${view.columns} ${rows}`, "aria-hidden": "true" }, parent);
  const shade = make("svg:path", { class: "snx-shade" }, image);
  const paths = view.groups.map(([name, test]) => make("svg:path", { class: `snx-mark snx-${test} snx-${name}` }, image));
  return now => {
    let begin = 0, back = "";
    view.groups.forEach(([name, test], k) => {
      let d = "";
      for (const end = begin + now[name]; begin < end; begin++) {
        const x = Math.floor(begin / rows), y = begin % rows;
        d += shape(name)(x + 0.5, y + 0.5, shape(name) === MARK.square ? 0.29 : 0.31);
        if (test === "positive") back += `M${x} ${y}h1v1h-1z`;
      }
      paths[k].setAttribute("d", d);
    });
    shade.setAttribute("d", back);
  };
}

function branches(view, parent) {
  const image = make("svg:svg", { class: "snx-tree", "aria-hidden": "true" }, parent);
  let key = "";
  return (now, width) => {
    if (key === (key = JSON.stringify([now, width])) || !width) return;
    image.replaceChildren();
    const height = 262, at = share => share * width, leaf = k => at(0.125 + 0.25 * k);
    image.setAttribute("width", width);
    image.setAttribute("height", height);
    const line = (x1, y1, x2, y2) => make("svg:line", { class: "snx-axis", x1, y1, x2, y2 }, image);
    const node = (x, y, people, words, name) => {
      make("svg:text", { class: "snx-count", x, y, "text-anchor": "middle" }, image, people);
      make("svg:text", { x, y: y + 17, "text-anchor": "middle" }, image, words);
      if (name) make("svg:path", { class: `snx-mark snx-${name[1]} snx-${name[0]}`, d: shape(name[0])(x, y - 27, 6) }, image);
    };
    line(at(0.5), 46, at(0.25), 74); line(at(0.5), 46, at(0.75), 74);
    view.groups.forEach((_, k) => line(at(k < 2 ? 0.25 : 0.75), 122, leaf(k), 146));
    make("svg:rect", { class: "snx-shade", x: at(0.26), y: 148, width: at(0.48), height: 112, rx: 8 }, image);
    node(at(0.5), 20, "1,000", "people");
    node(at(0.25), 94, count(now.ill), `have ${view.disease}`);
    node(at(0.75), 94, count(now.well), "do not");
    view.groups.forEach((name, k) => node(leaf(k), 188, count(now[name[0]]), name[1], name));
    make("svg:path", { class: "snx-axis", fill: "none", d: `M${leaf(1)} 214v8h${leaf(2) - leaf(1)}v-8` }, image);
    make("svg:text", { class: "snx-name", x: at(0.5), y: 242, "text-anchor": "middle" }, image, `${count(now.positive)} test positive`);
  };
}

// ---- the widget ------------------------------------------------------------------------------------

async function render({ model, el }) {
  const view = model.get("view"), names = ["prevalence", "sensitivity", "specificity"];
  const sliders = await Promise.all(model.get("controls").map(id => model.widget_manager.get_model(id)));
  const values = { ...model.get("values") };
  if (view.test) make("p", { class: "snx-title" }, el, view.test);
  const box = make("div", { class: "snx-people" }, el);
  const left = make("div", {}, box), right = make("div", {}, box);
  const drawTree = branches(view, left), drawCrowd = crowd(view, right);
  make("p", { class: "snx-legend", "aria-hidden": "true" }, right, `Squares have ${view.disease}, circles do not. Filled marks test positive.`);
  const said = make("p", { class: "snx-said", "aria-hidden": "true" }, el);
  const aloud = make("p", { class: "snx-aloud", role: "status", "aria-live": "polite" }, el);
  let queued = 0, timer = 0, root = null, own = false;

  function frame() {
    queued = 0;
    const now = tree(values);
    drawTree(now, left.clientWidth);
    drawCrowd(now);
    said.textContent = sentence(now, view.disease);
    dress();
  }
  function touch() {
    if (!queued) queued = requestAnimationFrame(frame);
    clearTimeout(timer);
    timer = setTimeout(settle, REST);
  }
  function settle() {
    aloud.textContent = sentence(tree(values), view.disease);
    model.set("values", { ...values });
    model.save_changes();
    for (const slider of sliders) slider.save_changes();
  }
  function move(name, value) {
    if (own || values[name] === value) return;
    values[name] = value;
    touch();
  }
  // Puts numbers into the sliders; prevalence has a list of steps, and takes the nearest.
  function put(numbers) {
    own = true;
    names.forEach((name, k) => {
      if (k) return sliders[k].set("value", numbers[name]);
      const far = view.steps.map(step => Math.abs(step - numbers[name]));
      sliders[k].set("index", far.indexOf(Math.min(...far)));
    });
    own = false;
    Object.assign(values, numbers);
    touch();
  }

  // ---- what ipywidgets' sliders lack: names, units, values as words, and movement heard before release
  const set = (node, name, value) => { if (node && node.getAttribute(name) !== value) node.setAttribute(name, value); };
  function dress() {
    if (!root && !(root = el.closest(".snx"))) return;
    root.querySelectorAll(".snx-sliders > .widget-slider").forEach((node, k) => {
      const name = names[k], handle = node.querySelector(".noUi-handle"), bar = node.querySelector(".noUi-target");
      if (bar && bar.noUiSlider && !bar.dataset.heard) {
        bar.dataset.heard = "yes";
        bar.noUiSlider.on("slide.snx", (_, __, raw) => move(name, k ? raw[0] : view.steps[Math.round(raw[0])]));
      }
      const text = `${Number(values[name].toFixed(2))} %`;
      set(handle, "aria-label", `${view.labels[k]}, per cent`);
      set(handle, "aria-valuetext", text);
      const shown = node.querySelector(".snx-value") || make("span", { class: "snx-value", "aria-hidden": "true" }, node);
      if (shown.textContent !== text) shown.textContent = text;
    });
  }
  const hear = [], on = (each, name, react) => { each.on(name, react); hear.push(() => each.off(name, react)); };
  sliders.forEach((slider, k) => on(slider, k ? "change:value" : "change:index",
    () => move(names[k], k ? slider.get("value") : view.steps[slider.get("index")])));
  on(model, "change:values", () => {
    const told = model.get("values");
    if (names.some(name => told[name] !== values[name])) put(told);
  });
  const watch = new ResizeObserver(() => drawTree(tree(values), left.clientWidth));
  watch.observe(left);
  frame();
  aloud.textContent = said.textContent;
  const wait = setInterval(() => {
    dress();
    if (!root) return;
    clearInterval(wait);
    hear.push(keepKeys(root));
    root.addEventListener("click", event => { if (event.target.closest(".snx-reset")) put(view.start); });
    new MutationObserver(dress).observe(root, { childList: true, subtree: true });
  }, 50);
  return () => {
    clearInterval(wait);
    clearTimeout(timer);
    cancelAnimationFrame(queued);
    watch.disconnect();
    hear.forEach(stop => stop());
  };
}

export default { render };
