import { expect, it } from 'vitest';
import { BACKUP_OPERATORS } from './backup-edits.ts';
import { edited, editsOf } from './edits.ts';

const CODE = `
function* run(backup, c) {
  while (backup.busy.get(c) === 1) yield* backup.free.wait(c);
  yield* backup.sleep(c);
  if (backup.isCancelled) return;
  yield* backup.copy(c);
  if (backup.isPaused) backup.rest();
  else backup.work();
  this.enter();
}
`;

/** The lines that an operator makes of the code, as often as it can. */
function made(operator: keyof typeof BACKUP_OPERATORS): string[] {
  const old = CODE.split('\n');
  return editsOf(CODE, { [operator]: BACKUP_OPERATORS[operator] }).map((edit) =>
    edited(CODE, edit)
      .split('\n')
      .filter((line, i) => line !== old[i])
      .join('|')
      .trim(),
  );
}

it('drops waits, each whole', () => {
  expect(editsOf(CODE, { wait: BACKUP_OPERATORS['a wait dropped'] }).map(({ line, put }) => ({ line, put }))).toEqual([
    { line: 3, put: '{}' },
    { line: 4, put: '{}' },
  ]);
});

it('loses commands, and the question for one that nothing else depends on', () => {
  expect(made('a command lost')).toEqual(['{}', '{}']);
  expect(editsOf(CODE, { lost: BACKUP_OPERATORS['a command lost'] }).map(({ line }) => line)).toEqual([5, 9]);
});

it('takes the cluster before, of which there is always one', () => {
  expect(made('the cluster before')).toContain('yield* backup.copy(Math.max(0, c - 1));');
  expect(made('the cluster before')).toHaveLength(4);
});
