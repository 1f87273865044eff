/** The configuration whose properties are asked here. Every command looks, so this loads nothing. */

/** Its name, which is its path from the working folder, and where it is. */
export interface AskedFile {
  readonly name: string;
  readonly path: string;
}

let here: AskedFile | null = null;

export const askedHere = (): AskedFile | null => here;

/** @param file null: none */
export const setAskedHere = (file: AskedFile | null): void => void (here = file);
