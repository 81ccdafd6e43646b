// The living tissue: its rules. Pure: no page and no clock; numbers come from tissue.py, chance comes from a seed.
//   tissue(numbers, seed)   a world at minute 0
//   step(world)             one minute passes
//   counts(world)           what is there, by name
// A cell stands on a site. A site is a number: its row times `across`, plus its column. A rim of sites outside saves
// each rule from asking where the tissue ends.

const HEALTHY = 0, INFECTED = 1, DEAD = 2, OUTSIDE = 3;
const NAIVE = 0, DIVIDING = 1, EFFECTOR = 2, MEMORY = 3;
const HOUR = 60, DAY = 1440, RIM = 4;
// Epitopes as 8 bits: four of the body, the last of the virus. They differ by four bits or more, so no receptor fits two.
const EPITOPES = [0x0f, 0x33, 0x55, 0x69, 0x96], SELF = 15, FOREIGN = 16;

// ---- chance: the generator sfc32 of PractRand --------------------------------------------------------

function random(w) {
  const s = w.dice, t = s[0] + s[1] + s[3] | 0;
  s[3]++;
  s[0] = s[1] ^ s[1] >>> 9;
  s[1] = s[2] + (s[2] << 3);
  s[2] = (s[2] << 21 | s[2] >>> 11) + t;
  return (t >>> 0) / 4294967296;
}

function dice(seed) {
  const w = { dice: Int32Array.of(0x9e3779b9, 0x243f6a88, seed, 1) };
  for (let k = 0; k < 12; k++) random(w);
  return w.dice;
}

const below = (w, n) => Math.floor(random(w) * n);
const waiting = (w, mean) => -mean * Math.log(1 - random(w));

// ---- crowds: the cells of one kind, as columns -------------------------------------------------------

function crowd(most, names) {
  const c = { n: 0, most, names };
  for (const name of names) c[name] = new Int32Array(most);
  return c;
}

function add(c, at) {
  for (const name of c.names) c[name][c.n] = 0;
  c.at[c.n] = at;
  return c.n++;
}

function copy(c, from, to) {
  for (const name of c.names) c[name][to] = c[name][from];
}

const drop = (c, i) => copy(c, --c.n, i);

// ---- the beginning -----------------------------------------------------------------------------------

const ones = byte => byte ? (byte & 1) + ones(byte >> 1) : 0;
const fit = (receptor, match) => EPITOPES.reduce((mask, epitope, k) => mask | (ones(receptor ^ epitope) >= match) << k, 0);

// Rules 2 and 3: a receptor is made at random; one that fits the body is deleted when the thymus shows what it fits.
function receptor(w) {
  for (;;) {
    const fits = fit(below(w, 256), w.p.match);
    if (!(fits & SELF) || random(w) >= w.p.presented) return fits;
  }
}

// The sites within `reach` micrometres of a site, as differences.
function disc(w, reach) {
  const r = reach / w.p.site, found = [];
  for (let v = -r; v <= r; v++) for (let u = -r; u <= r; u++) if (u * u + v * v <= r * r + 1) found.push(v * w.across + u);
  return Int32Array.from(found);
}

const site = (w, x, y) => (y + RIM) * w.across + x + RIM;
const somewhere = w => site(w, below(w, w.p.width), below(w, w.p.height));

function tissue(p, seed) {
  const across = p.width + 2 * RIM, size = across * (p.height + 2 * RIM), bytes = () => new Uint8Array(size);
  const w = {
    p, across, size, dice: dice(seed), minute: 0, full: false, cleared: 0, changed: [],
    state: bytes().fill(OUTSIDE), epitope: bytes(), shown: bytes(), calm: bytes(),
    tally: [p.width * p.height, 0, 0], lowest: p.width * p.height,
    signal: new Float32Array(size), next: new Float32Array(size),
    ways: [1, across + 1, across, across - 1, -1, -across - 1, -across, 1 - across], beside: [1, across, -1, -across],
    t: crowd(p.cap, ["at", "way", "kind", "fits", "due", "left", "end"]),
    dc: crowd(p.dcs, ["at", "way", "load", "end"]), treg: crowd(p.tregs * p.treg_most, ["at", "way", "end"]),
  };
  Object.assign(w, { touching: disc(w, p.site), meeting: disc(w, p.touch), near: disc(w, p.treg_reach) });
  for (let y = 0; y < p.height; y++) for (let x = 0; x < p.width; x++) {
    w.state[site(w, x, y)] = HEALTHY;
    w.epitope[site(w, x, y)] = 1 << below(w, 4);
  }
  w.spot = site(w, Math.floor(p.width * (0.3 + 0.4 * random(w))), Math.floor(p.height * (0.3 + 0.4 * random(w))));
  for (let k = 0; k < p.dcs; k++) add(w.dc, somewhere(w));
  for (let k = 0; k < p.naive; k++) w.t.fits[add(w.t, somewhere(w))] = receptor(w);
  for (let k = 0; k < p.tregs; k++) w.calm[w.treg.at[add(w.treg, somewhere(w))]]++;
  return w;
}

// ---- walking -----------------------------------------------------------------------------------------

// One site in one of eight directions; in the share `climb` of steps two are compared, and the stronger signal wins.
function walk(w, c, i, climb) {
  if (random(w) < w.p.turn) c.way[i] = below(w, 8);
  let to = c.at[i] + w.ways[c.way[i]];
  if (climb && random(w) < climb) {
    const way = below(w, 8), other = c.at[i] + w.ways[way];
    if (Math.min(w.p.dazzle, w.signal[other]) > Math.min(w.p.dazzle, w.signal[to])) { c.way[i] = way; to = other; }
  }
  if (w.state[to] === OUTSIDE) c.way[i] = below(w, 8);
  else c.at[i] = to;
}

// ---- tissue ------------------------------------------------------------------------------------------

function turn(w, k, state) {
  w.tally[w.state[k]]--;
  w.tally[state]++;
  w.state[k] = state;
  w.changed.push(k);
}

const healthyBeside = ({ state, across }, k) => !state[k - 1] || !state[k + 1] || !state[k - across] || !state[k + across];
const inoculate = w => disc(w, w.p.inoculum).forEach(d => turn(w, w.spot + d, INFECTED));

// Rule 1: the virus passes to neighbours and in the end kills its cell; a dead cell is replaced beside a healthy one.
function live(w, minutes) {
  const { p, state, beside } = w, days = minutes / DAY;
  const pass = p.spread * days, burst = days / p.infected_life, mend = days / p.repair;
  for (let k = 0; k < w.size; k++) {
    if (state[k] === INFECTED) {
      for (let n = 0; n < 4; n++) if (state[k + beside[n]] === HEALTHY && random(w) < pass) turn(w, k + beside[n], INFECTED);
      if (random(w) < burst) turn(w, k, DEAD);
    } else if (state[k] === DEAD && random(w) < mend && healthyBeside(w, k)) turn(w, k, HEALTHY);
  }
}

// Rule 5: infected and dead cells set a signal free; it spreads, and fades over `signal_reach`.
function spreadSignal(w) {
  const { p, signal, next, state, across } = w, share = 0.2, stay = 1 - share * (p.site / p.signal_reach) ** 2;
  for (let y = 0; y < p.height; y++) for (let k = site(w, 0, y), end = k + p.width; k < end; k++) {
    const around = signal[k - 1] + signal[k + 1] + signal[k - across] + signal[k + across] - 4 * signal[k];
    next[k] = (signal[k] + share * around) * stay + (state[k] && 1);
  }
  w.signal = next;
  w.next = signal;
}

// ---- antigen-presenting cells ------------------------------------------------------------------------

const shows = (w, k) => w.state[k] === INFECTED ? w.epitope[k] | FOREIGN : w.epitope[k];

// Rule 4: they pick up antigen; only infected or dead tissue makes them mature. A worn-out one is replaced elsewhere.
function present(w) {
  const { p, dc, shown, meeting } = w;
  shown.fill(0);
  for (let i = 0; i < dc.n; i++) {
    walk(w, dc, i, 0);
    const k = dc.at[i];
    if (dc.end[i] && w.minute >= dc.end[i]) {
      dc.at[i] = somewhere(w);
      dc.load[i] = dc.end[i] = 0;
    } else if (w.state[k] !== HEALTHY) {
      dc.end[i] ||= w.minute + Math.round((0.5 + random(w)) * p.mature_life * DAY);
      dc.load[i] |= shows(w, k);
    } else if (!dc.end[i]) dc.load[i] = shows(w, k);
    if (dc.end[i]) for (let n = 0; n < meeting.length; n++) shown[dc.at[i] + meeting[n]] |= dc.load[i];
  }
}

// ---- regulatory T cells ------------------------------------------------------------------------------

// Rule 7: how many are within reach, and which share of self-directed acts they let pass.
function calmers(w, at) {
  const { near, calm } = w;
  let found = 0;
  if (w.treg.n) for (let n = 0; n < near.length; n++) found += calm[at + near[n]];
  return found;
}
const passed = (w, at) => (1 - w.p.sup) ** calmers(w, at);

// Each of them may prune the self-reactive cell, and that cell may make one of them divide. Says whether it was pruned.
function meet(w, at) {
  const n = calmers(w, at);
  if (n && random(w) < w.p.expand) expand(w, at);
  return random(w) >= (1 - w.p.prune) ** n;
}

function expand(w, at) {
  const { treg, calm } = w;
  if (treg.n === treg.most) return;
  const born = at + w.near.find(d => calm[at + d]);
  treg.end[add(treg, born)] = w.minute + waiting(w, w.p.treg_life * DAY);
  calm[born]++;
}

function regulate(w) {
  const { treg, calm } = w;
  for (let i = treg.n - 1; i >= 0; i--) {
    calm[treg.at[i]]--;
    if (treg.end[i] && w.minute >= treg.end[i]) { drop(treg, i); continue; }
    walk(w, treg, i, w.p.treg_climb);
    calm[treg.at[i]]++;
  }
}

// ---- T cells -----------------------------------------------------------------------------------------

// Rule 5: a resting cell beside a mature antigen-presenting cell that shows what it fits begins to divide.
function prime(w, i) {
  const { p, t } = w, seen = t.fits[i] & w.shown[t.at[i]];
  if (!seen || random(w) >= p.prime || (seen & SELF && random(w) >= passed(w, t.at[i]))) return;
  t.kind[i] = DIVIDING;
  t.left[i] = p.divisions;
  t.due[i] = w.minute + p.division_time * HOUR;
}

function divide(w, i) {
  const { p, t } = w;
  t.left[i]--;
  t.due[i] = w.minute + p.division_time * HOUR;
  if (t.n < t.most) {
    copy(t, i, t.n);
    if (!t.left[i]) arm(w, t.n);
    t.n++;
  } else w.full = true;
  if (!t.left[i]) arm(w, i);
}

function arm(w, i) {
  const { p, t } = w;
  t.kind[i] = EFFECTOR;
  t.due[i] = w.minute + below(w, p.kill_time * HOUR);
  t.end[i] = w.minute + waiting(w, p.effector_life * DAY);
}

// Rule 6: an effector kills a cell that it touches and that shows what it fits; the next one takes `kill_time`.
function attack(w, i) {
  const { p, t, state, touching } = w, at = t.at[i];
  for (let n = 0; n < touching.length; n++) {
    const k = at + touching[n];
    if (state[k] >= DEAD || !(t.fits[i] & shows(w, k))) continue;
    t.due[i] = w.minute + p.kill_time * HOUR;
    if (!(t.fits[i] & SELF) || random(w) < passed(w, at)) turn(w, k, DEAD);
    return;
  }
}

function retire(w, i) {
  if (random(w) < w.p.memory) w.t.kind[i] = MEMORY;
  else drop(w.t, i);
}

function respond(w) {
  const { p, t } = w, turnover = 1 / p.naive_life / DAY;
  if (t.n < t.most && random(w) < p.naive * turnover) t.fits[add(t, somewhere(w))] = receptor(w);
  for (let i = t.n - 1; i >= 0; i--) {
    const kind = t.kind[i];
    walk(w, t, i, kind === EFFECTOR ? p.climb : 0);
    if (kind === MEMORY) continue;
    if (kind === NAIVE) {
      if (random(w) < turnover) drop(t, i);
      else if (t.fits[i]) prime(w, i);
    } else if (t.fits[i] & SELF && (w.minute + i) % HOUR === 0 && meet(w, t.at[i])) drop(t, i);
    else if (kind === DIVIDING) { if (w.minute >= t.due[i]) divide(w, i); }
    else if (w.minute >= t.end[i]) retire(w, i);
    else if (w.minute >= t.due[i]) attack(w, i);
  }
}

// ---- time --------------------------------------------------------------------------------------------

function step(w) {
  const { p, minute, tally } = w, infected = tally[INFECTED];
  if (p.infection && minute === p.infection_day * DAY) inoculate(w);
  if (minute % 10 === 0) live(w, 10);
  if (minute % 2 === 0) spreadSignal(w);
  if (minute % 3 === 0) present(w);
  respond(w);
  regulate(w);
  w.minute++;
  w.lowest = Math.min(w.lowest, tally[HEALTHY]);
  if (infected && !tally[INFECTED]) w.cleared = w.minute;
}

function counts(w) {
  const [healthy, infected, lost] = w.tally, c = { resting: 0, defending: 0, attacking: 0 };
  for (let i = 0; i < w.t.n; i++) c[w.t.kind[i] % MEMORY === NAIVE ? "resting" : w.t.fits[i] & SELF ? "attacking" : "defending"]++;
  const alert = w.dc.end.filter(end => end).length;
  return { day: w.minute / DAY, healthy, infected, lost, presenting: w.dc.n, alert, ...c, regulatory: w.treg.n };
}
