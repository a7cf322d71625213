import type { keys as English } from "../en/keys.ts";
import type { Words } from "../words.ts";

export const keys: Words<typeof English> = {
  selectAll: "全选",
  escape: "取消；退出编组；取消选择",
  next: "下一个图层（焦点在画布上时）",
  previous: "上一个图层",
  enter: "进入编组；编辑文字",
  nudge: "移动 1 像素",
  nudgeFar: "移动 10 像素",
  delete: "删除",
  front: "置于顶层",
  back: "置于底层",
  opacity: "不透明度：1 为 10 %，0 为 100 %",
  moveTool: "移动工具",
  handTool: "抓手工具",
  original: "按住查看原图",
  space: "按住平移",
  wheelZoom: "在指针处缩放",
  pointer: "使用指针",
  pick: "选择；按 Shift 或 Ctrl 多选",
  below: "选择下方的图层",
  copy: "拖动副本；以中心缩放",
  keep: "保持单轴、比例或 15° 步进",
  free: "不吸附",
};
