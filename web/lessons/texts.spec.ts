/** Lessons are short, speak of what is in their runs, and use no word that a newcomer would not know or could not look up. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Lesson } from './lesson.ts';
import { lessonAt } from './lesson.ts';
import { COURSE, EDGES, LESSONS, TODAY } from './lessons.ts';
import { QUESTIONS } from './questions.ts';
import { sentenceOf, unsaid } from '../player/said.ts';
import { Played } from './testing.ts';

const ALL = [...LESSONS, ...TODAY, ...EDGES];
const count = (text: string): number => text.split(/\s+/).length;

function textsOf({ title, goal, opening = [], story, bet, scenes, challenge, keep }: Lesson): string[] {
  const more = challenge === null ? [] : [challenge.text, ...challenge.hints];
  return [
    title,
    goal,
    ...opening.map(({ text }) => text),
    ...story,
    bet.question,
    ...bet.options,
    bet.because,
    ...scenes.flatMap(({ name = '', caption, end = '', broke = '' }) => [name, caption, end, broke]),
    ...more,
    keep,
  ];
}

describe.each(ALL)('$id', (lesson) => {
  const { id, story, bet, scenes, challenge, keep, goal } = lesson;

  it('is short', () => {
    expect(count(story.join(' '))).toBeLessThanOrEqual(90);
    for (const caption of scenes.map((scene) => scene.caption)) expect(count(caption)).toBeLessThanOrEqual(40);
    for (const text of [bet.question, bet.because]) expect(count(text)).toBeLessThanOrEqual(45);
    for (const hint of challenge?.hints ?? []) expect(count(hint)).toBeLessThanOrEqual(25);
    expect(count(keep)).toBeLessThanOrEqual(25);
    expect(goal).not.toMatch(/\.$/);
  });

  it('names its scenes, where it has several, and says in which the answer is', () => {
    const { answerIn = 0 } = lesson;
    expect(answerIn).toBeLessThan(scenes.length);
    if (scenes.length === 1) return;
    const names = scenes.map(({ name }) => name!);
    expect(new Set(names).size).toBe(scenes.length);
    for (const name of names) expect(count(name)).toBeLessThanOrEqual(4);
  });

  it('says at the end of each run what it has shown, and of one alone that it answers the bet', () => {
    const { answerIn = 0 } = lesson;
    expect(scenes.flatMap(({ end }, i) => (end === undefined ? [i] : []))).toEqual([answerIn]);
    for (const { end = '', broke = '' } of scenes) for (const text of [end, broke]) expect(count(text)).toBeLessThanOrEqual(30);
  });

  it('opens with sentences that are short, over steps that its first scene has', () => {
    const { opening = [] } = lesson;
    for (const { text, at } of opening) {
      expect(count(text)).toBeLessThanOrEqual(30);
      expect(at).toBeLessThanOrEqual(new Played(scenes[0]!.trace).end);
    }
    expect(opening.map(({ at }) => at)).toEqual(opening.map(({ at }) => at).toSorted((a, b) => a - b));
  });

  it('has one right option, and options that differ', () => {
    expect(bet.options[bet.answer]).toBeDefined();
    expect(bet.options.length).toBeGreaterThan(1);
    expect(new Set(bet.options).size).toBe(bet.options.length);
  });

  it('names only requests, clusters and contents that are in its runs', () => {
    const played = scenes.map(({ trace }) => new Played(trace));
    const requests = new Set(played.flatMap(({ run }) => run.scenario.guest.map((request) => request.id)));
    const clusters = Math.max(...played.map(({ run }) => Math.ceil(run.scenario.disk.sectors / run.scenario.disk.clusterSectors)));
    const text = textsOf(lesson).join('\n');
    const contents = played.flatMap(({ run: { scenario } }) =>
      contentsOf(
        scenario.disk.sectors,
        scenario.guest.map((request) => request.id),
      ),
    );
    expect((text.match(/\b[gr]\d\b/g) ?? []).filter((name) => !requests.has(name) && !text.includes(`.${name}`))).toEqual([]);
    expect((text.match(/\bclusters? \d/gi) ?? []).filter((name) => Number(name.at(-1)) >= clusters)).toEqual([]);
    expect((text.match(/\bs\d+[.@]\w+/g) ?? []).filter((name) => !contents.includes(name))).toEqual([]);
  });

  it('has an address', () => {
    expect(lessonAt(COURSE, id)).toBe(lesson);
    expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
  });
});

/** All that a disk may hold: as at T0, or from a request. */
function contentsOf(sectors: number, requests: readonly string[]): string[] {
  return Array.from({ length: sectors }, (_, s) => [`s${s}@0`, `s${s}@old`, ...requests.map((id) => `s${s}.${id}`)]).flat();
}

describe('addresses', () => {
  it('are numbers, too, for those that have one', () => {
    expect(LESSONS.map((_, i) => lessonAt(COURSE, String(i + 1)))).toEqual(LESSONS);
    for (const nowhere of ['0', '13', '-1', '1.5', '', 'nowhere', '01x']) expect(lessonAt(COURSE, nowhere)).toBeNull();
    expect(new Set(ALL.map(({ id }) => id)).size).toBe(ALL.length);
  });
});

it('lesson 1 names no hook: neither in its text nor in what the player says of its run', () => {
  const [first] = LESSONS;
  expect(textsOf(first!).join(' ')).not.toMatch(/hook/i);
  const { run } = new Played(first!.scenes[0]!.trace);
  unsaid.value = first!.hides!;
  expect(run.steps.map(sentenceOf).join(' ')).not.toMatch(/hook/i);
  unsaid.value = [];
  expect(run.steps.map(sentenceOf).join(' ')).toMatch(/hook/i);
});

describe('words', () => {
  /** Those that mean here what they always mean. All others stand in the glossary. */
  const PLAIN = `across afterwards alike allocates allowed already also always ambiguous answer anything apart asleep back
    background backups bad became because began below bitmaps both bring busy called cancelling cannot changes
    choose clear clearing clock come comes coming compare complete completes coroutine counts cure damage damaged
    day decide deciding default discards door down edge either elsewhere empty ending endings engine enough even
    example fail far faster fills find finishes fits follow follows forgets four freely freezes gap gives go half
    halves hangs hard harm hide hides holes hour however idea if imagine increments instead into just keep kept
    lack large larger last leave left lesson lessons lie like list long lose lost make manual mark mean meant
    meanwhile middle missed mistake moment most mostly moves moving name needed neither normally odd often opens
    outwards part pass pay pays pieces places press puts quick quiet race range reading remembers round rounded
    rows rules running safe saves see seen sees sent set sets share shared shares short shortcut should showed
    skips sleeps slow slower slows some soon special themselves spoil starts stay storing straight strikes suffer
    switch system taken think costs little rest question finished red nowhere continue advance bug rely said
    whose unlike reports yourself modes equal shown screen just overwritten freed
    memory reported broken purpose test than these things third three thrown throws touched tries trust try turns unchanged
    unlinks use used waking want watch whatever why works worst writer yet you your`;

  it('are plain, or in the glossary', () => {
    const glossary = readFileSync(new URL('../../docs/glossary.md', import.meta.url), 'utf8').toLowerCase();
    const known = new Set([...glossary.match(/[a-z]+/g)!, ...PLAIN.match(/[a-z]+/g)!]);
    const questions = QUESTIONS.flatMap(({ question, options, because }) => [question, ...options, because]);
    for (const text of [...ALL.flatMap(textsOf), ...questions]) {
      const words =
        text
          .toLowerCase()
          .replaceAll(/\bs\d+[.@]\w+|\b[grt]\d\b|\bon-cbw-error\b/g, '')
          .match(/[a-z]+/g) ?? [];
      expect(
        words.filter((word) => !known.has(word)),
        text,
      ).toEqual([]);
    }
  });

  it('have each a row in the glossary, if a newcomer may not know them', () => {
    const terms = [...readFileSync(new URL('../../docs/glossary.md', import.meta.url), 'utf8').matchAll(/^\| ([^|]+) \|/gm)].flatMap(
      (row) => row.at(1)!.toLowerCase().replaceAll('`', '').split(', '),
    );
    const unusual = [
      'sector',
      'cluster',
      'target',
      'guest',
      'job',
      't0',
      'copy',
      'hook',
      'land',
      'take',
      'in flight',
      'bit',
      'bitmap',
      'shows',
      'hole',
      'image',
      'backing file',
      'allocated',
      'full',
      'top',
      'none',
      'cancelled',
      'reader',
      'policy',
      'yield',
      'discard',
      'promise',
      'torn',
      'mirror',
      'property',
      'checker',
      'rule',
      'snapshot of the storage',
    ];
    expect(unusual.filter((term) => !terms.includes(term))).toEqual([]);
    const text = ALL.flatMap(textsOf).join(' ').toLowerCase();
    expect(unusual.filter((term) => !text.includes(term.replace(' of the storage', '').replace('shows', 'show')))).toEqual([]);
  });
});
