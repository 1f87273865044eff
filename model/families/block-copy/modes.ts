/** The sync modes of this family. TOP scans the disk first for what it need not copy, and skips that in its calls: that is not here. */
import { modesWhere } from '../../sync.ts';

export const MODES = modesWhere(({ selects }) => selects !== 'allocated');
