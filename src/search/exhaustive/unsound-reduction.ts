/** A step that search ran at once, and that others notice: whatever the search comes to may be wrong. */
export class UnsoundReduction extends Error {
  static {
    this.prototype.name = 'UnsoundReduction'; // the stack begins with it, which is all that is left of a class on the way between threads
  }
}

/** Whether it is one, whichever thread it comes from. */
export const isUnsoundReduction = (error: unknown): error is Error =>
  error instanceof Error && (error instanceof UnsoundReduction || (error.stack ?? '').startsWith('UnsoundReduction: '));
