/** The one place for a picture to come in; what is dropped beside it counts too. */

import { useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Problem } from "../api/http.ts";
import { t } from "../i18n/index.ts";
import { Button } from "../ui/index.ts";
import { Icon } from "../ui/icons.tsx";
import { begin, refused } from "./begin.ts";
import { ofAddress, ofFiles, STACKS, TYPES } from "./intake.ts";

export function DropArea() {
  return (
    <div class="drop-area">
      <Icon name="image" />
      <p class="drop-words">{t("start.drop_here")}</p>
      <Browse />
      <p class="hint">{t("start.or_paste")}</p>
      <Address />
      <p class="hint">{t("start.formats")}</p>
    </div>
  );
}

function Browse() {
  const input = useRef<HTMLInputElement>(null);
  const take = (field: HTMLInputElement) => {
    try {
      if (field.files !== null && field.files.length > 0) void begin(ofFiles([...field.files]));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refused.value = { problem: error, source: null };
    }
    field.value = ""; // so that the same file can be chosen again
  };
  return (
    <>
      <Button label={t("start.browse")} kind="primary" onClick={() => input.current?.click()} />
      <input ref={input} type="file" accept={[...TYPES, ...STACKS].join(",")} class="hidden" tabIndex={-1} aria-hidden="true"
        onChange={(event) => take(event.currentTarget)} />
    </>
  );
}

/** For phones, where nothing can be pasted into a page. */
function Address() {
  const text = useSignal("");
  const odd = useSignal(false);
  const take = () => {
    const source = ofAddress(text.value);
    odd.value = source === null;
    if (source !== null) void begin(source);
  };
  return (
    <form class="address" noValidate onSubmit={(event) => {
      event.preventDefault();
      take();
    }}>
      <input type="url" inputMode="url" aria-label={t("start.address")} placeholder={t("start.address_example")}
        aria-invalid={odd.value} aria-describedby="address-odd" autoComplete="off" spellcheck={false} value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          odd.value = false;
        }} />
      <Button label={t("start.fetch")} onClick={take} />
      <p id="address-odd" class="address-odd" role="alert">{odd.value ? t("start.address_odd") : ""}</p>
    </form>
  );
}
