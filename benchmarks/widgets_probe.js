// Reads one picture of the page after every frame, and knows when its pixels changed. A picture counts only when
// the curve, whose colour is given, is in it. What is kept of it is a checksum: of all pixels, or of an SVG path.
([selector, [red, green, blue]]) => {
  const colour = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0; // as a canvas stores it
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const app = window.jupyterapp, find = () => document.querySelector(selector);
  let picture = 0, known = { src: "", sum: 0 }, changes = [], changed = performance.now();
  let pressed = 0, before = 0, answered = null;

  const afterFrame = () => new Promise(done => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel(); // its message comes when the frame has been laid out and painted
    port1.onmessage = done;
    port2.postMessage(0);
  }));
  const checksum = numbers => {
    let sum = 2166136261;
    for (let k = 0; k < numbers.length; k++) sum = Math.imul(sum ^ numbers[k], 16777619);
    return sum >>> 0;
  };
  function pixels(el, width, height) {
    if (!width || !height) return 0;
    if (pen.canvas.width !== width || pen.canvas.height !== height) Object.assign(pen.canvas, { width, height });
    pen.clearRect(0, 0, width, height);
    pen.drawImage(el, 0, 0);
    const found = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
    return found.includes(colour) ? checksum(found) : 0;
  }
  function read(el) {
    if (!el || !el.checkVisibility()) return 0;
    if (el.tagName === "CANVAS") return pixels(el, el.width, el.height);
    if (el.tagName === "IMG") {
      if (!el.complete || !el.naturalWidth) return 0;
      if (known.src !== el.src) known = { src: el.src, sum: pixels(el, el.naturalWidth, el.naturalHeight) };
      return known.sum;
    }
    const path = el.getAttribute("d") || "";
    return path.length < 1000 ? 0 : checksum(new TextEncoder().encode(path));
  }
  function look() {
    const now = performance.now(), found = read(find());
    if (found === picture) return;
    picture = found;
    changed = now;
    changes.push(found);
    if (found && found !== before && answered === null) answered = now - pressed;
  }
  async function until(condition, milliseconds, what) {
    const end = performance.now() + milliseconds;
    while (!condition()) {
      if (performance.now() > end) throw Error(what);
      await afterFrame();
    }
  }
  (async () => { for (;;) { await afterFrame(); look(); } })();
  addEventListener("keydown", event => { pressed = event.timeStamp; before = picture; answered = null; }, true);

  return {
    // Runs the second cell: milliseconds from the kernel's reply to the first picture, below 0 when the picture came
    // first, and from the start.
    async show() {
      const old = find(), panel = app.shell.currentWidget, kernel = panel.sessionContext.session.kernel;
      const began = performance.now();
      let done = 0;
      const listen = (_, { msg }) => { if (msg.header.msg_type === "execute_reply") done = performance.now(); };
      kernel.anyMessage.connect(listen);
      panel.content.activeCellIndex = 1;
      app.commands.execute("notebook:run-cell");
      await until(() => find() !== old && read(find()), 20_000, "no picture within 20 s");
      const painted = performance.now();
      await until(() => done, 20_000, "the cell does not end");
      kernel.anyMessage.disconnect(listen);
      return [painted - done, painted - began];
    },
    // Milliseconds from the last key press to the first other picture after it; waits until that has stayed a while.
    async answer() {
      await until(() => answered !== null, 5_000, "no other picture within 5 s of a key press");
      const found = answered;
      await this.rest(50 + 17 * Math.random()); // so that presses keep no step with the frames
      return found;
    },
    // Waits until the picture has stayed the same for so long.
    async rest(milliseconds) {
      await until(() => performance.now() - changed > milliseconds, 20_000, "the picture does not come to rest");
    },
    // The place of the picture on the screen.
    place() {
      const { x, y, width, height } = find().closest(".snx-plot, .jp-Cell-outputArea").getBoundingClientRect();
      return { x, y, width, height };
    },
    // Drags the first slider up by so many steps of a hundredth of its length and down again, a step a frame, over
    // and over: seconds, frames and, as checksums, redraws. The moves are made here, because a driver sends fewer.
    async drag(steps, milliseconds) {
      const handle = document.querySelector(".noUi-touch-area");
      const { x, y, width, height } = handle.getBoundingClientRect();
      const step = handle.closest(".noUi-base").clientWidth / 100, began = performance.now();
      const send = (type, above) => handle.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true,
        buttons: type === "mouseup" ? 0 : 1, clientX: x + width / 2 + above * step, clientY: y + height / 2 }));
      let frames = 0;
      changes = [];
      send("mousedown", 0);
      while (performance.now() - began < milliseconds) {
        await afterFrame();
        frames++;
        send("mousemove", steps - Math.abs(steps - frames % (2 * steps)));
      }
      const result = [(performance.now() - began) / 1000, frames, changes];
      send("mouseup", 0);
      return result;
    },
    // The checksums of all pictures so far.
    seen: () => changes,
    save: () => app.shell.currentWidget.context.save(),
  };
}
