/** Why QEMU could not be waited for. */
export class QemuGone extends Error {}
