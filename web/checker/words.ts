/** What a search says, with its bound: never more than was searched. */
import type { Setting } from '../../model/machine/shape.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { plural } from '../../src/explain/story/words.ts';
import { BYTES_MAX, type Check, type Found } from './question.ts';

/** `Every order of this scenario: 412 states; none breaks a property.` */
export function foundWords(found: Found, { scenario, setting }: Pick<Check, 'scenario' | 'setting'>): string {
  if (found.is === 'failed') return `The checker could not search: ${found.why}`;
  const states = statesWords(found.states);
  if (found.is === 'broken')
    return (
      `It can be broken: ${found.way.property}, ` +
      `in ${costWords(found.way.preemptions, found.way.ids.length)}. ` +
      (found.way.isCheapest
        ? 'No order takes fewer preemptions, and of those with as few none takes fewer steps.'
        : 'There may be a shorter way.')
    );
  if (found.is === 'holds') return `Every order of this scenario: ${states}; none breaks a property. ${boundWords(scenario, setting)}`;
  const after = found.is === 'memory' ? `After ${states} the memory was full (${BYTES_MAX / 2 ** 20} MB)` : `Stopped after ${states}`;
  return `${after}: nothing found so far, and what was not searched may break.`;
}

export const statesWords = (states: number): string => `${states.toLocaleString('en')} ${states === 1 ? 'state' : 'states'}`;

export const costWords = (preemptions: number, steps: number): string => `${plural(preemptions, 'preemption')}, ${plural(steps, 'step')}`;

/** Orders that differ in nothing that anybody could notice are searched once. */
function boundWords({ mode }: Scenario, { wake, effects }: Setting): string {
  const order = wake === 'any' ? 'any runnable coroutine may run next' : "with QEMU's wake order";
  return (
    `That holds for this one (${mode.toUpperCase()}, ${order}, disks read and write a ${effects} at a time), ` +
    'and says nothing of others.'
  );
}
