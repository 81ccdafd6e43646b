// A picture's own script: its model, rules and options stand above; the engine is fetched from a shared widget, once.
async function load(text) {
  const known = (globalThis.snxEngines ||= new Map());
  if (!known.has(text)) known.set(text, import(URL.createObjectURL(new Blob([text], { type: "text/javascript" }))));
  return (await known.get(text)).default;
}
export default {
  async render({ model, el }) {
    const engine = await model.widget_manager.get_model(model.get("engine"));
    const start = await load(engine.get("script"));
    return start(MODEL, RULES, OPTIONS)({ model, el });
  },
};
