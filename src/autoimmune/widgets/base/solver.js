// Runs a model in the browser, stiff or not: RODAS, a Rosenbrock method of order 4(3) with dense output.
// Hairer & Wanner, Solving Ordinary Differential Equations II (1996), section IV.7; coefficients of their RODAS.
const RODAS = {
  gamma: 0.25,
  at: [0, 0.386, 0.21, 0.63, 1, 1],
  drift: [0.25, -0.1043, 0.1035, -0.0362, 0, 0],
  a: [[], [1.544], [0.9466785280815826, 0.2557011698983284],
    [3.314825187068521, 2.896124015972201, 0.9986419139977817],
    [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895],
    [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 1]],
  c: [[], [-5.6688], [-2.430093356833875, -0.2063599157091915],
    [-0.1073529058151375, -9.594562251023355, -20.47028614809616],
    [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616],
    [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054]],
  dense: [[10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662],
    [-0.6762803392806898, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872]],
};

// Factors the n x n matrix `m` in place, rows exchanged as `pivot` says; false when it is singular.
function factor(m, pivot, n) {
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(m[i * n + k]) > Math.abs(m[best * n + k])) best = i;
    pivot[k] = best;
    if (!(Math.abs(m[best * n + k]) > 0)) return false;
    if (best !== k) for (let j = 0; j < n; j++) [m[k * n + j], m[best * n + j]] = [m[best * n + j], m[k * n + j]];
    for (let i = k + 1; i < n; i++) {
      const share = (m[i * n + k] /= m[k * n + k]);
      if (share) for (let j = k + 1; j < n; j++) m[i * n + j] -= share * m[k * n + j];
    }
  }
  return true;
}

function backsolve(m, pivot, n, b) {
  for (let k = 0; k < n; k++) if (pivot[k] !== k) [b[k], b[pivot[k]]] = [b[pivot[k]], b[k]];
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) b[i] -= m[i * n + j] * b[j];
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) b[i] -= m[i * n + j] * b[j];
    b[i] /= m[i * n + i];
  }
}

// A stepper between two stops `left` and `right`; inside, rates are smooth and `infusion` is constant.
function stepper(model, p, infusion, left, right, tolerance) {
  const n = model.states.length, row = () => new Float64Array(n);
  const k = Array.from({ length: 6 }, row), stage = row(), slope = row(), rate = row();
  const jacobian = new Float64Array(n * n), m = new Float64Array(n * n), pivot = new Int32Array(n);
  const tiny = 1e-12 * Math.max(Math.abs(left), Math.abs(right));
  const inside = t => Math.min(Math.max(t, left + tiny), right - tiny);
  const rates = (t, y, out) => {
    model.rates(inside(t), y, p, out);
    for (let i = 0; i < n; i++) out[i] += infusion[i];
  };
  const start = (t, y) => {
    rates(t, y, rate);
    model.jacobian(inside(t), y, p, jacobian);
    if (model.drift) model.drift(inside(t), y, p, slope);
  };
  // Tries one step of length h from (t, y) into `next`; returns its error in units of the tolerance.
  const attempt = (t, h, y, next) => {
    for (let i = 0; i < n * n; i++) m[i] = -jacobian[i];
    for (let i = 0; i < n; i++) m[i * n + i] += 1 / (h * RODAS.gamma);
    if (!factor(m, pivot, n)) return Infinity;
    for (let s = 0; s < 6; s++) {
      const out = k[s];
      if (s === 0) out.set(rate);
      else {
        for (let i = 0; i < n; i++) {
          stage[i] = y[i];
          for (let r = 0; r < s; r++) stage[i] += RODAS.a[s][r] * k[r][i];
        }
        rates(t + RODAS.at[s] * h, stage, out);
      }
      for (let i = 0; i < n; i++) {
        for (let r = 0; r < s; r++) out[i] += (RODAS.c[s][r] / h) * k[r][i];
        out[i] += h * RODAS.drift[s] * slope[i];
      }
      backsolve(m, pivot, n, out);
    }
    let sum = 0;
    for (let i = 0; i < n; i++) {
      next[i] = stage[i] + k[5][i];
      sum += (k[5][i] / (tolerance.absolute + tolerance.relative * Math.max(Math.abs(y[i]), Math.abs(next[i])))) ** 2;
    }
    return Math.sqrt(sum / n);
  };
  // The state inside the last step, at the share `s` of it.
  const between = (y, next, s, out, at) => {
    for (let i = 0; i < n; i++) {
      let d2 = 0, d3 = 0;
      for (let r = 0; r < 5; r++) { d2 += RODAS.dense[0][r] * k[r][i]; d3 += RODAS.dense[1][r] * k[r][i]; }
      out[at + i] = y[i] * (1 - s) + s * (next[i] + (1 - s) * (d2 + s * d3));
    }
  };
  const first = (y, span) => {
    let size = 0, speed = 0;
    for (let i = 0; i < n; i++) {
      const scale = tolerance.absolute + tolerance.relative * Math.abs(y[i]);
      size += (y[i] / scale) ** 2; speed += (rate[i] / scale) ** 2;
    }
    const h = size > 0 && speed > 0 ? 0.01 * Math.sqrt(size / speed) : 1e-6 * span;
    return Math.min(Math.max(h, 1e-9 * span), 0.1 * span);
  };
  return { start, attempt, between, first };
}

// Runs `model` with parameters `p` from `y0` over the increasing `times`; returns {y, steps, stopped, reached}.
// `y` holds one row of states for each time. Options: doses {state, amount, times, duration} and breaks, which
// are the model's own unless given; budget {steps}. A run over its budget is stopped, not the page: `stopped` is then
// "budget" (or "numbers" where they grew beyond reach) and the rows after `reached` are NaN. Steps are counted and not
// time, so that a run ends alike on each machine, busy or not; a course's model takes 2 to 8 microseconds a step.
function solve(model, p, y0, times, options = {}) {
  const n = model.states.length, end = times[times.length - 1];
  const doses = options.doses || model.doses(p), breaks = options.breaks || model.breaks(p);
  const budget = { steps: 20000, ...options.budget };
  const tolerance = { relative: 1e-6, absolute: 1e-10, ...options.tolerance };
  const result = { y: new Float64Array(times.length * n).fill(NaN), steps: 0, stopped: null, reached: times[0] };
  const stops = new Set([times[0], end]);
  for (const dose of doses) for (const time of dose.times) { stops.add(time); stops.add(time + dose.duration); }
  for (const time of breaks) stops.add(time);
  const edges = [...stops].filter(time => time >= times[0] && time <= end).sort((a, b) => a - b);
  let y = Float64Array.from(y0), next = new Float64Array(n), place = 0;
  const bolus = time => {
    for (const dose of doses) if (!dose.duration) for (const at of dose.times) if (at === time) y[dose.state] += dose.amount;
  };
  for (let edge = 0; edge + 1 < edges.length; edge++) {
    const left = edges[edge], right = edges[edge + 1], infusion = new Float64Array(n);
    for (const dose of doses) {
      if (dose.duration) for (const at of dose.times) {
        if (at <= left && left < at + dose.duration) infusion[dose.state] += dose.amount / dose.duration;
      }
    }
    bolus(left);
    if (times[place] === left) result.y.set(y, place++ * n);
    const { start, attempt, between, first } = stepper(model, p, infusion, left, right, tolerance);
    let t = left, h = 0, last = false;
    start(t, y);
    h = first(y, right - left);
    while (t < right) {
      last = t + 1.001 * h >= right;
      if (last) h = right - t;
      const error = attempt(t, h, y, next);
      result.steps++;
      const factorOfChange = Math.min(6, Math.max(0.2, 0.9 * error ** -0.25));
      if (error <= 1) {
        const reached = last ? right : t + h;
        while (place < times.length && times[place] < reached) between(y, next, (times[place] - t) / h, result.y, place++ * n);
        [y, next] = [next, y];
        result.reached = t = reached;
        if (t < right) start(t, y);
        h *= factorOfChange;
      } else h *= error > 1 ? factorOfChange : 0.1;
      const tired = result.steps >= budget.steps;
      if (t < right && (tired || !(h > 1e-14 * (right - left)))) {
        result.stopped = tired ? "budget" : "numbers";
        return result;
      }
    }
  }
  bolus(end);
  result.y.set(y, (times.length - 1) * n);
  return result;
}
