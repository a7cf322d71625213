export const properties = {
  title: "Properties",
  none: "Select a layer.",
};
