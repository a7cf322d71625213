import type { start as English } from "../en/start.ts";
import type { Words } from "../index.ts";

export const start: Words<typeof English> = {
  choose: "选择图片",
  hint: "PNG、JPEG、WebP、AVIF 或 GIF。",
  uploading: "正在上传图片…",
  queued: "排队中，第 {position} 位",
  waiting: "等待中",
  running: "正在拆分图片",
  canceled: "已取消。",
  cancel: "取消",
  progress: "进度",
};
