export { app } from "./app.ts";
export { start } from "./start.ts";
export { canvas } from "./canvas.ts";
export { keys } from "./keys.ts";
export { layers } from "./layers.ts";
export { properties } from "./properties.ts";
export { out } from "./out.ts";
export { problems } from "./problems.ts";
