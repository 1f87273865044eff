import { expect, it } from 'vitest';
import { Ground } from './territory.ts';

it('tells every ground from every other: what is allowed on one may be unsound on the next', () => {
  const values = Object.values(Ground);
  expect(new Set(values).size).toBe(values.length);
});
