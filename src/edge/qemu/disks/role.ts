/** Whom a request of QEMU's is for (observe/role-of.ts tells). */
export const ROLES = ['guest', 'guest copy', 'job copy', 'reader'] as const;

/** A guest's own request; the copy before a guest's write; the job's own copy; a read of the point in time. */
export type Role = (typeof ROLES)[number];
