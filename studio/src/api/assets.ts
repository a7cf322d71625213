import { ask } from "./http.ts";

export interface Asset {
  sha256: string;
  width: number;
  height: number;
  url: string;
}

/** Keep a picture for `replace` and `add`; the same one is kept once. */
export async function upload(picture: Blob, name: string): Promise<Asset> {
  const form = new FormData();
  form.append("image", picture, name);
  return (await ask<Asset>("/v1/assets", { form })).value;
}
