/** The sign of Lamina: layers, one over the other. */
export function Mark() {
  return <img class="mark" src="/studio/icon.svg" alt="" width="24" height="24" />;
}
