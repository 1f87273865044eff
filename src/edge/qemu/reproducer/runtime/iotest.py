
def path(name):
    return os.path.join(iotests.test_dir, name)

class TestBackup(iotests.QMPTestCase):
    def setUp(self):
        for name, (cluster, size, data) in IMAGES.items():
            options = ["-f", "qcow2", "-o", f"cluster_size={cluster}"] if cluster else ["-f", "raw"]
            qemu_img("create", *options, path(name), str(size))
            for pattern, offset, length in data:
                qemu_io("-f", "raw", "-c", f"write -P {pattern} {offset} {length}", path(name))
        server = f"addr.type=unix,addr.path={SOCKET}"
        self.qsd = QemuStorageDaemon("--nbd-server", server, qmp=True)
        try:
            for name in IMAGES:
                disk = {"driver": "file", "filename": path(name), "discard": "unmap"}
                self.qsd.cmd("blockdev-add", {**disk, "node-name": f"{name}-p"})
            for command, arguments in SETUP:
                self.qsd.cmd(command, arguments)
        except ExecuteError as error:
            self.tearDown()
            self.case_skip(f"this QEMU refuses it: {error}")

    def tearDown(self):
        self.qsd.stop()
        for name in (*IMAGES, SOCKET):
            os.remove(path(name))

    def ask(self, export, *requests):
        """Sends requests through an export. Returns what qemu-io says."""
        words = [word for request in requests for word in ("-c", request)]
        words += ["-r"] if export == READER else []
        uri = f"nbd+unix:///{export}?socket={SOCKET}"
        said = qemu_io("-f", "raw", *words, uri, check=False).stdout
        self.assertNotIn("can't open", said)
        return said

    def check_t0(self, offset, length):
        """Reads the point in time, once for each pattern that must be there. A read may fail."""
        reads = []
        for pattern, start, size in AT_T0:
            first, last = max(start, offset), min(start + size, offset + length)
            if first < last:
                part = f"-s {first - offset} -l {last - first}"
                reads.append(f"read -P {pattern} {part} {offset} {length}")
        self.assertNotIn("Pattern verification failed", self.ask(READER, *reads))

    def test_backup(self):
        for who, *what in STEPS:
            if who == "user":
                for command, arguments in START:
                    self.qsd.cmd(command, arguments)
            elif what[0] == "readT0":
                self.check_t0(*what[1:])
            else:
                self.ask(GUESTS, *what)
        self.check_t0(0, SIZE)

if __name__ == "__main__":
    iotests.main(supported_fmts=["raw"], supported_protocols=["file"])
