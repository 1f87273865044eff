/** The name of the file of a job of one's own, by which it is known: a module. Other names are those of cowcheck's own jobs. */
export type OwnJobFile = `${string}.${'' | 'c' | 'm'}${'js' | 'ts'}`;

const LENGTH_MAX = 1_000;

export const isOwnJob = (name: string): name is OwnJobFile =>
  name.length <= LENGTH_MAX && /^[^\p{Cc}\p{Cf}\u2028\u2029]*\.[cm]?[jt]s$/u.test(name);
