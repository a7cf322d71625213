/** One of the canvases that lie over each other on the stage: painted at most once a frame, on the screen's own pixels. */

export type Pen = CanvasRenderingContext2D;

/** Paints all of it. The pen is clear, and its pixels are the screen's. */
type Paint = (pen: Pen) => void;

export class Surface {
  private readonly element = document.createElement("canvas");
  private readonly pen: Pen | null;
  private readonly paint: Paint;
  private frame = 0;

  constructor(container: HTMLElement, paint: Paint) {
    this.paint = paint;
    this.pen = this.element.getContext("2d");
    container.append(this.element);
  }

  /** Paint it in the next frame. */
  request(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.now());
  }

  /** So many CSS pixels; painted at once, as a canvas of another size is empty. */
  resize(width: number, height: number, density: number): void {
    const [across, down] = [Math.floor(width * density), Math.floor(height * density)];
    if (this.element.width === across && this.element.height === down) return;
    [this.element.width, this.element.height] = [across, down];
    // Not the stage's own size: a part of a pixel more would stretch it.
    this.element.style.width = `${across / density}px`;
    this.element.style.height = `${down / density}px`;
    this.now();
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    this.element.remove();
    [this.element.width, this.element.height] = [0, 0];
  }

  private now(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (this.pen === null) return;
    this.pen.reset();
    this.paint(this.pen);
  }
}
