/** For each defect in the gallery: the fixed rules hold in the whole scope in which it was found, and there it is found. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sized } from '../../tools/nightly/testing.ts';
import type { Trace } from '../trace/format.ts';
import { readTrace } from '../trace/read.ts';
import { isWithin, scopeFoundIn, scopeInWords, scopesFoundIn, searchFixed } from './fixed.ts';

const GALLERY = new URL('../../traces/gallery/', import.meta.url);
const TRACES = readdirSync(GALLERY).map((name): [string, Trace] => [name, readTrace(readFileSync(new URL(name, GALLERY), 'utf8'))]);
const SCOPES = scopesFoundIn(TRACES.map(([, trace]) => trace));

describe('the scopes of the gallery', () => {
  it('are few, and each trace is within one of them', () => {
    expect(SCOPES.length).toBeLessThan(TRACES.length / 2);
    for (const [, trace] of TRACES) expect(SCOPES.some((scope) => isWithin(scopeFoundIn(trace), scope))).toBe(true);
  });

  it('leave out what is within another, and nothing else', () => {
    const [small] = SCOPES;
    const larger = { ...small!, requests: small!.requests + 1 };
    expect([isWithin(small!, larger), isWithin(larger, small!), isWithin(small!, { ...larger, features: [] })]).toEqual([
      true,
      false,
      small!.features.length === 0,
    ]);
  });
});

describe('with all rules on', { timeout: 120_000 }, () => {
  /** By day the two scopes that are not small have one request less. */
  const SEARCHED = sized(
    SCOPES.map((scope) => (scope.clusters > 1 || scope.requests > 1 ? { ...scope, requests: Math.min(scope.requests, 1) } : scope)),
    SCOPES,
  );
  it.each(SEARCHED.map((scope) => [scopeInWords(scope), scope] as const))('every schedule holds: %s', (_, scope) => {
    const { broken, scenarios, states } = searchFixed(scope);
    expect(broken).toBeNull();
    expect(states).toBeGreaterThan(scenarios);
  });
});

describe('without the rules of its trace', () => {
  it.each(TRACES)('the scope of %s has a schedule that does not hold', (_, trace) => {
    expect(searchFixed(scopeFoundIn(trace), trace.without).broken).not.toBeNull();
  });
});
