import { expect, test } from 'vitest';
import { type Claim, Ledger, type Verdict } from '../../src/tasks/ledger.js';
import type { LedgerChange } from '../../src/tasks/task-record.js';
import { keepingLaw, ledgers, restoringLaw } from '../laws/task-ledger.js';
import { violationOf } from '../laws/violation.js';
import type { LedgerFactory } from '../models/ledger-world.js';

test('no task is lost, none is completed twice, and leases never overlap', () => {
  keepingLaw(ledgers);
});

test('a ledger that is restored from its changes is the same and goes on in the same way', () => {
  restoringLaw(ledgers);
});

/** What the law says of a ledger with a bug. */
function verdictOn(Broken: typeof Ledger, law: (make: LedgerFactory) => void = keepingLaw) {
  return violationOf(() => law((options, snapshot) => new Broken(options, snapshot)));
}

test('the law catches a ledger that forgets what a lost worker had', () => {
  class Forgetful extends Ledger {
    override workerLost(workerId: string, _reason: string, nowMs: number): void {
      for (const { task } of this.heldBy(workerId)) this.cancel(task.taskId, nowMs);
    }
  }
  expect(verdictOn(Forgetful)).toContain('no task is lost');
});

test('the law catches a ledger that takes a result of any try', () => {
  class Gullible extends Ledger {
    override complete(claim: Claim, result: unknown, nowMs: number): Verdict {
      const { attempt = 0, workerId = '' } = this.get(claim.taskId) ?? {};
      return super.complete({ ...claim, attempt, workerId }, result, nowMs);
    }
  }
  expect(verdictOn(Gullible)).toContain('only the latest try');
});

test('the law catches a ledger that counts a result as often as it comes', () => {
  class Counting extends Ledger {
    override complete(claim: Claim, result: unknown, nowMs: number): Verdict {
      const verdict = super.complete(claim, result, nowMs);
      return verdict.kind === 'accepted' ? { kind: 'accepted' } : verdict;
    }
  }
  expect(verdictOn(Counting)).toContain('completed twice');
});

test('the law catches a ledger that ends leases early', () => {
  class Hasty extends Ledger {
    override advance(nowMs: number): void {
      super.advance(nowMs + 50);
    }
  }
  expect(verdictOn(Hasty)).toContain('leases never overlap');
});

test('the law catches a ledger that does not tell a change', () => {
  class Secretive extends Ledger {
    override takeChanges(): readonly LedgerChange[] {
      return super.takeChanges().filter((change) => {
        return change.kind !== 'put' || change.record.state !== 'failed';
      });
    }
  }
  expect(verdictOn(Secretive, restoringLaw)).toContain('what is restored is the same');
});
