import { createNodePlatform } from '../../platform/node-platform.js';
import { openHttpDoor } from '../http-door.js';
import { LedgerDesk } from '../ledger-desk.js';
import type { LedgerOptions } from '../ledger-options.js';
import { forgetfulStore } from '../store.js';
import type { HttpDoor } from '../task-desk.js';

export interface OpenDesk {
  readonly desk: LedgerDesk;
  readonly door: HttpDoor;
  readonly url: string;
  close(): Promise<void>;
}

export interface DeskSetting {
  readonly host?: string;
  readonly token?: string;
  readonly taskFolderPath?: string;
  readonly ledger?: LedgerOptions;
}

/** A ledger with its HTTP side, and no workers. */
export async function openDesk(setting: DeskSetting = {}): Promise<OpenDesk> {
  const { host = '127.0.0.1', token, taskFolderPath, ledger = {} } = setting;
  const platform = createNodePlatform();
  const desk = new LedgerDesk({ platform, store: forgetfulStore() }, ledger);
  await desk.open();
  const door = await openHttpDoor({ desk, port: 0, host, token, taskFolderPath });
  return {
    desk,
    door,
    url: `http://127.0.0.1:${door.port}`,
    close: async () => {
      await door.close();
      await desk.close();
    },
  };
}
