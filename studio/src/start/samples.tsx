/** Pictures to try it with; they came with the page. */

import card from "../samples/card.webp";
import poster from "../samples/poster.webp";
import slide from "../samples/slide.webp";
import { asProblem } from "../api/http.ts";
import { send } from "../api/http.ts";
import { t } from "../i18n/index.ts";
import { begin, refused } from "./begin.ts";

const SAMPLES = [
  { name: "poster", url: poster, width: 896, height: 1120 },
  { name: "card", url: card, width: 720, height: 900 },
  { name: "slide", url: slide, width: 1120, height: 630 },
] as const;

export function Samples() {
  return (
    <section class="samples" aria-labelledby="samples">
      <h2 id="samples">{t("start.samples")}</h2>
      <ul>
        {SAMPLES.map(({ name, url, width, height }) => (
          <li key={name}>
            <button type="button" onClick={() => void take(name, url)}>
              <img src={url} alt="" width={width} height={height} draggable={false} />
              <span>{t(`start.sample_${name}`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

async function take(name: (typeof SAMPLES)[number]["name"], url: string): Promise<void> {
  try {
    const picture = await (await send(url)).blob();
    await begin({ kind: "file", picture, name: t(`start.sample_${name}`) });
  } catch (error) {
    refused.value = { problem: asProblem(error), source: null };
  }
}
