import type { Logger } from 'winston';
import { checkCount, checkDelayMs, checkName, InvalidOptionError } from '../otp/option.js';
import type { BonjourPlace } from '../cluster/discovery-responder.js';
import { checkServiceType } from './discovery.js';
import type { LedgerOptions } from './ledger-options.js';
import { checkReach } from './socket-token.js';
import { forgetfulStore, type TaskStore } from './store.js';
import { type FolderOptions, folderStore } from './store-folder.js';

/** What every coordinator may be told. */
export interface CoordinatorOptions extends LedgerOptions {
  /** For workers; 4000 by default, 0 for any free one. */
  readonly port?: number;
  /** Where it listens, 127.0.0.1 by default. Any address that others can reach needs a `token`. */
  readonly host?: string;
  /** What workers and requests have to show. */
  readonly token?: string;
  /** `eventbus` by default. */
  readonly serviceType?: string;
  /** Lets workers find it by multicast DNS; true by default. */
  readonly enableBonjour?: boolean;
  /** Where that is spoken; all interfaces by default. */
  readonly bonjour?: BonjourPlace;
  /** How many tasks a worker gets at a time, 5 by default. */
  readonly batchSize?: number;
  readonly logger?: Logger;
  /** The lease of a worker that cannot renew it; 600,000 by default. */
  readonly silentLeaseMs?: number;
  /** How long a worker whose connection broke keeps its tasks; 2000 by default. */
  readonly reconnectGraceMs?: number;
  /** The pause before a source that gave nothing new is asked again; 1000 by default. */
  readonly sourcePauseMs?: number;
  /** A larger message of a worker ends its connection; 64 MiB by default. */
  readonly messageBytesMax?: number;
}

/**
 * Where tasks are kept: memory, which ends with the process, or a folder, which one living
 * coordinator has at a time. `start` rejects with StoreInUseError while another has it.
 */
export type StoreOption = 'memory' | { readonly path: string };

export type CoordinatorSettings = Required<
  Omit<CoordinatorOptions, keyof LedgerOptions | 'token' | 'logger' | 'bonjour' | 'leaseMs'>
> & {
  readonly token: string | undefined;
  readonly bonjour: BonjourPlace | undefined;
  readonly ledger: LedgerOptions;
};

/** Throws InvalidOptionError, or TokenRequiredError for an address that needs a token. */
export function coordinatorSettings(options: CoordinatorOptions): CoordinatorSettings {
  const settings: CoordinatorSettings = {
    port: checkPort('port', options.port ?? 4000),
    host: checkName('host', options.host ?? '127.0.0.1'),
    token: options.token === undefined ? undefined : checkName('token', options.token),
    serviceType: options.serviceType ?? 'eventbus',
    enableBonjour: options.enableBonjour ?? true,
    bonjour: options.bonjour,
    batchSize: checkCount('batchSize', options.batchSize ?? 5, 1),
    silentLeaseMs: checkDelayMs('silentLeaseMs', options.silentLeaseMs ?? 600_000),
    reconnectGraceMs: checkDelayMs('reconnectGraceMs', options.reconnectGraceMs ?? 2000),
    sourcePauseMs: checkDelayMs('sourcePauseMs', options.sourcePauseMs ?? 1000),
    messageBytesMax: checkCount('messageBytesMax', options.messageBytesMax ?? 64 * 2 ** 20, 1024),
    ledger: ledgerOptions(options),
  };
  checkServiceType(settings.serviceType);
  checkReach(settings.host, settings.token);
  return settings;
}

export function checkPort(option: string, port: number): number {
  if (checkCount(option, port, 0) <= 65_535) return port;
  throw new InvalidOptionError(option, 'a whole number from 0 to 65535', port);
}

/** Opens the store that is asked for. Rejects as {@link folderStore} does. */
export async function openStore(store: StoreOption, options: FolderOptions): Promise<TaskStore> {
  if (store === 'memory') return forgetfulStore();
  const path: unknown = (store as { readonly path?: unknown } | null)?.path;
  if (typeof path === 'string' && path !== '') return folderStore(path, options);
  throw new InvalidOptionError('store', '"memory" or { path } of a folder', store);
}

function ledgerOptions(options: CoordinatorOptions): LedgerOptions {
  const { leaseMs, retriesMax, lossesMax, backoffMs, backoffMaxMs, pendingMax, finishedMax } =
    options;
  const all = { leaseMs, retriesMax, lossesMax, backoffMs, backoffMaxMs, pendingMax, finishedMax };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
