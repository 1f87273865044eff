import { describe, expect, it } from 'vitest';
import { RULE_NAMES, type RuleName } from '../../model/families/notifier/rules.ts';
import { fold } from './fold.ts';
import { simplify } from './simplify.ts';

/** A job in one file, folded. */
function folded(body: string, ...without: RuleName[]): string {
  const rules =
    'export type Rules = { readonly wakeWaiters: boolean };\nexport function rulesWithout(): Rules { return { wakeWaiters: true }; }\n';
  const page = `import type { Rules } from './rules.ts';\n${body}`;
  return fold(
    new Map([
      ['model/families/notifier/rules.ts', rules],
      ['model/families/notifier/page.ts', page],
    ]),
    without,
  ).get('model/families/notifier/page.ts')!;
}

const JOB = 'interface Job {\n  readonly rules: Rules;\n  readonly name: string;\n}\n\n';
const JOB_FOLDED = JOB.replace('  readonly rules: Rules;\n', '');
const NOTE = 'declare function note(name: string): void;\n';

describe('folding', () => {
  const body = `${JOB}/** Ends it. Without wakeWaiters they wait for ever. */
export function end({ rules, name }: Job): void {
  note(name);
  if (rules.wakeWaiters) wake(name); // the first of them
}

// About waking.

/** Wakes who waits. */
function wake(name: string): void {
  note(name);
}

${NOTE}`;

  it('leaves what a rule decides, and nothing of the rule', () => {
    expect(folded(body)).toBe(`${JOB_FOLDED}/** Ends it. */
export function end({ name }: Job): void {
  note(name);
  wake(name); // the first of them
}

// About waking.

/** Wakes who waits. */
function wake(name: string): void {
  note(name);
}

${NOTE}`);
  });

  it('takes out what a rule that is off kept in use', () => {
    expect(folded(body, 'wakeWaiters')).toBe(`${JOB_FOLDED}/** Ends it. */
export function end({ name }: Job): void {
  note(name);
}

// About waking.

${NOTE}`);
  });

  it('takes out arguments with their parameters, and functions that always answer the same', () => {
    const refuses =
      `${JOB}function refuses(rules: Rules, name: string): boolean {\n  return rules.wakeWaiters && name === ` +
      `'';\n}\n\nexport function start({ rules, name }: Job): number {\n  return refuses(rules, name) ? 0 : ` +
      `name.length;\n}\n`;
    expect(folded(refuses)).toBe(
      `${JOB_FOLDED}function refuses(name: string): boolean {\n  return name === '';\n}\n\nexport function ` +
        `start({ name }: Job): number {\n  return refuses(name) ? 0 : name.length;\n}\n`,
    );
    expect(folded(refuses, 'wakeWaiters')).toBe(`${JOB_FOLDED}export function start({ name }: Job): number {\n  return name.length;\n}\n`);
  });

  it('takes them out of constructors, whether new or a class that extends it calls them', () => {
    const classes = (parameter: string, argument: string, write: string): string =>
      `${argument === '' ? JOB_FOLDED : JOB}abstract class Ruled {${write === '' ? '' : `\n  readonly rules: Rules;\n`}
  constructor(name: string${parameter}) {
    note(name);${write}
  }
}

class Named extends Ruled {
  constructor(name: string${parameter}) {
    super(name${argument});
  }
}

export function job(name: string${parameter}): Named {
  return new Named(name${argument});
}

export function start({${argument === '' ? '' : ' rules,'} name }: Job): Named {
  return job(name${argument});
}

${NOTE}`;
    const asked = classes(', rules: Rules', ', rules', '\n    if (rules.wakeWaiters) note(name);\n    this.rules = rules;');
    expect(folded(asked, 'wakeWaiters')).toBe(classes('', '', ''));
  });

  it('puts labels back into their column', () => {
    const labelled =
      `${JOB}export function end({ rules, name }: Job): void {\n  if (rules.wakeWaiters) note(name); // E1\n  ` +
      `note(name.trim()); //                 E2\n}\n\n${NOTE}`;
    expect(folded(labelled)).toContain('  note(name); //        E1\n  note(name.trim()); // E2\n');
  });

  it('leaves files that ask nothing as they are', () => {
    const text = 'export const ALWAYS = true && 1;\n\n\n// gap\n';
    expect(fold(new Map([['model/kernel/a.ts', text]]), [...RULE_NAMES]).get('model/kernel/a.ts')).toBe(text);
  });
});

describe('what follows from true and false', () => {
  it.each([
    ['!true', 'false'],
    ['true && a()', 'a()'],
    ['a() && true', 'a()'],
    ['a && false', 'false'],
    ['a() && false', 'a() && false'], // something happens in a()
    ['false || a', 'a'],
    ['a || true', 'true'],
    ['a && (b || false)', 'a && b'],
    ['a && (false || b || c)', 'a && (b || c)'],
    ['!(a === b && true)', '!(a === b)'],
    ['true ? a : b', 'a'],
    ['a ? true : false', 'a'],
    ['a === b ? false : true', 'a !== b'],
    ['a === b ? true : true', 'true'],
    ['(a === b ? false : false) ? c : d', 'd'],
    ['true ? yield* a() : yield* b()', 'yield* a()'],
  ])('%s is %s', (before, after) => {
    expect(simplify(`function* f() {\n  x = ${before};\n}\n`)).toBe(`function* f() {\n  x = ${after};\n}\n`);
  });

  it.each([
    ['a branch that is always taken', 'if (true) {\n    a();\n    b();\n  } else c();', 'a();\n  b();'],
    ['one that never is, with its comments', '// why\n  if (false) a(); // how\n  b();', 'b();'],
    ['the comment of a group, a line apart', '// group\n\n  if (false) a();\n  b();', '// group\n\n  b();'],
    ['the other branch', 'if (false) a();\n  else if (x) b();', 'if (x) b();'],
    ['the last of several', 'if (x) a();\n  else if (false) b();', 'if (x) a();'],
    ['a loop that is never run', 'while (false) a();\n  b();', 'b();'],
    ['what comes after a jump', 'if (true) return;\n  a();\n  b();', 'return;'],
    ['a name for an answer', 'const is = true;\n  if (is) a();', 'a();'],
    ['another name of something that stays', 'const bits = copied;\n  bits.has(bits);', 'copied.has(copied);'],
    [
      'another name of something that changes',
      'let n = 0;\n  const before = n;\n  n++;\n  a(before);',
      'let n = 0;\n  const before = n;\n  n++;\n  a(before);',
    ],
    ['a question with one answer', 'if (x) return false;\n  return false;', 'return false;'],
    ['a block over one statement', 'if (x) {\n    if (true) return 1;\n  }\n  a();', 'if (x) return 1;\n  a();'],
  ])('%s', (_, before, after) => {
    expect(simplify(`function f() {\n  ${before}\n}\n`)).toBe(`function f() {\n  ${after}\n}\n`);
  });
});
