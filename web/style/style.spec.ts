/** Every colour of the page can be told from what it lies on, in both themes. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.css'));
const css = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n');
const tokens = tokensOf(css);

/** Text, and what it may lie on. WCAG 2.2, 1.4.3 asks for 4.5 : 1, and 1.4.6 for 7 : 1. */
const TEXT: readonly (readonly [text: string, on: readonly string[], ratioMin: number])[] = [
  ['fg', ['bg', 'raised', 'soft', 'old', 'new', 'wrong'], 7],
  ['dim', ['bg', 'raised', 'soft'], 7],
  ['link', ['bg', 'raised', 'soft'], 7],
  ['on-link', ['link'], 7],
  ['good', ['bg', 'raised', 'soft'], 7],
  ['wrong-line', ['bg'], 7],
  ['wrong-line', ['soft'], 4.5],
];

/** What must be seen though nobody reads it: 3 : 1 (1.4.11). */
const SEEN: readonly (readonly [line: string, on: readonly string[]])[] = [
  ['line', ['bg', 'raised', 'soft']],
  ['link', ['bg', 'raised', 'soft']],
  ['old-line', ['bg', 'old']],
  ['new-line', ['bg', 'soft', 'new']],
  ['wrong-line', ['bg', 'soft', 'wrong']],
];

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  const colour = (name: string): Colour => tokens.get(name)![theme];

  it.each(TEXT.flatMap(([text, on, min]) => on.map((fill) => ({ text, fill, min }))))('$text on $fill is read', ({ text, fill, min }) => {
    expect(contrast(colour(text), colour(fill))).toBeGreaterThanOrEqual(min);
  });

  it.each(SEEN.flatMap(([line, on]) => on.map((fill) => ({ line, fill }))))('$line on $fill is seen', ({ line, fill }) => {
    expect(contrast(colour(line), colour(fill))).toBeGreaterThanOrEqual(3);
  });

  it('the red of a verdict, which is mixed, is read too', () => {
    const [, share] = /\.verdict\.broken \{[^}]*color-mix\(in srgb, var\(--wrong\) (\d+)%, var\(--bg\)\)/.exec(css)!;
    const mixed = mix(colour('wrong'), colour('bg'), Number(share) / 100);
    expect(contrast(colour('fg'), mixed)).toBeGreaterThanOrEqual(7);
    expect(contrast(colour('wrong-line'), mixed)).toBeGreaterThanOrEqual(4.5);
  });
});

it('the page has all files of this folder', () => {
  const main = readFileSync(join(import.meta.dirname, '../main.tsx'), 'utf8');
  expect(files.length).toBeGreaterThan(3);
  for (const name of files) expect(main).toContain(`import './style/${name}';`);
});

it('no colour is left out here, and none is outside the tokens', () => {
  const named = new Set([...TEXT, ...SEEN].flatMap(([name, on]) => [name, ...on]));
  expect([...tokens.keys()].filter((name) => !named.has(name))).toEqual([]);
  const rules = css.replace(/:root \{[^}]*\}/, '').replaceAll(/\/\*.*?\*\//gs, '');
  expect(rules.match(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/gi) ?? []).toEqual([]);
});

it('knows the contrast of black and white', () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
});

type Colour = readonly [red: number, green: number, blue: number];

/** `--fg: light-dark(#1a1a1a, #f1f1f1)` */
function tokensOf(style: string): Map<string, { light: Colour; dark: Colour }> {
  const all = [...style.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => {
    const [, light, dark] = /^light-dark\((#\w+), (#\w+)\)$/.exec(value!) ?? [];
    if (light === undefined || dark === undefined) throw new Error(`--${name} is not a pair of colours: ${value}`);
    return [name!, { light: colourOf(light), dark: colourOf(dark) }] as const;
  });
  if (all.length === 0) throw new Error('there are no tokens');
  return new Map(all);
}

function colourOf(hex: string): Colour {
  const digits = hex.length === 4 ? hex.slice(1).replaceAll(/./g, '$&$&') : hex.slice(1);
  return [0, 2, 4].map((i) => Number.parseInt(digits.slice(i, i + 2), 16)) as unknown as Colour;
}

const mix = (a: Colour, b: Colour, share: number): Colour => a.map((value, i) => value * share + b[i]! * (1 - share)) as unknown as Colour;

/** WCAG 2.2, "contrast ratio". */
function contrast(a: Colour, b: Colour): number {
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
