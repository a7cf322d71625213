/** The same keys, in other words. */
export type Words<Area> = { readonly [Name in keyof Area]: string };
