import type { Family } from '../checkers/family.js';

/** Whether a supervisor that runs has children on the way down or up. */
export function isRestarting({ phase, members }: Family): boolean {
  if (phase !== 'running') return false;
  return members.some(({ standing, everRan, restart }) => {
    if (standing === 'down') return everRan && restart === 'permanent';
    return standing !== 'running' && standing !== 'held';
  });
}
