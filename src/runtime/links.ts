import type { NodeId } from '../base/node-id.js';
import { type Address, addressKey } from './address.js';

/** The links of the processes of this node, each from one side: own process to the other end. */
export class Links {
  readonly #byProcess = new Map<string, Map<string, Address>>();

  /** False when they were linked before. */
  add(processId: string, other: Address): boolean {
    let ends = this.#byProcess.get(processId);
    if (ends === undefined) this.#byProcess.set(processId, (ends = new Map<string, Address>()));
    const key = addressKey(other);
    if (ends.has(key)) return false;
    ends.set(key, other);
    return true;
  }

  /** False when they were not linked. */
  remove(processId: string, other: Address): boolean {
    const ends = this.#byProcess.get(processId);
    const removed = ends?.delete(addressKey(other)) ?? false;
    if (ends?.size === 0) this.#byProcess.delete(processId);
    return removed;
  }

  /** The other ends of a process's links, in the order they were made. */
  of(processId: string): Address[] {
    return [...(this.#byProcess.get(processId)?.values() ?? [])];
  }

  /** Takes all links of a process: the other ends, in the order they were made. */
  takeAllOf(processId: string): Address[] {
    const ends = this.#byProcess.get(processId);
    this.#byProcess.delete(processId);
    return ends === undefined ? [] : [...ends.values()];
  }

  /** All links to processes of `nodeId`: own process and other end. */
  allTo(nodeId: NodeId): { processId: string; other: Address }[] {
    const found: { processId: string; other: Address }[] = [];
    for (const [processId, ends] of this.#byProcess) {
      for (const other of ends.values()) {
        if (other.nodeId === nodeId) found.push({ processId, other });
      }
    }
    return found;
  }

  /** As {@link allTo}, and they are gone from here. */
  takeAllTo(nodeId: NodeId): { processId: string; other: Address }[] {
    const taken = this.allTo(nodeId);
    for (const { processId, other } of taken) this.remove(processId, other);
    return taken;
  }

  countOf(processId: string): number {
    return this.#byProcess.get(processId)?.size ?? 0;
  }
}
