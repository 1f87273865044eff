/**
 * errors-are-told and cancel-is-clean on a real QEMU: the job tells of an error, and fails, only where one was
 * injected, on that side and with what the policy says; it ends once; and when it has ended nothing of it is
 * left that could change the target.
 */
import { policiesOf } from '../../../../model/scenario/scenario.ts';
import type { Violation } from '../../../../properties/property.ts';
import type { Held } from '../disks/held.ts';
import type { CaseView, Observer } from './oracle.ts';
import type { QmpEvent } from '../daemon/qmp.ts';

const ERRORS = 'errors-are-told';
const CANCEL = 'cancel-is-clean';

export class JobTold implements Observer {
  readonly #view: CaseView;
  #ends = 0;
  /** What an event of an error said that the job would do. */
  readonly #actions = new Set<string>();

  constructor(view: CaseView) {
    this.#view = view;
  }

  landed({ disk, isAnonymous, request: { kind } }: Held): Violation | null {
    if (this.#view.end === null || disk.name !== 'target') return null;
    // Only a format writes on: it puts its metadata away when it likes, and zeroes in its file may be that.
    return !isAnonymous ? { property: CANCEL, detail: `the target got a ${kind} after the job had ended` } : null;
  }

  event({ event, data }: QmpEvent): Violation | null {
    if (event === 'BLOCK_JOB_ERROR') return this.#error(data);
    if (event !== 'BLOCK_JOB_COMPLETED' && event !== 'BLOCK_JOB_CANCELLED') return null;
    if (++this.#ends > 1) return { property: CANCEL, detail: `the job ended a second time, with ${event}` };
    const { error } = data;
    if (error === undefined) return null;
    if (this.#view.struck.length === 0) return { property: ERRORS, detail: `the job failed (${String(error)}), and no error was injected` };
    return this.#actions.has('report')
      ? null
      : { property: ERRORS, detail: `the job failed (${String(error)}) without an event of an error that it reports` };
  }

  #error({ operation, action }: QmpEvent['data']): Violation | null {
    const side = operation === 'read' ? 'source' : 'target';
    const struck = this.#view.struck.filter((one) => one.side === side);
    if (struck.length === 0) return { property: ERRORS, detail: `the job tells of an error of the ${side}, and none was injected there` };
    const policy = policiesOf(this.#view.scenario)[side];
    const may = policy === 'enospc' ? struck.map(({ errno }) => (errno === 'ENOSPC' ? 'stop' : 'report')) : [policy];
    this.#actions.add(String(action));
    return may.includes(String(action) as 'stop')
      ? null
      : {
          property: ERRORS,
          detail: `an error of the ${side} should ${may.join(' or ')} by its policy, and the job said ${String(action)}`,
        };
  }
}
