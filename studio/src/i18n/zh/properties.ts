import type { properties as English } from "../en/properties.ts";
import type { Words } from "../index.ts";

export const properties: Words<typeof English> = {
  title: "属性",
  none: "请选择一个图层。",
};
