"""How far a job is, for those who wait for it and for the watchdog."""

from model.decomposers import OnProgress
from worker.heartbeat import Heartbeat
from worker.watchdog import Watchdog


class Progress:
    """Turns each step into the job's overall fraction, which never falls, and shows the watchdog that work goes on."""

    def __init__(self, heartbeat: Heartbeat, watchdog: Watchdog) -> None:
        self._heartbeat, self._watchdog = heartbeat, watchdog
        self._fraction = 0.0
        heartbeat.report("setup", 0, 1, 0.0)

    def set_up(self) -> None:
        self._watchdog.set_up()

    def phase(self, start: float, stop: float) -> OnProgress:
        """An ``on_progress`` whose steps fill the job's fraction from ``start`` to ``stop``."""

        def on_progress(stage: str, step: int, steps: int) -> None:
            self._watchdog.feed()
            share = min(1.0, step / max(1, steps))
            self._fraction = max(self._fraction, start + (stop - start) * share)
            self._heartbeat.report(stage, step, steps, round(self._fraction, 4))

        return on_progress
