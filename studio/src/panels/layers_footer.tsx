/** Where group, duplicate, delete and split further will be. */
export function LayersFooter() {
  return null;
}
