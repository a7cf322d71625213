/** What a person may type into a number field: a number, or a short sum such as `120+8` or `(300-20)/2`. */

const TOKEN = /\s*(?:(\d+\.?\d*|\.\d+)|([-+*/()]))/y;
const LONGEST = 100; // characters; nobody types more, and it bounds how deep brackets may go

/** The value of `text`, or null where it is none. Numbers may carry the field's own `unit`; there are no others. */
export function evaluate(text: string, unit = ""): number | null {
  const tokens = tokensOf(text, unit);
  if (tokens === null || tokens.length === 0) return null;
  let at = 0;

  function sum(): number {
    let value = product();
    while (tokens![at] === "+" || tokens![at] === "-") value = tokens![at++] === "+" ? value + product() : value - product();
    return value;
  }
  function product(): number {
    let value = signed();
    while (tokens![at] === "*" || tokens![at] === "/") value = tokens![at++] === "*" ? value * signed() : value / signed();
    return value;
  }
  function signed(): number {
    const token = tokens![at++];
    if (token === "-") return -signed();
    if (token === "+") return signed();
    if (token === "(") {
      const value = sum();
      return tokens![at++] === ")" ? value : NaN;
    }
    return typeof token === "number" ? token : NaN;
  }

  const value = sum();
  return at === tokens.length && Number.isFinite(value) ? value : null;
}

/** Numbers and signs in their order, or null where the text holds anything else. */
function tokensOf(text: string, unit: string): (number | string)[] | null {
  // full-width figures and signs, as Chinese keyboards type them, are the plain ones after NFKC
  const plain = text.normalize("NFKC").replace(/[−–]/g, "-").replace(/[×∗]/g, "*").replace(/÷/g, "/").trim();
  if (plain.length > LONGEST) return null;
  const own = unit.normalize("NFKC");
  const tokens: (number | string)[] = [];
  let at = 0;
  while (at < plain.length) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(plain);
    if (found === null) return null;
    at = TOKEN.lastIndex;
    tokens.push(found[1] === undefined ? found[2]! : Number(found[1]));
    if (found[1] !== undefined && own !== "") at = pastUnit(plain, at, own);
  }
  return tokens;
}

function pastUnit(text: string, at: number, unit: string): number {
  const spaces = /^\s*/.exec(text.slice(at))![0].length;
  return text.startsWith(unit, at + spaces) ? at + spaces + unit.length : at;
}
