/* Numbers as people type and paste them, and exact decimal arithmetic: the same answers as
   observations/numbers.py and observations/quotient.py, which a test compares case by case. */

const MAX_DIGITS = 15, MAX_PLACES = 8, LONGEST = 40;
const FULL = "０１２３４５６７８９．，＋－％−＝", HALF = "0123456789.,+-%-=";
const PLAIN = /^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?$/;
const GROUPED = /^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$/;
const NOT_FINITE = /^[+-]?(?:nan|inf|infinity|∞)$/i;
const MISSING = new Set(["n/a", "na", "#n/a", "-", "--", "—", "——", "–", "/", "\\", "…", "……", "...", ".", "*", "**", "x",
  "null", "none", "nil", "无", "缺", "空", "暂无", "暂缺", "未知", "不详", "不适用", "未统计", "不公布", "missing"]);

/** What was typed → {number: "1234.5"} or {code: "why not"}; nothing typed is {number: ""}. */
export function readNumber(text) {
  const half = [...text.trim()].map((c) => { const i = FULL.indexOf(c); return i < 0 ? c : HALF[i]; }).join("");
  if (half === "") return { number: "" };
  if (half.startsWith("=")) return { code: "formula" };
  if (MISSING.has(half.toLowerCase())) return { code: "missing-word" };
  if (NOT_FINITE.test(half)) return { code: "number-not-finite" };
  if (half.endsWith("%") || half.endsWith("‰")) return { code: "percent-sign" };
  if (half.includes(",") && !GROUPED.test(half)) return { code: "number-comma" };
  const digits = half.replaceAll(",", "");
  if (digits.length > LONGEST || !PLAIN.test(digits)) return { code: "number-malformed" };
  const plain = spelled(digits);
  return plain === null ? { code: "number-digits" } : { number: plain };
}

/** Plain digits without an exponent or closing zeros; null where they are too many to be kept exactly. */
function spelled(text) {
  const [, sign, whole, part = "", power = "0"] = /^([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(text);
  let digits = (whole + part).replace(/^0+/, "");
  if (digits === "") return "0";
  let exponent = Number(power) - part.length;
  const zeros = digits.length - digits.replace(/0+$/, "").length;
  digits = digits.slice(0, digits.length - zeros);
  exponent += zeros;
  if (digits.length + Math.max(exponent, 0) > MAX_DIGITS || -exponent > MAX_PLACES) return null;
  const minus = sign === "-" ? "-" : "";
  if (exponent >= 0) return minus + digits + "0".repeat(exponent);
  const padded = digits.padStart(1 - exponent, "0");
  return `${minus}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

/** A plain decimal as an integer and its places. */
function exact(text) {
  const [whole, part = ""] = text.replace("-", "").split(".");
  const n = BigInt(whole + part);
  return { n: text.startsWith("-") ? -n : n, places: part.length };
}

function written(n, places) {
  const minus = n < 0n ? "-" : "";
  const digits = (n < 0n ? -n : n).toString().padStart(places + 1, "0");
  const text = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
  return minus + (places ? text.replace(/\.?0+$/, "") : text);
}

/** numerator × scale ÷ denominator, rounded half away from zero; "" where there is no quotient. */
export function quotient(numerator, denominator, scale, decimals) {
  if (numerator === "" || denominator === "") return "";
  const a = exact(numerator), b = exact(denominator), s = exact(scale);
  if (b.n === 0n) return "";
  let top = a.n * s.n * 10n ** BigInt(b.places + decimals), under = b.n * 10n ** BigInt(a.places + s.places);
  const negative = (top < 0n) !== (under < 0n);
  if (top < 0n) top = -top;
  if (under < 0n) under = -under;
  const rounded = (2n * top + under) / (2n * under);
  return written(negative ? -rounded : rounded, decimals);
}

/** The sum of plain decimals. */
export function sum(texts) {
  const all = texts.map(exact), places = Math.max(0, ...all.map((x) => x.places));
  return written(all.reduce((total, x) => total + x.n * 10n ** BigInt(places - x.places), 0n), places);
}

/** a − b. */
export function less(a, b) {
  return sum([a, b.startsWith("-") ? b.slice(1) : b === "0" ? "0" : `-${b}`]);
}

/** With thousands marked, for reading. */
export function grouped(text) {
  const [whole, part] = text.split(".");
  const marked = whole.replace(/\B(?=([0-9]{3})+$)/g, ",").replace("-", "−");
  return part === undefined ? marked : `${marked}.${part}`;
}
