// Numbers, times and sentences: the same rules as describe.py, which explains them.
const LARGE = [[12, "trillion"], [9, "billion"], [6, "million"]];
const SAME = 1e-4, LEAST = 1e-9;
const DAYS = { s: 1 / 86400, min: 1 / 1440, h: 1 / 24, d: 1, wk: 7, y: 365 };
const CALENDAR = [[0, 1 / 1440, "minute"], [1 / 12, 1 / 24, "hour"], [2, 1, "day"], [90, 365 / 12, "month"], [730, 365, "year"]];

function plain(digits, power) {
  if (power < 0) return "0." + ("0".repeat(-power - 1) + digits).replace(/0+$/, "");
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0"), rest = digits.slice(power + 1).replace(/0+$/, "");
  return (power >= 3 ? whole.slice(0, -3) + "," + whole.slice(-3) : whole) + (rest && "." + rest);
}

function number(value, digits = 3) {
  if (Number.isNaN(value)) return "no value";
  if (!Number.isFinite(value)) return value > 0 ? "infinity" : "minus infinity";
  if (value === 0) return "0";
  const [head, tail] = Math.abs(value).toExponential(digits - 1).split("e");
  const leading = head.replace(".", ""), power = Number(tail), sign = value < 0 ? "−" : "";
  if (!(power > -4 && power < 15)) {
    return sign + plain(leading, 0) + " × 10" + String(power).replace(/./g, c => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
  }
  const large = LARGE.find(([unit]) => power >= unit);
  return sign + (large ? plain(leading, power - large[0]) + " " + large[1] : plain(leading, power));
}

const percent = value => number(100 * value) + " %";

// The unit in which a time of so many days is told: [its length in days, its name].
const calendar = days => days === 0 ? [1, "day"] : CALENDAR.filter(([least]) => Math.abs(days) >= least).pop().slice(1);

function duration(value, unit) {
  if (!(unit in DAYS) || Number.isNaN(value)) return number(value, 2) + " time units";
  const days = value * DAYS[unit], [size, word] = calendar(days), text = number(days / size, 2);
  return text === "1" ? text + " " + word : text + " " + word + "s";
}

// What a run amounts to, by name: parameters, closed forms, features of each state, `until`.
function summary(model, p, times, y) {
  const v = {}, n = model.states.length, out = new Float64Array(model.closedForms.length);
  model.parameters.forEach((name, i) => { v[name] = p[i]; });
  model.closed(p, out);
  model.closedForms.forEach((name, i) => { v[name] = out[i]; });
  model.states.forEach((name, i) => {
    let peak = y[i], lowest = y[i], top = 0, bottom = 0;
    for (let k = 1; k < times.length; k++) { peak = Math.max(peak, y[k * n + i]); lowest = Math.min(lowest, y[k * n + i]); }
    while (y[top * n + i] < peak - SAME * Math.abs(peak)) top++;
    while (y[bottom * n + i] > lowest + SAME * Math.abs(lowest)) bottom++;
    const told = value => Math.abs(value) > LEAST * Math.max(Math.abs(peak), Math.abs(lowest)) ? value : 0;
    v["start_" + name] = y[i];
    v["final_" + name] = told(y[(times.length - 1) * n + i]);
    v["peak_" + name] = peak;
    v["peak_time_" + name] = times[top];
    v["lowest_" + name] = told(lowest);
    v["lowest_time_" + name] = times[bottom];
  });
  v.until = times[times.length - 1];
  return v;
}

const sentence = v => (RULES(number, time, percent).find(([when]) => when(v)) || [0, () => ""])[1](v);

const time = value => duration(value, MODEL.timeUnit);
