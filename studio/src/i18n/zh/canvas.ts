import type { canvas as English } from "../en/canvas.ts";
import type { Words } from "../words.ts";

export const canvas: Words<typeof English> = {
  label: "画布",
  exact: "精确",
  preview: "预览",
  exact_hint: "这些是服务器的像素。",
  preview_hint: "浏览器预览，精确像素随后显示。",
  fit: "适合窗口",
  actual: "实际大小",
  zoom: "缩放：{percent} %",
  zoomIn: "放大",
  zoomOut: "缩小",
  locked: "图层已锁定，请先解锁再修改。",
  compare: "与原图对比",
  split: "原图与当前图的分界线",
  split_value: "{percent} % 原图",
  view: "视图",
};
