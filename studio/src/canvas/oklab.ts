/** Colours as the eye tells them apart, as model/oklab.py has them. Pure; colours are changed in place. */

const { cbrt, max, min } = Math;

/** sRGB-encoded, 0-255 -> lightness 0-1 and two of about -0.4 to 0.4, in the first three places. */
export function toOklab(colour: Float64Array): void {
  const [red, green, blue] = [light(colour[0]!), light(colour[1]!), light(colour[2]!)];
  const long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const middle = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  colour[0] = 0.2104542553 * long + 0.793617785 * middle - 0.0040720468 * short;
  colour[1] = 1.9779984951 * long - 2.428592205 * middle + 0.4505937099 * short;
  colour[2] = 0.0259040371 * long + 0.7827717662 * middle - 0.808675766 * short;
}

/** The way back; what no screen shows is clipped channel by channel. */
export function fromOklab(colour: Float64Array): void {
  const [lightness, green, yellow] = [colour[0]!, colour[1]!, colour[2]!];
  const long = (lightness + 0.3963377774 * green + 0.2158037573 * yellow) ** 3;
  const middle = (lightness - 0.1055613458 * green - 0.0638541728 * yellow) ** 3;
  const short = (lightness - 0.0894841775 * green - 1.2914855480 * yellow) ** 3;
  colour[0] = encoded(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short);
  colour[1] = encoded(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short);
  colour[2] = encoded(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short);
}

function light(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((max(share, 0) + 0.055) / 1.055) ** 2.4;
}

function encoded(value: number): number {
  const share = min(1, max(0, value));
  return 255 * (share <= 0.0031308 ? share * 12.92 : 1.055 * share ** (1 / 2.4) - 0.055);
}
