import type { Brand } from './brand.js';
import { FaultlineError, describe } from './errors.js';

/** The name of a node in a cluster: `name@host:port`, parsed. */
export type NodeId = Brand<string, 'NodeId'>;

/** The three parts of a {@link NodeId}; an IPv6 host is without its brackets. */
export interface NodeIdParts {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** A text that should have been `name@host:port`. `reason` says which part is wrong. */
export class InvalidNodeIdError extends FaultlineError {
  static readonly code = 'ERR_INVALID_NODE_ID';
  override readonly name = 'InvalidNodeIdError';
  readonly code = InvalidNodeIdError.code;

  constructor(
    readonly value: unknown,
    readonly reason: string,
  ) {
    super(`Expected a node id like worker1@10.0.0.5:4369, got ${describe(value)}: ${reason}`);
  }
}

/** Everything one does with node ids. */
export const NodeId = {
  /** Parses `name@host:port`; throws {@link InvalidNodeIdError}. */
  parse(value: string): NodeId {
    const outcome = read(value);
    if (typeof outcome === 'string') throw new InvalidNodeIdError(value, outcome);
    return join(outcome);
  },

  /** Parses `name@host:port`; `undefined` when it is not one. */
  tryParse(value: string): NodeId | undefined {
    const outcome = read(value);
    return typeof outcome === 'string' ? undefined : join(outcome);
  },

  /** Builds an id from its parts; throws {@link InvalidNodeIdError}. */
  create(name: string, host: string, port: number): NodeId {
    return NodeId.parse(`${name}@${host.includes(':') ? `[${host}]` : host}:${port}`);
  },

  /** Whether `value` parses. */
  isValid(value: unknown): value is NodeId {
    return typeof value === 'string' && typeof read(value) !== 'string';
  },

  /** Its three parts. Throws InvalidNodeIdError for what only pretends to be an id. */
  components(id: NodeId): NodeIdParts {
    const outcome = read(id);
    if (typeof outcome === 'string') throw new InvalidNodeIdError(id, outcome);
    return outcome;
  },

  /** What stands before the `@`. */
  getName(id: NodeId): string {
    return NodeId.components(id).name;
  },

  /** Without the brackets of an IPv6 address. */
  getHost(id: NodeId): string {
    return NodeId.components(id).host;
  },

  /** From 1 to 65535. */
  getPort(id: NodeId): number {
    return NodeId.components(id).port;
  },

  /** Ids are strings: `===` says the same. */
  equals(left: NodeId, right: NodeId): boolean {
    return left === right;
  },
} as const;

function join({ name, host, port }: NodeIdParts): NodeId {
  return `${name}@${host.includes(':') ? `[${host}]` : host}:${port}` as NodeId;
}

function read(value: unknown): NodeIdParts | string {
  if (typeof value !== 'string') return 'it is not a string';
  const at = value.indexOf('@');
  if (at < 0) return 'it has no @ between name and host';
  const name = value.slice(0, at);
  if (!NAME.test(name)) {
    return 'the name takes a letter, then letters, digits, _ or -, at most 64 in all';
  }
  const colon = value.lastIndexOf(':');
  if (colon < at) return 'it has no :port at the end';
  const portText = value.slice(colon + 1);
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port < 1 || port > 65535) {
    return 'the port takes digits from 1 to 65535';
  }
  const host = readHost(value.slice(at + 1, colon));
  return host === undefined
    ? 'the host takes an IPv4 address, an IPv6 address in brackets or a host name'
    : { name, host, port };
}

function readHost(text: string): string | undefined {
  if (text.startsWith('[') && text.endsWith(']')) {
    const address = text.slice(1, -1);
    return isIPv6(address) ? address : undefined;
  }
  if (text.includes(':')) return isIPv6(text) ? text : undefined;
  if (/^[\d.]+$/.test(text)) return isIPv4(text) ? text : undefined;
  if (text.length === 0 || text.length > 253) return undefined;
  return text.split('.').every((label) => HOST_LABEL.test(label)) ? text : undefined;
}

function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => OCTET.test(part) && Number(part) <= 255);
}

function isIPv6(text: string): boolean {
  const [address = '', ...zones] = text.split('%');
  if (zones.length > 1 || !zones.every((zone) => ZONE.test(zone))) return false;
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  // An IPv4 address stands at the very end, never before a `::`.
  const embedded = last !== undefined && last.includes('.') && !address.endsWith(':');
  if (embedded && !isIPv4(last)) return false;
  const plain = embedded ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  const width = plain.length + (embedded ? 2 : 0);
  return halves.length === 2 ? width < 8 : width === 8;
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const HOST_LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
// 010 is eight to some resolvers and ten to others.
const OCTET = /^(?:0|[1-9]\d{0,2})$/;
const ZONE = /^[A-Za-z0-9._-]+$/;
