/** Colours as text, and how well two of them can be told apart. */

/** `#rrggbb` of what a person typed (`#abc`, `AABBCC`, full-width figures too), or null where it is no colour. */
export function parseHex(text: string): string | null {
  const found = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/.exec(text.normalize("NFKC").trim().toLowerCase());
  if (found === null) return null;
  const figures = found[1]!;
  return `#${figures.length === 3 ? figures.replace(/./g, "$&$&") : figures}`;
}

/** The contrast ratio of two `#rrggbb` colours, 1 … 21, as WCAG 2.2 defines it. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance, 0 … 1, as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
