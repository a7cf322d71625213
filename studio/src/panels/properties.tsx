import { later } from "./later.tsx";

/** Of what is selected; of the document where nothing is. And what was done to it. */
export const PropertiesPanel = later(async () => (await import("./properties_panel.tsx")).PropertiesPanel);
