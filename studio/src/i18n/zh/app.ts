import type { app as English } from "../en/app.ts";
import type { Words } from "../index.ts";

export const app: Words<typeof English> = {
  tagline: "把任意图片变成可编辑的图层。",
  home: "开始页",
  opening: "正在打开文档…",
  toStart: "返回开始页",
  undo: "撤销",
  redo: "重做",
  theme: "主题",
  theme_system: "跟随系统",
  theme_light: "浅色",
  theme_dark: "深色",
  language: "语言",
  dismiss: "关闭",
  panels: "面板",
  saving: "正在保存…",
  toolbar: "工具栏",
  notices: "消息",
  shortcuts: "键盘快捷键",
  close: "关闭",
  reload: "重新加载页面",
};
