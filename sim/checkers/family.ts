import type { RestartWord, Resumed, StrategyWord, Supervising, SupervisionFact } from './fact.js';

/**
 * - `down`: nothing runs. `held`: no node would take it. `failed`: its start failed.
 * - `asked`: its start is on its way. `running`: acknowledged.
 * - `doomed`: still runs, and has to stop because a sibling failed. `stopping`: was asked to.
 */
export type Standing = 'down' | 'held' | 'failed' | 'asked' | 'running' | 'doomed' | 'stopping';

export interface Member {
  readonly id: string;
  /** Its place in start order. */
  readonly index: number;
  restart: RestartWord;
  standing: Standing;
  /** The number of its latest start. */
  sequence: number;
  everRan: boolean;
}

/** One event that costs a restart, however many children it took. */
export interface Cause {
  readonly kind: 'ended' | 'failed' | 'lost';
  readonly childIds: readonly string[];
}

/**
 * The children of one supervisor, worked out anew from what was observed: who runs, who has to
 * stop, and which events cost a restart. It shares no code with the supervisor that it judges.
 */
export class Family {
  /** Known once the supervisor said that it runs. */
  settings: Supervising | undefined;
  phase: 'starting' | 'running' | 'ending' | 'ended' = 'starting';
  /** Its restarts before it came to this node: how long ago each was. */
  inheritedAgesMs: readonly number[] = [];
  readonly members: Member[] = [];
  readonly #byId = new Map<string, Member>();

  constructor(
    readonly supervisorId: string,
    /** The index of the supervisor's node. */
    readonly node: number,
    /** The life of that node. */
    readonly life = 1,
  ) {}

  /** Tells it from the same supervisor on another node. */
  get key(): string {
    return `${this.supervisorId} ${this.node}/${this.life}`;
  }

  get strategy(): StrategyWord | undefined {
    return this.settings?.strategy;
  }

  /** Whether one child's failure touches others. */
  get isGroup(): boolean {
    return this.strategy === 'one_for_all' || this.strategy === 'rest_for_one';
  }

  member(id: string): Member | undefined {
    return this.#byId.get(id);
  }

  alive(): Member[] {
    return this.members.filter(({ standing }) => isAlive(standing));
  }

  /** Takes the next fact about this supervisor; what it costs, if it costs a restart. */
  take(fact: SupervisionFact): Cause | undefined {
    switch (fact.kind) {
      case 'supervising':
        this.#settle(fact);
        return undefined;
      case 'child_start':
        Object.assign(this.#admit(fact.childId), {
          standing: 'asked',
          sequence: fact.sequence,
        });
        return undefined;
      case 'child_held':
        this.#admit(fact.childId).standing = 'held';
        return undefined;
      case 'supervisor_resumed':
        this.#resume(fact);
        return undefined;
      case 'child_started':
      case 'child_adopted':
        Object.assign(this.#admit(fact.childId), { standing: 'running', everRan: true });
        return undefined;
      case 'child_stop':
        this.#admit(fact.childId).standing = 'stopping';
        return undefined;
      case 'child_abandoned':
        this.#admit(fact.childId).standing = 'down';
        return undefined;
      case 'child_failed':
        return this.#failed(this.#admit(fact.childId));
      case 'child_ended':
        return this.#ended(this.#admit(fact.childId), fact.reason);
      case 'children_lost':
        return this.#lost(fact.childIds);
      case 'report':
        if (fact.context === 'shutdown') this.phase = 'ending';
        return undefined;
      case 'supervisor_stopping':
        this.phase = 'ending';
        return undefined;
      case 'supervisor_ended':
        this.phase = 'ended';
        // Should it be back one day, it goes on from what it is handed then.
        this.members.length = 0;
        this.#byId.clear();
        return undefined;
    }
  }

  #settle(settings: Supervising): void {
    this.settings = settings;
    this.phase = 'running';
    for (const { childId, restart } of settings.children) {
      this.#admit(childId).restart = restart ?? 'permanent';
    }
  }

  #resume({ kind: _kind, term: _term, restartAgesMs, children, ...settings }: Resumed): void {
    const listed = children.map(({ childId, restart }) => ({ childId, restart, nodeId: '' }));
    this.settings = { ...settings, kind: 'supervising', children: listed };
    this.phase = 'running';
    this.inheritedAgesMs = restartAgesMs;
    // Those that were adopted were told before the others.
    const known = new Map(this.members.map((member) => [member.id, member.standing]));
    this.members.length = 0;
    this.#byId.clear();
    for (const { childId, restart, state, sequence } of children) {
      const standing = known.get(childId) ?? (state === 'running' ? 'running' : 'down');
      Object.assign(this.#admit(childId), { restart, standing, sequence, everRan: true });
    }
    // A restart that the former owner had begun goes on where it was.
    const coming = children.flatMap(({ state }, at) => (state === 'coming' ? [at] : []));
    this.#doom(coming);
  }

  #admit(id: string): Member {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const index = this.members.length;
    const fresh = { standing: 'down', sequence: 0, everRan: false } as const;
    const member: Member = { id, index, restart: 'permanent', ...fresh };
    this.members.push(member);
    this.#byId.set(id, member);
    return member;
  }

  #failed(member: Member): Cause | undefined {
    member.standing = 'failed';
    if (this.phase === 'starting' && !member.everRan) this.phase = 'ending';
    return this.#cause('failed', [member]);
  }

  #ended(member: Member, reason: string): Cause | undefined {
    const { standing, restart } = member;
    member.standing = 'down';
    if (standing !== 'running' || restart === 'temporary') return undefined;
    if (restart === 'transient' && /^(normal|shutdown)/.test(reason)) return undefined;
    return this.#cause('ended', [member]);
  }

  #lost(childIds: readonly string[]): Cause | undefined {
    const lost = childIds.map((id) => this.#admit(id));
    const broken = lost.filter(({ standing, restart }) => {
      return (standing === 'running' || standing === 'asked') && restart !== 'temporary';
    });
    for (const member of lost) member.standing = 'down';
    return this.#cause('lost', broken);
  }

  /** Whoever is within reach of the broken ones has to stop. */
  #cause(kind: Cause['kind'], broken: readonly Member[]): Cause | undefined {
    const isOver = this.phase === 'ending' || this.phase === 'ended';
    if (isOver || broken.length === 0) return undefined;
    this.#doom(broken.map(({ index }) => index));
    return { kind, childIds: broken.map(({ id }) => id) };
  }

  /** What runs within reach of those at these places has to stop. */
  #doom(places: readonly number[]): void {
    if (!this.isGroup || places.length === 0) return;
    const first = this.strategy === 'one_for_all' ? 0 : Math.min(...places);
    for (const member of this.members.slice(first)) {
      if (member.standing === 'running') member.standing = 'doomed';
    }
  }
}

export function isAlive(standing: Standing): boolean {
  return ['asked', 'running', 'doomed', 'stopping'].includes(standing);
}
