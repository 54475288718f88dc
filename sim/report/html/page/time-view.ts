/** Which part of the run is shown, and where on the screen a moment of it is. */
export class TimeView {
  fromUs = 0;
  toUs: number;
  /** In pixels of the page. */
  left = 0;
  width = 1;

  constructor(
    readonly endUs: number,
    private readonly changed: () => void,
  ) {
    this.toUs = endUs;
    this.fit();
  }

  get spanUs(): number {
    return this.toUs - this.fromUs;
  }

  x(us: number): number {
    return this.left + ((us - this.fromUs) / this.spanUs) * this.width;
  }

  us(x: number): number {
    return this.fromUs + ((x - this.left) / this.width) * this.spanUs;
  }

  fit(): void {
    const marginUs = this.endUs * MARGIN;
    this.show(-marginUs, this.endUs + marginUs);
  }

  /** Shows a part; never less than some microseconds, never far outside of the run. */
  show(fromUs: number, toUs: number): void {
    const wholeUs = this.endUs * (1 + 2 * MARGIN);
    const spanUs = Math.min(Math.max(toUs - fromUs, SPAN_US_MIN), wholeUs);
    const middleUs = (fromUs + toUs) / 2;
    const lowUs = -this.endUs * MARGIN;
    const highUs = this.endUs * (1 + MARGIN);
    this.fromUs = Math.min(Math.max(middleUs - spanUs / 2, lowUs), highUs - spanUs);
    this.toUs = this.fromUs + spanUs;
    this.changed();
  }

  /** `factor` above 1 shows more detail; the moment `atUs` stays where it is. */
  zoom(factor: number, atUs = (this.fromUs + this.toUs) / 2): void {
    const spanUs = Math.max(this.spanUs / factor, SPAN_US_MIN);
    const share = (atUs - this.fromUs) / this.spanUs;
    this.show(atUs - share * spanUs, atUs + (1 - share) * spanUs);
  }

  pan(byUs: number): void {
    this.show(this.fromUs + byUs, this.toUs + byUs);
  }

  /** Brings a moment into view, and close enough to tell it from its neighbours. */
  focus(atUs: number, spanUs = this.spanUs): void {
    this.show(atUs - spanUs / 2, atUs + spanUs / 2);
  }
}

const MARGIN = 0.01;
const SPAN_US_MIN = 40;
