// Bundles src/ into app/web/static/: one style sheet and a script, all named by what they hold, and the page that names
// them. What only the start, only the editor or only one language needs are scripts of their own, loaded when they are
// needed. build.json says of which sources it was made, so that a test can tell when it was forgotten, and what each
// view loads.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

const here = import.meta.dirname;
const target = path.join(here, "..", "app", "web", "static");
const SOURCES = ["package.json", "package-lock.json", "build.mjs", "tsconfig.json", "src"];

const bundled = await build({
  absWorkingDir: here,
  entryPoints: { studio: "src/main.tsx" },
  bundle: true,
  minify: true,
  format: "esm",
  splitting: true,
  target: "es2023",
  jsx: "automatic",
  jsxImportSource: "preact",
  entryNames: "[name]-[hash]",
  chunkNames: "studio-[name]-[hash]",
  outdir: target,
  write: false,
  legalComments: "none",
  metafile: true,
  loader: { ".svg": "text", ".webp": "file" },
  assetNames: "[name]-[hash]",
  publicPath: "/studio",
});

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const file of bundled.outputFiles) await writeFile(path.join(target, path.basename(file.path)), file.contents);
const outputs = Object.fromEntries(
  Object.entries(bundled.metafile.outputs).map(([file, output]) => [path.basename(file), output]),
);
const script = scriptOf("src/main.tsx");
const style = path.basename(outputs[script].cssBundle);
const page = await readFile(path.join(here, "src", "index.html"), "utf8");
await writeFile(path.join(target, "index.html"), page.replace("{{css}}", style).replace("{{js}}", script));
await writeFile(path.join(target, "icon.svg"), await readFile(path.join(here, "src", "icon.svg")));
await writeFile(path.join(target, "LICENSES.txt"), await licences(bundled.metafile));
await writeFile(path.join(target, "build.json"), JSON.stringify({ sources: await digest(), views: views() }, null, 2) + "\n");

/** The script that a source became the beginning of. */
function scriptOf(source) {
  return Object.keys(outputs).find((name) => outputs[name].entryPoint === source);
}

/** All files that a view loads, by its name. */
function views() {
  const of = (source) => [...new Set([style, ...statically(script), ...statically(scriptOf(source))])].sort();
  return { start: of("src/start/start.tsx"), editor: of("src/editor.tsx") };
}

/** A script and all that it cannot do without. */
function statically(name) {
  const needed = outputs[name].imports.filter((one) => one.kind === "import-statement");
  return [name, ...needed.flatMap((one) => statically(path.basename(one.path)))];
}

/** Of all sources, by name and content: 64 hex digits. */
async function digest() {
  const hash = createHash("sha256");
  for (const name of SOURCES) for (const file of await files(name)) {
    hash.update(`${file}\0`).update(await readFile(path.join(here, file))).update("\0");
  }
  return hash.digest("hex");
}

/** A file, or all files under a folder in the order of their names; paths with slashes. */
async function files(name) {
  const found = await readdir(path.join(here, name), { recursive: true, withFileTypes: true }).catch(() => null);
  if (found === null) return [name];
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(here, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .sort((one, other) => (one < other ? -1 : 1));
}

/** What the packages in the bundle ask to be said with it. */
async function licences(metafile) {
  const inputs = Object.keys(metafile.inputs).filter((name) => name.includes("node_modules/"));
  const { dependencies } = JSON.parse(await readFile(path.join(here, "package.json"), "utf8"));
  const bundled = inputs.map((name) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)[1]);
  const packages = new Set([...Object.keys(dependencies), ...bundled]);
  const texts = [];
  for (const name of [...packages].sort()) {
    const folder = path.join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    texts.push(`${name} ${version} (${license})\n\n${await readFile(path.join(folder, file), "utf8")}`);
  }
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
