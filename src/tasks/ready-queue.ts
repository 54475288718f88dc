import { PrunedHeap } from './pruned-heap.js';
import { isCurrent, placeOf, type TaskPlace, type TaskSlot } from './task-slot.js';

/** Tasks that may be handed out, by type: the highest priority first, then the oldest. */
export class ReadyQueue {
  readonly #all = newHeap();
  readonly #byType = new Map<string, PrunedHeap<TaskPlace>>();
  #typesMax = TYPES_MIN;

  push(slot: TaskSlot): void {
    const place = placeOf(slot);
    const { taskType } = slot.record.task;
    let heap = this.#byType.get(taskType);
    if (heap === undefined) {
      if (this.#byType.size >= this.#typesMax) this.#sweep();
      heap = newHeap();
      this.#byType.set(taskType, heap);
    }
    heap.push(place);
    this.#all.push(place);
  }

  /** The first task for a worker of these types; it stays until it gets a new ticket. */
  peek(taskTypes: Iterable<string>): TaskSlot | undefined {
    let first: TaskPlace | undefined;
    for (const taskType of taskTypes) {
      const heap = taskType === ANY_TYPE ? this.#all : this.#byType.get(taskType);
      const place = heap?.peek();
      if (place === undefined) this.#byType.delete(taskType);
      else if (first === undefined || goesBefore(place, first)) first = place;
    }
    return first?.slot;
  }

  // Types that nobody asks for by name would be kept for ever, with the tasks that they had.
  #sweep(): void {
    for (const [taskType, heap] of this.#byType) {
      if (heap.peek() === undefined) this.#byType.delete(taskType);
    }
    this.#typesMax = Math.max(TYPES_MIN, this.#byType.size * 2);
  }
}

/** What a worker says that takes every type. */
export const ANY_TYPE = '*';

function newHeap(): PrunedHeap<TaskPlace> {
  return new PrunedHeap(goesBefore, isCurrent);
}

function goesBefore({ slot: left }: TaskPlace, { slot: right }: TaskPlace): boolean {
  const { priority, seq } = left.record;
  if (priority !== right.record.priority) return priority > right.record.priority;
  return seq < right.record.seq;
}

const TYPES_MIN = 64;
