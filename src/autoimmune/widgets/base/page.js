// What the small instruments share: elements, keys that stay with them, and lines that start a new line.
function make(tag, attributes = {}, parent = null, text = "") {
  const node = tag.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4)) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

// JupyterLab takes letters and arrows for its own; only its usual shortcuts still reach it.
function keepKeys(root) {
  const keep = event => {
    if (!(event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape" || (event.shiftKey && event.key === "Enter"))) event.stopPropagation();
  };
  root.addEventListener("keydown", keep);
  return () => root.removeEventListener("keydown", keep);
}

let made = 0;
const fresh = () => `snx-${Math.random().toString(36).slice(2, 8)}-${++made}`;

function button(parent, text, act, kind = "snx-button") {
  const node = make("button", { type: "button", class: kind }, parent, text);
  node.addEventListener("click", act);
  return node;
}

// A line of radio buttons or a tick box, with its label around it.
function option(parent, type, name, text, attributes = {}) {
  const row = make("label", { class: "snx-option" }, parent);
  const input = make("input", { type, name, ...attributes }, row);
  make("span", {}, row, text);
  return input;
}

function card(el, kind) {
  el.classList.add("snx");
  return make("section", { class: `snx-card ${kind}` }, el);
}
