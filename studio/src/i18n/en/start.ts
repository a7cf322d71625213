export const start = {
  choose: "Choose a picture",
  hint: "PNG, JPEG, WebP, AVIF or GIF.",
  uploading: "Sending the picture…",
  queued: "Waiting, number {position} in line",
  waiting: "Waiting",
  running: "Taking the picture apart",
  canceled: "Canceled.",
  cancel: "Cancel",
  progress: "Progress",
};
