/** What people paste for an address, and what pictures are called by it. */

const LONGEST_NAME = 200;

/** The first address in a text, and the name of what is there; `null` where there is none that pictures come from. */
export function addressIn(text: string): { address: string; name: string } | null {
  const address = text.trim().split(/\s/, 1)[0] ?? "";
  if (/^data:image\/[\w.+-]+;base64,/i.test(address)) return { address, name: "" };
  if (!/^https?:\/\/[^/]/i.test(address) || !URL.canParse(address)) return null;
  const last = new URL(address).pathname.split("/").findLast((part) => part !== "") ?? "";
  return { address, name: bareName(decoded(last)) };
}

/** A file's name without its ending, as long as a document's may be. */
export function bareName(name: string): string {
  return name.replace(/\.\w{1,5}$/, "").trim().slice(0, LONGEST_NAME);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
