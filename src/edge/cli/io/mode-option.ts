/** `--mode`: one sync mode, several, or all. */
import type { Option } from 'commander';
import { ALL_SYNC_MODES, type SyncMode } from '../../../../model/sync.ts';
import { ListOption } from './one-line.ts';
import { someOf } from './usage.ts';

/** Several are comma-separated, in their own order: `full,top`. All are those that the job can do. */
export type ModeChoice = SyncMode | 'all' | `${SyncMode},${SyncMode}`;

/** @param modes that there are to choose from @param more to be said of them */
export const modeOption = (modes: readonly SyncMode[], more?: string): Option =>
  new ListOption('--mode <modes>', `sync modes, comma-separated${more === undefined ? '' : `; ${more}`}`, [...modes, 'all'], (text) =>
    text === 'all' ? text : someOf(modes)(text).join(','),
  ).default('all');

/** Whether it is one: of what somebody else has written. */
export const isModeChoice = (written: string): written is ModeChoice =>
  written === 'all' || written.split(',').every((name) => ALL_SYNC_MODES.some((mode) => mode === name));

/** The modes that a choice names. */
export const modesIn = (choice: ModeChoice): SyncMode[] =>
  choice === 'all' ? [...ALL_SYNC_MODES] : ALL_SYNC_MODES.filter((mode) => choice.split(',').includes(mode));
