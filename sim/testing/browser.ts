import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The browser of this machine; `undefined` when none of the usual ones is installed. */
export function findBrowser(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome'].find((name) => {
    return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
  });
}

/** What a page asked for, by URL, and what it printed or threw. */
export interface PageLog {
  readonly requests: string[];
  readonly errors: string[];
}

/**
 * A headless browser with one page, spoken to over a pipe: no port, no package. It works offline
 * unless it is told not to, so whatever a page asks the network for fails and is in `log`.
 */
export class Browser {
  readonly log: PageLog = { requests: [], errors: [] };
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #events = new Map<string, () => void>();
  #nextId = 1;
  #session: string | undefined;
  #buffer = '';

  private constructor(process: ChildProcess, profile: string) {
    this.#process = process;
    this.#profile = profile;
    (process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const parts = `${this.#buffer}${text}`.split('\0');
      this.#buffer = parts.pop() ?? '';
      for (const part of parts) this.#take(JSON.parse(part) as Answer);
    });
  }

  static async start(
    program: string,
    size: PageSize,
    { isOffline = true }: { readonly isOffline?: boolean } = {},
  ): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'faultline-browser-'));
    const args = [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      ...['--remote-debugging-pipe', '--no-first-run', `--user-data-dir=${profile}`],
      `--window-size=${size.width},${size.height}`,
    ];
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      // A group of its own: its helpers write to the profile for as long as they live.
      detached: true,
    });
    const browser = new Browser(child, profile);
    await browser.#attach(size, isOffline);
    return browser;
  }

  /** Opens a page and waits until it has loaded. */
  async open(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      this.#events.set('Page.loadEventFired', resolve);
    });
    await this.#call('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression in the page, which is awaited when it is a promise. */
  async evaluate<T>(expression: string): Promise<T> {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.#call<Evaluated>('Runtime.evaluate', params);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return result.value as T;
  }

  async press(key: string): Promise<void> {
    for (const type of ['keyDown', 'keyUp']) {
      const text = type === 'keyDown' && key.length === 1 ? { text: key } : {};
      await this.#call('Input.dispatchKeyEvent', { type, key, ...text });
    }
  }

  async point(x: number, y: number, isClick = false): Promise<void> {
    const at = { x, y, button: 'left', clickCount: 1 };
    await this.#call('Input.dispatchMouseEvent', { ...at, type: 'mouseMoved', button: 'none' });
    if (!isClick) return;
    await this.#call('Input.dispatchMouseEvent', { ...at, type: 'mousePressed' });
    await this.#call('Input.dispatchMouseEvent', { ...at, type: 'mouseReleased' });
  }

  async theme(name: 'light' | 'dark'): Promise<void> {
    const features = [{ name: 'prefers-color-scheme', value: name }];
    await this.#call('Emulation.setEmulatedMedia', { features });
  }

  /** The page as a PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.#call<{ data: string }>('Page.captureScreenshot', {});
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    const exited = once(this.#process, 'exit');
    const { pid } = this.#process;
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    await exited;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  async #attach({ width, height }: PageSize, isOffline: boolean): Promise<void> {
    const { targetId } = await this.#call<{ targetId: string }>('Target.createTarget', {
      url: 'about:blank',
    });
    const { sessionId } = await this.#call<{ sessionId: string }>('Target.attachToTarget', {
      targetId,
      flatten: true,
    });
    this.#session = sessionId;
    const speed = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await this.#call('Page.enable', {});
    await this.#call('Runtime.enable', {});
    await this.#call('Network.enable', {});
    await this.#call('Network.emulateNetworkConditions', { offline: isOffline, ...speed });
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.#call('Emulation.setDeviceMetricsOverride', metrics);
  }

  #call<T = unknown>(method: string, params: object): Promise<T> {
    const id = this.#nextId++;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    const text = JSON.stringify({ id, method, params, ...session });
    (this.#process.stdio[3] as Writable).write(`${text}\0`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result as T);
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }

  #take(answer: Answer): void {
    const { id, method, params } = answer;
    if (id !== undefined) {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
      return;
    }
    if (method === 'Network.requestWillBeSent') this.log.requests.push(params?.request?.url ?? '');
    if (method === 'Runtime.exceptionThrown') this.log.errors.push(JSON.stringify(params));
    if (method === 'Runtime.consoleAPICalled') this.log.errors.push(JSON.stringify(params));
    if (method !== undefined) this.#events.get(method)?.();
  }
}

export interface PageSize {
  readonly width: number;
  readonly height: number;
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly request?: { readonly url: string } };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Evaluated {
  readonly result: { readonly value: unknown };
  readonly exceptionDetails?: unknown;
}
