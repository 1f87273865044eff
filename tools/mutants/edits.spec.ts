import { expect, it } from 'vitest';
import { A_PAUSE, OPERATORS, edited, editsOf } from './edits.ts';

const CODE = `
function* copy(backup, me, c) {
  const busy = backup.busy;
  let error = 0;
  while (busy.get(c) === 1) yield* backup.free.wait(me, c);
  error = yield* backup.read(me, c);
  if (busy.get(c) < me.endCluster && error === 0) backup.done();
  backup.free.wakeAll(c);
  return error;
}
for (let c = me.firstCluster; c < me.endCluster; c++) copy(c);
`;

/** What an operator makes of the code: the lines that are new. */
function newLines(operator: string): string[] {
  const old = new Set(CODE.split('\n'));
  return editsOf(CODE, { ...OPERATORS, ...A_PAUSE })
    .filter((edit) => edit.operator === operator)
    .map((edit) =>
      edited(CODE, edit)
        .split('\n')
        .filter((line) => !old.has(line))
        .map((line) => line.trim())
        .join(' | '),
    );
}

it.each([
  ['a comparison turned', 'while (busy.get(c) !== 1) yield* backup.free.wait(me, c);'],
  ['a condition fixed', 'if (true) backup.done();'],
  ['a condition negated', 'if (!(busy.get(c) < me.endCluster && error === 0)) backup.done();'],
  ['an operand dropped', 'if (error === 0) backup.done();'],
  ['an operand dropped', 'if (busy.get(c) < me.endCluster) backup.done();'],
  ['off by one', 'let error = 1;'],
  ['a wake forgotten', ';'],
  ['one woken instead of all', 'backup.free.wakeFirst(c);'],
  ['a wake too many', 'backup.free.wakeAll(c); return error;'],
  ['an error swallowed', 'error = ((yield* backup.read(me, c)), 0);'],
  ['an error swallowed', 'return 0;'],
  ['looked once instead of until', 'if (busy.get(c) === 1) yield* backup.free.wait(me, c);'],
  ['a range cut to its first', 'for (let c = me.firstCluster; c < me.firstCluster + 1; c++) copy(c);'],
  ['a range by value', 'for (let c = me.firstCluster, last = me.endCluster; c < last; c++) copy(c);'],
  ['a loop reversed', 'for (let c = me.endCluster - 1; c >= me.firstCluster; c--) copy(c);'],
  ['a line twice', 'backup.free.wakeAll(c); backup.free.wakeAll(c);'],
  ['a pause added', "yield* backup.step(me, 'breathe', c); backup.free.wakeAll(c);"],
])('%s: %s', (operator, line) => {
  expect(newLines(operator)).toContain(line);
});

it('keeps a value across a yield, and moves lines', () => {
  const mutated = (operator: string): string[] =>
    editsOf(CODE, OPERATORS)
      .filter((edit) => edit.operator === operator)
      .map((edit) => edited(CODE, edit).replaceAll(/\n\s*/g, '\n'));
  expect(mutated('a value kept across a yield')).toEqual([
    expect.stringContaining(
      'const kept = busy.get(c) < me.endCluster && error === 0;\nerror = yield* backup.read(me, c);\nif (kept) backup.done();',
    ),
  ]);
  expect(mutated('a line moved')).toContainEqual(
    expect.stringContaining('backup.free.wakeAll(c);\nif (busy.get(c) < me.endCluster && error === 0) backup.done();\nreturn error;'),
  );
});

it('never moves a line past the declaration that it needs', () => {
  expect(newLines('a line moved').filter((line) => line.startsWith('const'))).toEqual([]);
});
