export const layers = {
  title: "Layers",
  show: "Show {name}",
  hide: "Hide {name}",
  none: "No layers.",
};
