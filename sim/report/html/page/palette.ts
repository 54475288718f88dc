/** Colours of one theme. Those of children are far apart for neighbours in the list. */
export interface Palette {
  readonly isDark: boolean;
  readonly ground: string;
  readonly lane: string;
  readonly rule: string;
  readonly ink: string;
  readonly soft: string;
  readonly faint: string;
  /** For what happens all the time. */
  readonly mute: string;
  readonly accent: string;
  readonly bad: string;
  readonly warn: string;
  readonly good: string;
  child(number: number): ChildPaint;
  frame(name: string): string;
  side(number: number): string;
  fault(kind: string): string;
  group(name: string): string;
}

export interface ChildPaint {
  readonly fill: string;
  readonly edge: string;
  readonly text: string;
}

export function paletteOf(isDark: boolean): Palette {
  const tone = (hue: number, chroma = 0.14): string =>
    isDark ? `oklch(0.74 ${chroma} ${hue})` : `oklch(0.52 ${chroma} ${hue})`;
  const base = isDark ? DARK : LIGHT;
  const groups: Readonly<Record<string, string>> = {
    faults: base.bad,
    supervision: tone(300, 0.15),
    cluster: tone(165, 0.15),
    calls: tone(255, 0.15),
  };
  return {
    isDark,
    ...base,
    child: (number) => childPaint(number, isDark),
    frame: (name) => {
      const family = FAMILIES.find(({ frames }) => frames.includes(name));
      if (family === undefined) return tone(250, 0.03);
      return tone(family.hue, family.chroma);
    },
    side: (number) => tone(SIDES[number % SIDES.length] as number, 0.13),
    fault: (kind) => (kind === 'down' ? base.bad : tone(FAULT_HUES[kind] ?? 310)),
    group: (name) => groups[name] ?? base.mute,
  };
}

/** What a family of frames is called in the legend. */
export const FAMILIES: readonly {
  readonly name: string;
  readonly hue: number;
  readonly chroma: number;
  readonly frames: readonly string[];
}[] = [
  { name: 'calls', hue: 255, chroma: 0.15, frames: ['call', 'reply', 'cast', 'info', 'abort'] },
  { name: 'spawns and control', hue: 300, chroma: 0.17, frames: ['spawn', 'control', 'stop'] },
  {
    name: 'links and monitors',
    hue: 60,
    chroma: 0.14,
    frames: ['exit', 'kill', 'link', 'unlink', 'monitor', 'demonitor', 'down'],
  },
  {
    name: 'joining and names',
    hue: 165,
    chroma: 0.12,
    frames: ['hello', 'welcome', 'reject', 'sync', 'ready', 'leave', 'names'],
  },
  { name: 'heartbeats', hue: 250, chroma: 0.02, frames: ['heartbeat'] },
  { name: 'connections', hue: 200, chroma: 0.06, frames: ['dial', 'close'] },
];

function childPaint(number: number, isDark: boolean): ChildPaint {
  const hue = (number * 137.508 + 20) % 360;
  const isSecond = Math.floor(number / 8) % 2 === 1;
  if (isDark) {
    return {
      fill: `oklch(${isSecond ? 0.34 : 0.42} 0.095 ${hue})`,
      edge: `oklch(0.68 0.13 ${hue})`,
      text: `oklch(0.96 0.02 ${hue})`,
    };
  }
  return {
    fill: `oklch(${isSecond ? 0.82 : 0.88} 0.075 ${hue})`,
    edge: `oklch(0.58 0.13 ${hue})`,
    text: `oklch(0.27 0.06 ${hue})`,
  };
}

const LIGHT = {
  ground: '#ffffff',
  lane: '#f6f7f9',
  rule: '#dfe3e8',
  ink: '#1a1f27',
  soft: '#58616e',
  faint: '#a9b1bc',
  mute: '#7d8794',
  accent: '#2459d6',
  bad: '#c8213f',
  warn: '#a96400',
  good: '#14794a',
};
const DARK: typeof LIGHT = {
  ground: '#12151b',
  lane: '#181c24',
  rule: '#2b313c',
  ink: '#e8ebf0',
  soft: '#a3acba',
  faint: '#5b6473',
  mute: '#79839a',
  accent: '#7fa8ff',
  bad: '#ff6b81',
  warn: '#f0b14a',
  good: '#5ed39a',
};
const SIDES = [250, 55, 150, 320, 100, 200];
const FAULT_HUES: Readonly<Record<string, number>> = {
  pause: 75,
  slow: 95,
  clock: 110,
  partition: 300,
  'one-way': 320,
  cut: 340,
  'frame-loss': 200,
  latency: 220,
  clog: 45,
  flap: 280,
  datagram: 180,
};
