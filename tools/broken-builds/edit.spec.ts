import { describe, expect, it } from 'vitest';
import { NotApplied, applied } from './edit.ts';
import { EDITS, KNOWN_BUGS } from './edits.ts';

const texts = new Map([
  ['block/a.c', 'lock();\nread();\nunlock();\nread_more();\n'],
  ['block/b.c', 'write();\n'],
]);
const edit = (was: string, is: string, file = 'block/a.c') => ({ name: 'some', changes: [{ file, was, is }] });

describe('an edit', () => {
  it('changes the one place that it names, and no other file', () => {
    expect([...applied(texts, edit('read();', 'write();'))]).toEqual([['block/a.c', 'lock();\nwrite();\nunlock();\nread_more();\n']]);
  });

  it('puts down text as it is, whatever stands in it', () => {
    expect(applied(texts, edit('read();', "$& $1 $'")).get('block/a.c')).toContain("lock();\n$& $1 $'\nunlock();");
  });

  it('looks for a later anchor in what the earlier changes have left', () => {
    const changes = [...edit('read();', 'first();').changes, ...edit('first();', 'second();').changes];
    expect(applied(texts, { name: 'some', changes }).get('block/a.c')).toContain('second();');
  });

  it.each([
    ['gone();', 'block/a.c', 'some: block/a.c has this anchor 0 times, not once: "gone();"'],
    ['lock();', 'block/a.c', 'some: block/a.c has this anchor 2 times, not once: "lock();"'],
    ['lock();', 'block/c.c', 'some: QEMU has no file block/c.c'],
  ])('with the anchor %s in %s is refused in one line', (was, file, line) => {
    expect(() => applied(texts, edit(was, '', file))).toThrow(new NotApplied(line));
  });
});

describe('the table of edits', () => {
  const all = [...KNOWN_BUGS, ...EDITS];

  it('has at least thirty, each with a name of its own', () => {
    expect(EDITS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it.each(all)('$name says what must hold and what goes wrong, in a sentence each', ({ name, step, rule, wrong, changes }) => {
    expect(name).toMatch(/^[a-z][A-Za-z]+$/);
    expect(step).toMatch(/^[A-Z]\d\d?$/);
    for (const sentence of [rule, wrong]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(changes.length).toBeGreaterThan(0);
  });

  it.each(all)('$name keeps no more of QEMU than an anchor', ({ changes }) => {
    for (const { was, is } of changes) {
      expect(was.split('\n').length).toBeLessThanOrEqual(4);
      expect(is).not.toBe(was);
    }
  });
});
