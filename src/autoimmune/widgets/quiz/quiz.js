// Questions as a form. What is right is not known here: each answer goes to Python, which replies in words.
const FORMS = {
  choice(asked, place, heading) {
    const group = make("div", { role: "radiogroup", "aria-labelledby": heading, class: "snx-options" }, place), name = fresh();
    const inputs = asked.options.map(text => option(group, "radio", name, text));
    return { given: () => { const at = inputs.findIndex(input => input.checked); return at < 0 ? null : at; },
      close: () => inputs.forEach(input => { input.disabled = true; }) };
  },
  numeric(asked, place, heading) {
    const row = make("div", { class: "snx-line" }, place), unit = fresh();
    const input = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", class: "snx-text", "aria-labelledby": `${heading} ${unit}` }, row);
    make("span", { id: unit }, row, asked.unit);
    return { input, given: () => input.value, close: () => { input.readOnly = true; } };
  },
  ordering(asked, place, heading) {
    const list = make("ol", { class: "snx-steps", "aria-labelledby": heading }, place), order = asked.steps.map((_, k) => k);
    const told = make("p", { class: "snx-aloud", role: "status", "aria-live": "polite" }, place);
    const rows = asked.steps.map((text, step) => {
      const row = make("li", {}, list);
      make("span", {}, row, text);
      const moves = [["Move up", -1, "↑"], ["Move down", 1, "↓"]].map(([words, by, sign]) => {
        const node = button(row, sign, () => move(step, by, node), "snx-move");
        node.setAttribute("aria-label", `${words}: ${text}`);
        node.title = words;
        return node;
      });
      return { row, moves };
    });
    function move(step, by, node) {
      const from = order.indexOf(step), to = from + by;
      if (to < 0 || to >= order.length) return;
      order.splice(to, 0, ...order.splice(from, 1));
      list.append(...order.map(each => rows[each].row));
      node.focus();
      ends();
      told.textContent = `Step ${to + 1} of ${order.length}`;
    }
    const ends = () => rows.forEach(({ moves }, step) => {
      moves[0].setAttribute("aria-disabled", String(order[0] === step));
      moves[1].setAttribute("aria-disabled", String(order[order.length - 1] === step));
    });
    ends();
    return { given: () => [...order], close: () => rows.forEach(({ moves }) => moves.forEach(node => node.remove())) };
  },
};

function reply(place, told) {
  place.replaceChildren();
  if (!told) return;
  const first = make("p", {}, place), kind = told.right ? "snx-right" : told.counted ? "snx-wrong" : "snx-note-line";
  place.className = `snx-reply ${kind}`;
  if (told.verdict) make("strong", {}, first, (told.right ? "✓ " : "✗ ") + told.verdict);
  first.append(` ${told.feedback}${told.misconception ? ` (${told.misconception})` : ""}`);
  if (told.next) make("p", {}, place, told.next);
  if (told.solution && told.solution.length === 1) make("p", {}, place, `The answer: ${told.solution[0]}`);
  if (told.solution && told.solution.length > 1) {
    make("p", {}, place, told.right ? "In one order that is right:" : "One order that is right:");
    const list = make("ol", {}, place);
    for (const step of told.solution) make("li", {}, list, step);
  }
  if (told.explanation) make("p", {}, place, told.explanation);
  if (told.trouble) make("p", { class: "snx-kind" }, place, told.trouble);
}

function render({ model, el }) {
  const questions = model.get("questions"), forms = questions.map((asked, k) => {
    const place = card(el, "snx-question"), heading = fresh();
    make("p", { class: "snx-kind" }, place, questions.length > 1 ? `Question ${k + 1} of ${questions.length}` : "Question");
    make("p", { class: "snx-prompt", id: heading }, place, asked.prompt);
    const form = FORMS[asked.kind](asked, place, heading);
    const check = button(place, "Check", () => model.send({ question: k, given: form.given() }));
    if (form.input) form.input.addEventListener("keydown", event => { if (event.key === "Enter" && !event.shiftKey) check.click(); });
    const told = make("div", { class: "snx-reply", role: "status", "aria-live": "polite", tabindex: "-1" }, place);
    return { ...form, check, told };
  });
  const show = () => model.get("replies").forEach((each, k) => {
    const form = forms[k], key = JSON.stringify(each);
    if (form.key === key) return;
    form.key = key;
    reply(form.told, each);
    if (!each || !each.done) return;
    if (form.check.isConnected && form.check.getRootNode().activeElement === form.check) form.told.focus();
    form.check.remove();
    form.close();
  });
  model.on("change:replies", show);
  show();
  const release = keepKeys(el);
  return () => { release(); model.off("change:replies", show); };
}

export default { render };
