/** Terms are marked where they come first, and say what the glossary says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { glossaryOf } from './glossary.ts';
import { type Piece, markTerms } from './terms.ts';

const GLOSSARY = glossaryOf(readFileSync(new URL('../../docs/glossary.md', import.meta.url), 'utf8'));
const textOf = (pieces: readonly Piece[]): string => pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('');
const termsIn = (pieces: readonly Piece[] = []): string[] => pieces.flatMap((piece) => (typeof piece === 'string' ? [] : piece.text));

describe('markTerms', () => {
  it('marks a term in the first text that has it, with the words of the glossary', () => {
    const [first, second] = ['At T0 the job links a hook into the disk.', 'The hook copies. The backing file is another disk.'];
    const marked = markTerms([first, second], GLOSSARY);
    expect(termsIn(marked.get(first))).toEqual(['T0', 'job', 'hook']);
    expect(termsIn(marked.get(second))).toEqual(['backing file']);
    const hook = marked.get(first)!.find((piece) => typeof piece !== 'string' && piece.text === 'hook');
    expect(hook).toMatchObject({ means: expect.stringMatching(/^what a guest's write calls/) });
  });

  it('leaves the text as it is', () => {
    for (const text of ['', 'sectors', 'No term here', 'Clusters, sectors.', 's0@0 is what sector 0 held', 'a "hook" in quotes'])
      expect(textOf(markTerms([text], GLOSSARY).get(text)!)).toBe(text);
  });

  it('takes a plural, and no part of a word or of a content', () => {
    expect(termsIn(markTerms(['two clusters'], GLOSSARY).get('two clusters'))).toEqual(['clusters']);
    expect(termsIn(markTerms(['landing copying s0.g1 rule-like'], GLOSSARY).get('landing copying s0.g1 rule-like'))).toEqual([]);
  });

  it('marks nothing within quotes, and what comes after them', () => {
    const text = 'Watch "backup shows", which shows T0 now.';
    const pieces = markTerms([text], GLOSSARY).get(text);
    expect(termsIn(pieces)).toEqual(['shows', 'T0']);
    expect(pieces![0]).toBe('Watch "backup shows", which ');
  });

  it('marks nothing without a glossary', () => {
    expect(termsIn(markTerms(['the hook'], []).get('the hook'))).toEqual([]);
  });
});
