import type { out as English } from "../en/out.ts";
import type { Words } from "../index.ts";

export const out: Words<typeof English> = {
  download: "下载 PNG",
};
