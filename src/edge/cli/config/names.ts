/** Whether there is a configuration. Every command asks, so it loads nothing. */
import { existsSync } from 'node:fs';

const NAMES = ['cowcheck.config.mjs', 'cowcheck.config.ts', 'cowcheck.config.json'] as const;

/** Those of this folder. */
export const configsHere = (): string[] => NAMES.filter((name) => existsSync(name));
