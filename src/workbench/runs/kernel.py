"""One kernel under watch: its own process group, a deadline, its memory, and its death with ours."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psutil
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.log import logger

from workbench.errors import MachineError
from workbench.runs.sockets import make_socket_folder

ENGINE = "workbench"
START_SECONDS = 60
_SAMPLE_SECONDS = 0.5

# When the parent is killed outright nobody is left to end the kernel, so the kernel asks the system to (Linux);
# elsewhere ipykernel's own watch of its parent does it within a second.
_LAUNCH = """
import os, sys
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
    if os.getppid() != int(os.environ["JPY_PARENT_PID"]): os._exit(1)
sys.path[0] = ""
from ipykernel import kernelapp
kernelapp.launch_new_instance()
"""


class _Manager(AsyncKernelManager):
    """Starts the kernel with the interpreter that runs us, never with the first `python` on the path."""

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        return [sys.executable, "-c", _LAUNCH, "-f", self.connection_file, *(extra_arguments or [])]


class Kernel:
    """A kernel and the watch over it, for one run.

    Attributes:
        started: Whether it has answered; before that a failure is the machine's, not the notebook's.
        timed_out: Whether the watch ended it at the deadline.
        peak_memory: Bytes, kernel and children together.
        returncode: What the system said of its end, None while unknown.
        notebook: What papermill executes, with outputs as far as they have come.
    """

    def __init__(self, folder: Path, cwd: Path, log: IO[str], seconds: float) -> None:
        self.started = False
        self.timed_out = False
        self.peak_memory = 0
        self.returncode: int | None = None
        self.notebook: Any = None
        self._folder = folder
        self._cwd = cwd
        self._log = log
        self._deadline = time.monotonic() + seconds
        self._ended = threading.Event()
        self._stopped = threading.Event()
        self._process: psutil.Process | None = None

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End the kernel now, from any thread or a signal handler; also one that has not started yet."""
        self._stopped.set()
        self._kill()

    def execute(self, manager: Any) -> None:
        """Run every cell of papermill's notebook in a kernel of its own, and leave no process behind.

        Raises:
            MachineError: When no kernel could be started.
            DeadKernelError: When it died on the way.
        """
        self.notebook = manager.nb
        with _kernel_manager() as kernels:
            client = PapermillNotebookClient(
                manager,
                km=kernels,
                kernel_name="python3",
                timeout=None,
                startup_timeout=START_SECONDS,
                iopub_timeout=START_SECONDS,  # nbclient's 4 s fail a good run on a busy machine
                log=logger,
            )
            try:
                self._start(client)
                client.reset_execution_trackers()
                client.papermill_execute_cells()
                client.set_widgets_metadata()
                self._sample()
            finally:
                self._end(client, kernels)

    def _start(self, client: Any) -> None:
        environment = {**os.environ, "WORKBENCH_ARTIFACTS": str(self._folder / "artifacts")}
        try:
            client.start_new_kernel(
                cwd=str(self._cwd), env=environment, stdout=self._log.fileno(), stderr=self._log.fileno()
            )
            self._process = psutil.Process(client.km.provisioner.pid)
            threading.Thread(target=self._watch, name="watch", daemon=True).start()
            if self._stopped.is_set():
                self._kill()
            client.start_new_kernel_client()
        except (RuntimeError, OSError, psutil.Error) as error:
            if self._stopped.is_set() or self.timed_out:
                raise DeadKernelError from None
            raise MachineError(
                f"no kernel could be started: {error}; log.txt says more, and `workbench doctor` looks for the reason"
            ) from error
        self.started = True

    def _end(self, client: Any, kernels: Any) -> None:
        self._ended.set()
        process = getattr(kernels.provisioner, "process", None)
        self._kill()
        if process is not None:
            self.returncode = process.wait()
        self._process = None  # its number may be given to another process now
        if client.kc is not None:
            client.kc.stop_channels()

    def _watch(self) -> None:
        while not self._ended.wait(max(0.0, min(_SAMPLE_SECONDS, self._deadline - time.monotonic()))):
            self._sample()
            if time.monotonic() >= self._deadline:
                self.timed_out = True
                self._kill()
                return

    def _sample(self) -> None:
        process = self._process
        if process is None:
            return
        with suppress(psutil.Error, OSError):
            tree = [process, *process.children(recursive=True)]
            self.peak_memory = max(self.peak_memory, sum(_resident(one) for one in tree), _high_water(process.pid))

    def _kill(self) -> None:
        """Kill the group and whatever the kernel started outside it; the group's number is the kernel's process id."""
        process = self._process
        if process is None:
            return
        with suppress(psutil.Error):
            for stray in process.children(recursive=True):
                with suppress(psutil.Error):
                    stray.kill()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _high_water(pid: int) -> int:
    """The largest resident size that the system has seen, where it says so (Linux)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


@contextmanager
def _kernel_manager() -> Iterator[Any]:
    """A manager that talks over sockets in a private folder."""
    specs = KernelSpecManager(
        kernel_dirs=[str(Path(sys.prefix) / "share" / "jupyter" / "kernels")], ensure_native_kernel=False
    )
    try:
        specs.get_kernel_spec("python3")
    except NoSuchKernel:
        raise MachineError(f"there is no kernel python3 in {sys.prefix}; run `make setup`") from None
    folder = make_socket_folder()
    manager = _Manager(
        kernel_name="python3",
        kernel_spec_manager=specs,
        transport="ipc",
        ip=str(folder / "k"),
        connection_file=str(folder / "kernel.json"),
    )
    try:
        yield manager
    finally:
        run_sync(manager._async_cleanup_resources)()  # noqa: SLF001 — the public name picks a loop by itself
        shutil.rmtree(folder, ignore_errors=True)


class WatchedEngine(Engine):  # type: ignore[misc]
    """Papermill's engine for our runs: it executes in the kernel that it is handed."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, kernel: Kernel, **_: Any) -> None:  # noqa: ARG003
        """Execute the notebook that papermill manages."""
        kernel.execute(nb_man)


papermill_engines.register(ENGINE, WatchedEngine)
