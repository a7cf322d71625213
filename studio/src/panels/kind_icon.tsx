import { t } from "../i18n/index.ts";

const PATHS: Record<string, string> = {
  background: "M4.5 5h15v14h-15zM5 17l5-5 3.500 3.500L16 13l3.500 3.500M15 9.200h.1",
  object: "m12 3.500 7.500 4.250v8.500L12 20.500l-7.500-4.250v-8.500ZM4.500 7.750 12 12l7.500-4.250M12 12v8.500",
  shape: "M4 4.500h10v10H4zM14.500 9.500a5.250 5.250 0 1 1-5.250 5.250",
  text: "M5 7.500V5h14v2.500M12 5v14M9 19h6",
  residual: "M6 6h.1M12 6h.1M18 6h.1M6 12h.1M12 12h.1M18 12h.1M6 18h.1M12 18h.1M18 18h.1",
  group: "M3.500 7A1.500 1.500 0 0 1 5 5.500h4L11 8h8a1.500 1.500 0 0 1 1.500 1.500V17a1.500 1.500 0 0 1-1.500 1.500H5A1.500 1.500 0 0 1 3.500 17Z",
};

export function kindName(kind: string): string {
  switch (kind) {
    case "background": return t("layers.kind_background");
    case "shape": return t("layers.kind_shape");
    case "text": return t("layers.kind_text");
    case "residual": return t("layers.kind_residual");
    case "group": return t("layers.kind_group");
    default: return t("layers.kind_object");
  }
}

/** Small, with its word as a tooltip; screen readers hear it with the row. */
export function KindIcon({ kind }: { kind: string }) {
  return (
    <span class="layer-kind" title={kindName(kind)}>
      <svg class="ui-icon" viewBox="0 0 24 24" aria-hidden="true"><path d={PATHS[kind] ?? PATHS["object"]} vector-effect="non-scaling-stroke" /></svg>
    </span>
  );
}
