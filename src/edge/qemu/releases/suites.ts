/** Where Debian has QEMU: a suite for each release that people run, oldest first. */

export interface Suite {
  readonly name: string;
  /** The suites whose packages its own need. */
  readonly over: readonly string[];
}

export const SUITES: readonly Suite[] = [
  { name: 'bullseye', over: [] }, // 5.2
  { name: 'bookworm', over: [] }, // 7.2
  { name: 'trixie', over: [] }, // 10.0
  { name: 'trixie-backports', over: ['trixie'] }, // 11.1 in November 2026
  { name: 'sid', over: [] },
];
