export const canvas = {
  label: "Canvas",
  exact: "Exact",
  preview: "Preview",
  exact_hint: "These are the server's pixels.",
  preview_hint: "The browser's preview; the exact pixels follow.",
  fit: "Fit in the window",
  actual: "Actual size",
  zoom: "Zoom: {percent} %",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  locked: "This layer is locked. Unlock it to change it.",
};
