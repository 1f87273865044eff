/** The program that is run where no other is named. */
export const STORAGE_DAEMON = 'qemu-storage-daemon';
