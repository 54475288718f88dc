export function doubled(value: number): number {
  return value * 2;
}
