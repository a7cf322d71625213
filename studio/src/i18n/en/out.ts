export const out = {
  download: "Download PNG",
};
