/**
 * Errors are values, as in QEMU: what failed and on which side, in one small number, so that it
 * fits a cell and goes up the same way as a negative errno does there.
 */
export const SIDES = ['source', 'target'] as const;
export type Side = (typeof SIDES)[number];

export const ERRNOS = ['EIO', 'ENOSPC'] as const;
/** `EIO` or `ENOSPC`. */
export type Errno = (typeof ERRNOS)[number];

/** An error that `read` or `write` has returned: a small number, which tells its errno and its side. 0: none. */
export type BlockError = number;

export const NO_ERROR: BlockError = 0;

export const blockError = (side: Side, errno: Errno): BlockError => 1 + ERRNOS.indexOf(errno) + ERRNOS.length * SIDES.indexOf(side);
export const errnoOf = (error: BlockError): Errno => ERRNOS[(error - 1) % ERRNOS.length]!;
export const sideOf = (error: BlockError): Side => SIDES[Math.floor((error - 1) / ERRNOS.length)]!;
/** The same errno, as if it came from the target. */
export const blamedOnTarget = (error: BlockError): BlockError => blockError('target', errnoOf(error));

/** `EIO from the source`. */
export const printError = (error: BlockError): string => `${errnoOf(error)} from the ${sideOf(error)}`;
