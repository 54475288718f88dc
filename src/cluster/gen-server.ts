import { GenServer as LocalGenServer } from '../otp/facades.js';
import { startRemote } from './remote-start.js';

/** Processes with state, a mailbox and a life of their own, on this node and on others. */
export const GenServer = {
  ...LocalGenServer,
  /** Starts a behaviour that is registered on another node there; resolves to its ref. */
  startRemote,
} as const;
