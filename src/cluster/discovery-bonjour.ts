import { isIPv4 } from 'node:net';
import { hostname } from 'node:os';
import type { Bonjour, Service } from 'bonjour-service';
import { deferred } from '../base/deferred.js';
import { keyedHash } from '../base/hash.js';
import { NodeId } from '../base/node-id.js';
import { InvalidOptionError } from '../otp/option.js';
import type { Timers } from '../platform/platform.js';
import { here } from '../runtime/default-runtime.js';
import { isLoopback, isOwnAddress } from '../transport/tcp-address.js';
import type { Discovery } from './discovery.js';
import {
  type BonjourPlace,
  type Mdns,
  type Responder,
  closeResponder,
  openResponder,
} from './discovery-responder.js';
import { PROTOCOL_VERSION } from './frame.js';

/** Which cluster to look for on the local network, and where to speak. */
export interface BonjourOptions extends BonjourPlace {
  /**
   * Which cluster: nodes find those that announce the same name. A letter, then letters, digits,
   * `_` or `-`, at most 63. It keeps clusters apart and nobody out: `clusterSecret` does that.
   */
  readonly clusterName: string;
  /** The IPv4 address of the one interface to ask and answer on; all of this machine by default. */
  readonly interface?: string;
  /** The UDP port of all nodes of the cluster; 5353 by default, which other programs share. */
  readonly port?: number;
}

/**
 * The nodes that announce themselves on the local network by multicast DNS, several on a machine
 * among them. Everybody there can read the announcement: the id of the node, the name of the
 * cluster and the version of the protocol.
 *
 * A node that others cannot reach, as it listens at 127.0.0.1, is found by those of its own machine
 * only. A search takes a quarter of a second; it rejects when the network takes no multicast.
 */
export function bonjourDiscovery(options: BonjourOptions): Discovery {
  return new BonjourDiscovery(checkOptions(options), here().platform.timers);
}

export function isClusterName(name: unknown): name is string {
  return typeof name === 'string' && CLUSTER_NAME.test(name);
}

/** What a name has to be to be one of a cluster. */
export const CLUSTER_NAME_RULE = 'a letter, then letters, digits, _ or -, at most 63 in all';

class BonjourDiscovery implements Discovery {
  readonly #options: BonjourOptions;
  readonly #timers: Timers;
  #responder: WatchedResponder | undefined;
  #self: NodeId | undefined;
  #isClosed = false;

  constructor(options: BonjourOptions, timers: Timers) {
    this.#options = options;
    this.#timers = timers;
  }

  announce(self: NodeId): void {
    const { clusterName } = this.#options;
    for (const text of Object.entries(announcement(clusterName, self))) {
      const bytes = Buffer.byteLength(text.join('='));
      if (bytes <= TXT_BYTES_MAX) continue;
      throw new Error(`Expected an id that fits in an announcement, got ${self}; shorten the host`);
    }
    this.#self = self;
    if (this.#responder === undefined) this.#open();
    else this.#publish(this.#responder.bonjour, self);
  }

  async find(): Promise<readonly string[]> {
    if (this.#isClosed) return [];
    const { bonjour, mdns, failed } = this.#responder ?? this.#open();
    const browser = bonjour.find({ type: SERVICE_TYPE });
    try {
      await Promise.race([this.#answersCame(), failed]);
      // Silence may mean that nothing ever left this machine, of which the browser does not tell.
      if (browser.services.length === 0) await Promise.race([asked(mdns), failed]);
      return browser.services.flatMap((service) => this.#nodeOf(service) ?? []);
    } finally {
      browser.stop();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const responder = this.#responder;
    this.#responder = undefined;
    if (responder !== undefined) await closeResponder(responder);
  }

  #open(): WatchedResponder {
    const broken = deferred<never>();
    broken.promise.catch(() => undefined);
    const opened = openResponder(this.#options, (error) => {
      // The next search begins anew, and announces the node again.
      if (this.#responder === responder) this.#responder = undefined;
      opened.bonjour.destroy();
      broken.reject(error);
    });
    const responder = { ...opened, failed: broken.promise };
    this.#responder = responder;
    if (this.#self !== undefined) this.#publish(opened.bonjour, this.#self);
    return responder;
  }

  #publish(bonjour: Bonjour, self: NodeId): void {
    bonjour.publish({
      name: instanceName(self),
      type: SERVICE_TYPE,
      port: NodeId.getPort(self),
      txt: announcement(this.#options.clusterName, self),
      // Nobody else can have this name, so there is no need to ask around for it first.
      probe: false,
    });
  }

  #answersCame(): Promise<void> {
    return new Promise((resolve) => {
      this.#timers.after(ANSWER_TIME_MS, resolve, { keepAlive: true });
    });
  }

  #nodeOf({ txt, referer }: Service): NodeId | undefined {
    const { id, cluster, version } = (txt ?? {}) as Partial<Announcement>;
    if (cluster !== this.#options.clusterName || version !== VERSION) return undefined;
    const nodeId = id === undefined ? undefined : NodeId.tryParse(id);
    if (nodeId === undefined || !isLoopback(NodeId.getHost(nodeId))) return nodeId;
    return isOwnAddress(referer?.address) ? nodeId : undefined;
  }
}

/** With what shows that it came to nothing. */
interface WatchedResponder extends Responder {
  readonly failed: Promise<never>;
}

/** What everybody on the network may know. */
interface Announcement {
  readonly id: string;
  readonly cluster: string;
  readonly version: string;
}

function checkOptions(options: BonjourOptions): BonjourOptions {
  const { clusterName, interface: address, port } = options;
  if (!isClusterName(clusterName)) {
    throw new InvalidOptionError('clusterName', CLUSTER_NAME_RULE, clusterName);
  }
  if (address !== undefined && !isIPv4(address)) {
    throw new InvalidOptionError('interface', 'an IPv4 address of this machine', address);
  }
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port <= 65_535)) {
    throw new InvalidOptionError('port', 'a whole number from 1 to 65535', port);
  }
  return options;
}

function announcement(cluster: string, self: NodeId): Announcement & Record<string, string> {
  return { id: self, cluster, version: VERSION };
}

/** Tells apart all nodes of a network, also those of several machines that are at 127.0.0.1. */
function instanceName(self: NodeId): string {
  const hash = keyedHash(0, self, hostname()).toString(36);
  return `${NodeId.getName(self).slice(0, 40)}-${hash}`;
}

function asked(mdns: Mdns): Promise<void> {
  return new Promise((resolve, reject) => {
    mdns.query(`_${SERVICE_TYPE}._tcp.local`, 'PTR', (error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}

const CLUSTER_NAME = /^[A-Za-z][\w-]{0,62}$/;
const SERVICE_TYPE = 'faultline';
const VERSION = String(PROTOCOL_VERSION);
// Whoever is there answers at once; the rest is for a machine that is busy.
const ANSWER_TIME_MS = 250;
const TXT_BYTES_MAX = 255;
