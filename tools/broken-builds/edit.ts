/** One rule of QEMU's backup, broken by a change of its sources: what a mistake in somebody's patch looks like. */

/** A change of one place of a file. QEMU's text is named by a short anchor only, which must be in the file exactly once. */
export interface Change {
  /** From the top of QEMU's sources. */
  readonly file: string;
  readonly was: string;
  readonly is: string;
}

export interface Edit {
  readonly name: string;
  /** The step of docs/qemu-today.md that goes wrong. */
  readonly step: string;
  /** What must hold. */
  readonly rule: string;
  /** What goes wrong without it. */
  readonly wrong: string;
  /** In this order: an anchor is looked for in what the changes before it have left. */
  readonly changes: readonly Change[];
  /** Why nothing of it shows from outside; absent: `cowcheck qemu` must find it. */
  readonly unseen?: string;
}

/** An edit that does not fit the sources; one line. */
export class NotApplied extends Error {}

/** @param texts the files that are changed, by name. @returns those that came out changed. @throws NotApplied */
export function applied(texts: ReadonlyMap<string, string>, { name, changes }: Pick<Edit, 'name' | 'changes'>): Map<string, string> {
  const changed = new Map<string, string>();
  for (const { file, was, is } of changes) {
    const text = changed.get(file) ?? texts.get(file);
    if (text === undefined) throw new NotApplied(`${name}: QEMU has no file ${file}`);
    const parts = text.split(was);
    if (parts.length !== 2)
      throw new NotApplied(`${name}: ${file} has this anchor ${parts.length - 1} times, not once: ${JSON.stringify(was)}`);
    changed.set(file, parts.join(is));
  }
  return changed;
}
