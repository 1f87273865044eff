/** Whom a link to this page reaches. */

/** Whether the page lies where only this computer can open it. */
export const isOnlyHere = ({ protocol, hostname }: Pick<Location, 'protocol' | 'hostname'> = location): boolean =>
  protocol === 'file:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
