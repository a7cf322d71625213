import type { layers as English } from "../en/layers.ts";
import type { Words } from "../index.ts";

export const layers: Words<typeof English> = {
  title: "图层",
  show: "显示 {name}",
  hide: "隐藏 {name}",
  none: "没有图层。",
};
