/** When a child that ended is started again. */
export type RestartType = 'permanent' | 'transient' | 'temporary';

/** How long a child may take to stop, in milliseconds, before it is killed. */
export type Shutdown = number | 'brutal_kill' | 'infinity';

/** Which ends of significant children end the supervisor itself. */
export type AutoShutdown = 'never' | 'any_significant' | 'all_significant';

/** What the kernel reads of a child's specification; all else in it is carried through. */
export interface ChildPolicy {
  /** Unique among the children of one supervisor. */
  readonly id: string;
  readonly restart: RestartType;
  readonly shutdown: Shutdown;
  readonly significant: boolean;
}
