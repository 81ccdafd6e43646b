// JupyterLab shows an image output and leaves out the `alt` of its metadata, which nbconvert shows. This puts it in.
// It is written as webpack writes a prebuilt extension, so that nothing has to be built.

let libraries;

async function library(name) {
  const [version] = Object.values(libraries[name]);
  return (await version.get())();
}

async function extension() {
  const { IRenderMimeRegistry, RenderedImage } = await library("@jupyterlab/rendermime");

  class DescribedImage extends RenderedImage {
    async render(output) {
      await super.render(output);
      this.node.querySelector("img").alt = output.metadata["image/png"]?.alt ?? output.data["text/plain"] ?? "";
    }
  }

  const rank = 90; // as JupyterLab's own: an image comes after HTML, and before plain text
  const factory = { safe: true, mimeTypes: ["image/png"], createRenderer: (options) => new DescribedImage(options) };
  return {
    id: "described-images:plugin",
    autoStart: true,
    requires: [IRenderMimeRegistry],
    activate: (_, registry) => registry.addFactory(factory, rank),
  };
}

window._JUPYTERLAB ??= {};
window._JUPYTERLAB["described-images"] = {
  init: (shared) => (libraries = shared),
  get: async () => {
    const plugin = await extension();
    return () => ({ __esModule: true, default: plugin });
  },
};
