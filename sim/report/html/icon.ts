/** A small picture for the tab of a browser, in the colour of the verdict. */
export function nodeIcon(verdict: string): string {
  const colour = verdict === 'PASS' ? '#2f9e63' : verdict === 'FAIL' ? '#d6455d' : '#8a8f98';
  const lanes = `<path d="M2 4h12M2 12h12M4 4l4 8M9 4l3 8" stroke="${colour}" stroke-width="2"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none">${lanes}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
