/** What is suggested is near, or nothing is. */
import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

it.each([
  ['drainBeforeUnhok', 'drainBeforeUnhook'],
  ['FULL', 'full'],
  ['tp', 'top'],
  ['portfolo', 'portfolio'],
  ['noen', 'none'],
  ['drainBefore', 'drainBeforeUnhook'],
  ['copyBe', 'copyBeforeWrite'],
  ['lucky', null],
  ['frobnicate', null],
  ['qemu', null],
  ['x', null],
  ['', null],
])('of %j it suggests %j', (typed, meant) => {
  expect(nearest(typed, ['full', 'top', 'none', 'portfolio', 'sticky', 'drainBeforeUnhook', 'copyBeforeWrite'])).toBe(meant);
});

it('prefers the name that differs last', () => {
  expect(nearest('qemu-6.6', ['qemu-1.6', 'qemu-2.6', 'qemu-6.0', 'qemu-6.1'])).toBe('qemu-6.0');
});

it('looks only at the beginning of what is long', () => {
  expect(nearest('top'.repeat(1e6), ['top'])).toBeNull();
});
