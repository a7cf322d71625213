/** Icons on a grid of 24, drawn with one stroke that stays 1.5 pixels wide at every size. */

/** A box with its corners rounded by `r`. */
function box(x: number, y: number, width: number, height: number, r = 1): string {
  const [across, down] = [width - 2 * r, height - 2 * r];
  const corner = (dx: number, dy: number) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  return `M${x + r} ${y}h${across}${corner(r, r)}v${down}${corner(-r, r)}h${-across}${corner(-r, -r)}v${-down}${corner(r, -r)}Z`;
}

function ring(x: number, y: number, r: number): string {
  return `M${x - r} ${y}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0Z`;
}

function dots(...places: [number, number][]): string {
  return places.map(([x, y]) => ring(x, y, 0.6)).join("");
}

const CORNERS = "M4 8.5V5a1 1 0 0 1 1-1h3.5M15.5 4H19a1 1 0 0 1 1 1v3.5M20 15.5V19a1 1 0 0 1-1 1h-3.5M8.5 20H5a1 1 0 0 1-1-1v-3.5";
const SHEET_BEHIND = "M5 16a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1";
const TRAY = "M4 16.5V19a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-2.5";
const EYE = "M3 12c2.2-4 5.2-6 9-6s6.8 2 9 6c-2.2 4-5.2 6-9 6s-6.8-2-9-6Z";

const PATHS = {
  undo: "M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10H8",
  redo: "m16 5 4 4-4 4M20 9H10a5 5 0 0 0 0 10h6",
  eye: EYE + ring(12, 12, 2.75),
  eye_off:
    "m4 4 16 16M9.7 6.25A9.4 9.4 0 0 1 12 6c3.8 0 6.8 2 9 6a14 14 0 0 1-2.6 3.4M15.3 17.4A8.7 8.7 0 0 1 12 18c-3.8 0-6.8-2-9-6a14 14 0 0 1 3.6-4.2M10.05 10.05a2.75 2.75 0 0 0 3.9 3.9",
  lock: box(5.5, 11, 13, 9) + "M8.5 11V7.5a3.5 3.5 0 0 1 7 0V11",
  unlock: box(5.5, 11, 13, 9) + "M8.5 11V7.5a3.5 3.5 0 0 1 6.9-.9",
  trash: "M4 7h16M9 7V5a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v2M6 7l.7 12a1 1 0 0 0 1 1h8.6a1 1 0 0 0 1-1L18 7M10 11v5M14 11v5",
  duplicate: box(8, 8, 12, 12) + SHEET_BEHIND + "M14 11v6M11 14h6",
  copy: box(8, 8, 12, 12) + SHEET_BEHIND,
  group: CORNERS + box(8, 8, 8, 8),
  ungroup: box(4, 4, 7.5, 7.5) + box(12.5, 12.5, 7.5, 7.5) + "M15.5 4H19a1 1 0 0 1 1 1v3.5M8.5 20H5a1 1 0 0 1-1-1v-3.5",
  split: "M12 4v16M9 12H3M6 9l-3 3 3 3M15 12h6M18 9l3 3-3 3",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  top: "M5 4.5h14M12 20V8.5M7 13.5l5-5 5 5",
  bottom: "M5 19.5h14M12 4v11.5M7 10.5l5 5 5-5",
  download: `M12 4v11M7 10.5l5 5 5-5${TRAY}`,
  upload: `M12 15.5v-11M7 9l5-5 5 5${TRAY}`,
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: CORNERS,
  compare: box(3.5, 5, 17, 14) + "M12 3v18M9 10l-2 2 2 2M15 10l2 2-2 2",
  text: "M5 7.5V5h14v2.5M12 5v14M9 19h6",
  palette:
    "M12 3.5a8.5 8.5 0 1 0 0 17c1.4 0 2.1-.8 2.1-1.8 0-1.2-1-1.6-1-2.7 0-.9.7-1.6 1.8-1.6h1.8a3.8 3.8 0 0 0 3.8-3.8c0-4.1-3.8-7.1-8.5-7.1Z" +
    dots([7.5, 12], [10, 8], [14.5, 8]),
  adjust: `M4 7h8.5M16.5 7H20M4 12h2.5M10.5 12H20M4 17h6.5M14.5 17H20${ring(14.5, 7, 2)}${ring(8.5, 12, 2)}${ring(12.5, 17, 2)}`,
  replace: "M4 8.5h15M15.5 5 19 8.5 15.5 12M20 15.5H5M8.5 12 5 15.5 8.5 19",
  panel: box(3.5, 5, 17, 14) + "M14.5 5v14",
  history: "M4.5 12a7.75 7.75 0 1 0 2.3-5.5L4.5 8.8M4.5 4.5v4.3h4.3M12 8v4.3l3 1.7",
  code: "M8 7.5 3.5 12 8 16.5M16 7.5l4.5 4.5-4.5 4.5M13.7 5l-3.4 14",
  settings:
    ring(12, 12, 2.5) + ring(12, 12, 6.25) +
    "M12 5.75V3.5M12 20.5v-2.25M5.75 12H3.5M20.5 12h-2.25M16.42 7.58l1.59-1.59M5.99 18.01l1.59-1.59M7.58 7.58 5.99 5.99M18.01 18.01l-1.59-1.59",
  sun: ring(12, 12, 3.75) + "M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.28 5.28 6.7 6.7M17.3 17.3l1.42 1.42M5.28 18.72l1.42-1.42M17.3 6.7l1.42-1.42",
  moon: "M20 14.3A8.3 8.3 0 0 1 9.7 4 8.3 8.3 0 1 0 20 14.3Z",
  language: ring(12, 12, 8.5) + "M3.5 12h17M12 3.5c2.4 2.5 3.6 5.3 3.6 8.5s-1.2 6-3.6 8.5c-2.4-2.5-3.6-5.3-3.6-8.5s1.2-6 3.6-8.5Z",
  home: "m3.5 11.5 8.5-7.5 8.5 7.5M6 9.5V19a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V9.5M10 20v-5.5h4V20",
  close: "m6 6 12 12M18 6 6 18",
  check: "m5 12.5 4.5 4.5L19 7.5",
  warning: "M11.15 4.8 3.2 18.5a1 1 0 0 0 .85 1.5h15.9a1 1 0 0 0 .85-1.5L12.85 4.8a1 1 0 0 0-1.7 0ZM12 9.5v4.5" + dots([12, 17]),
  more: dots([6, 12], [12, 12], [18, 12]),
  flip_h: "M12 3.5v17M9 7v10.5H3.5ZM15 7v10.5h5.5Z",
  flip_v: "M3.5 12h17M7 9h10.5V3.5ZM7 15h10.5v5.5Z",
  rotate: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15",
  move: "M12 3v18M3 12h18M9.5 5.5 12 3l2.5 2.5M9.5 18.5 12 21l2.5-2.5M5.5 9.5 3 12l2.5 2.5M18.5 9.5 21 12l-2.5 2.5",
  hand: "M7 13.5V7a1.5 1.5 0 0 1 3 0v4.5M10 11V5a1.5 1.5 0 0 1 3 0v6M13 11V6a1.5 1.5 0 0 1 3 0v6M16 9.5a1.5 1.5 0 0 1 3 0V15a6 6 0 0 1-6 6h-1.5a6 6 0 0 1-4.6-2.2L3.6 15A1.6 1.6 0 0 1 6 12.9l1 1.1",
  drag_grip: dots([9, 6], [15, 6], [9, 12], [15, 12], [9, 18], [15, 18]),
  rotate_right: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15",
  rotate_left: "M4.5 12a7.5 7.5 0 1 0 2.2-5.3L4.5 9M4.5 4.5V9H9",
  align_left: "M4 3.5v17" + box(7, 6, 13, 4.5) + box(7, 13.5, 8, 4.5),
  align_center: "M12 3.5V6M12 10.5v3M12 18v2.5" + box(5, 6, 14, 4.5) + box(7.5, 13.5, 9, 4.5),
  align_right: "M20 3.5v17" + box(4, 6, 13, 4.5) + box(9, 13.5, 8, 4.5),
  align_top: "M3.5 4h17" + box(6, 7, 4.5, 13) + box(13.5, 7, 4.5, 8),
  align_middle: "M3.5 12H6M10.5 12h3M18 12h2.5" + box(6, 5, 4.5, 14) + box(13.5, 7.5, 4.5, 9),
  align_bottom: "M3.5 20h17" + box(6, 4, 4.5, 13) + box(13.5, 9, 4.5, 8),
  spread_across: "M4 4v16M20 4v16" + box(9.5, 7, 5, 10),
  spread_down: "M4 4h16M4 20h16" + box(7, 9.5, 10, 5),
  text_left: "M4 6h16M4 12h10M4 18h13",
  text_center: "M4 6h16M7 12h10M5.5 18h13",
  text_right: "M4 6h16M10 12h10M7 18h13",
  link: "M10 14a3.5 3.5 0 0 0 5 0l3.5-3.5a3.5 3.5 0 0 0-5-5L12 7M14 10a3.5 3.5 0 0 0-5 0l-3.5 3.5a3.5 3.5 0 0 0 5 5L12 17",
  image: box(3.5, 4.5, 17, 15, 1.5) + ring(8.5, 9.5, 1.5) + "M4 17.5l5-4.5 3.5 3 3.5-4 4.5 4.5",
  folder: "M3.5 7A1.5 1.5 0 0 1 5 5.5h4l2 2.5h8a1.5 1.5 0 0 1 1.5 1.5V17a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 17Z",
  help: ring(12, 12, 8.5) + "M9.5 9.7a2.5 2.5 0 1 1 3.7 2.2c-.8.4-1.2 1-1.2 1.9" + dots([12, 16.6]),
  cancel: ring(12, 12, 8.5) + "M9 9l6 6M15 9l-6 6",
  layers: "m12 4 9 4.5-9 4.5-9-4.5ZM3.5 12.5 12 16.8l8.5-4.3M3.5 16.2 12 20.5l8.5-4.3",
  chevron_down: "m7 10 5 5 5-5",
  chevron_right: "m10 7 5 5-5 5",
} as const satisfies Record<string, string>;

export type IconName = keyof typeof PATHS;
export const ICON_NAMES = Object.keys(PATHS) as IconName[];

/** Hidden from screen readers: what it is for is said by the control it stands in. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="ui-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
