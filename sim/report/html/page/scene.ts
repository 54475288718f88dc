import type { ChildBar, FaultBand } from '../report-data.js';
import type { Lane, PlacedBand } from './lane-layout.js';
import type { Palette } from './palette.js';
import type { RunModel } from './run-model.js';
import type { Shown } from './shown.js';
import type { TimeView } from './time-view.js';

/** Everything that a drawing is made from. */
export interface Scene {
  readonly model: RunModel;
  readonly view: TimeView;
  readonly shown: Shown;
  readonly palette: Palette;
  readonly lanes: readonly Lane[];
  /** By node; absent for those that a filter hides. */
  readonly laneOf: ReadonlyMap<number, Lane>;
  readonly bands: readonly PlacedBand[];
  /** Where the lanes begin, below the axis and the faults, as they are scrolled now. */
  readonly lanesTop: number;
  /** The height of what stays in place above the lanes. */
  readonly headHeight: number;
  readonly width: number;
  readonly height: number;
  readonly hovered: Target | undefined;
  /** The event that was clicked last. */
  readonly pinned: number | undefined;
}

/** Something in the picture that can be pointed at. */
export type Target =
  | { readonly kind: 'event'; readonly event: number; readonly others: number }
  | { readonly kind: 'message'; readonly message: number }
  | { readonly kind: 'bar'; readonly bar: ChildBar }
  | { readonly kind: 'band'; readonly band: FaultBand };

/** What was drawn, for whoever counts. */
export interface Drawn {
  lanes: number;
  bars: number;
  messages: number;
  events: number;
  bands: number;
}
