"""Real workers with a model for a GPU: one job is finished while the next is on the device, and each ends once."""

import os
import signal

import pytest
from sqlalchemy import Engine, text

from app.store import counters, jobs
from app.store.jobs import Job
from app.store.tables import DEFAULT_TENANT
from tests.worker_process import SHORT_LEASE, Customer, Puppets, StartWorker, Strings, Watch, read


class Stage:
    """A worker's puppets, by job and part; each is waited for when it is first asked for."""

    def __init__(self, puppets: Puppets) -> None:
        self._puppets = puppets
        self._seen: dict[tuple[int, str], Strings] = {}

    def decomposes(self, job: Job) -> Strings:
        """The job on the device."""
        return self._find(job, "decompose")

    def refines(self, job: Job) -> Strings:
        """The job that is being finished."""
        return self._find(job, "refine")

    def first_of(self, one: Job, other: Job) -> tuple[Job, Job]:
        """The two in the order in which they are begun: what is given back at the same moment is in none."""
        seeds = [one.parameters["seed"], other.parameters["seed"]]
        while not (begun := [seed for seed in seeds if (seed, "decompose") in self._seen]):
            self._take()
        return (one, other) if begun[0] == seeds[0] else (other, one)

    def finish(self, *jobs: Job) -> None:
        """Let jobs that are begun one after the other be done, in whatever order."""
        left = list(jobs)
        while left:
            job = self.first_of(left[0], left[-1])[0]
            self.decomposes(job).tell("finish")
            self.refines(job).tell("finish")
            left.remove(job)

    def _find(self, job: Job, part: str) -> Strings:
        wanted = job.parameters["seed"], part
        while wanted not in self._seen:
            self._take()
        return self._seen.pop(wanted)

    def _take(self) -> None:
        found = self._puppets.next()
        self._seen[found.seed, found.part] = found


@pytest.fixture
def stage(puppets: Puppets) -> Stage:
    return Stage(puppets)


def both_under_way(customer: Customer, stage: Stage) -> tuple[Job, Strings, Job, Strings]:
    """One job in the hands of its refining puppet, the next in those of its decomposing one."""
    first, second = customer.post("device"), customer.post("device")
    stage.decomposes(first).tell("finish")
    return first, stage.refines(first), second, stage.decomposes(second)


def wait_for_beats(watch: Watch, job: Job, count: int = 2) -> None:
    """Returns when the job's lease was renewed so often; its worker knows then what was wished for before."""
    for _ in range(count):
        before: list[object] = []

        def beaten(connection: object, before: list[object] = before) -> bool:
            row = read(connection, job)  # type: ignore[arg-type]
            before.append(row.lease_until)
            return row.lease_until is not None and row.lease_until != before[0]

        watch.until(f"a beat of {job.id}", beaten)


def cancel(engine: Engine, job: Job) -> None:
    with engine.begin() as connection:
        _, outcome = jobs.request_cancel(connection, DEFAULT_TENANT, job.id)
    assert outcome == "requested"


def state(engine: Engine, job: Job) -> str:
    with engine.begin() as connection:
        return read(connection, job).state


def assert_stored_once(engine: Engine, *done: Job) -> None:
    query = text("SELECT count(*) FROM image_layers WHERE id = :id")
    with engine.begin() as connection:
        counts = [connection.execute(query, {"id": job.decomposition_id}).scalar_one() for job in done]
    assert counts == [1] * len(done)


def test_a_job_is_on_the_device_while_the_one_before_is_finished_and_a_third_is_not_claimed_before_its_turn(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage, engine: Engine
) -> None:
    start_worker()
    first, refining, second, decomposing = both_under_way(customer, stage)
    assert refining.pid == decomposing.pid
    watch.until("the first at its refining", lambda connection: read(connection, first).stage == "refine")
    watch.until("the second on the device", lambda connection: read(connection, second).stage == "decompose")
    third = customer.post("device")
    decomposing.tell("finish")
    decomposing.wait_for_end()
    wait_for_beats(watch, second)
    assert [state(engine, job) for job in (first, second, third)] == ["running", "running", "queued"]
    refining.tell("finish")
    last = stage.decomposes(third)
    assert state(engine, first) == "succeeded"
    stage.refines(second).tell("finish")
    assert watch.job(second, "succeeded").attempt == 1
    last.tell("finish")
    stage.refines(third).tell("finish")
    assert watch.job(third, "succeeded").attempt == 1
    assert_stored_once(engine, first, second, third)


def test_a_job_may_be_done_before_the_one_ahead_of_it_is_off_its_hands(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage
) -> None:
    start_worker()
    first, refining, second, decomposing = both_under_way(customer, stage)
    decomposing.tell("fail")
    watch.job(second, "failed")
    third = customer.post("device")
    stage.decomposes(third).tell("fail")
    watch.job(third, "failed")
    refining.tell("finish")
    watch.job(first, "succeeded")


def test_a_model_for_the_processor_begins_no_job_before_the_last_one_is_done(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets, engine: Engine
) -> None:
    start_worker()
    first, second = customer.post("puppet"), customer.post("puppet")
    puppets.next().tell("finish")
    puppet = puppets.next()
    assert state(engine, first) == "succeeded"
    puppet.tell("finish")
    watch.job(second, "succeeded")


def test_either_of_two_jobs_can_be_canceled_and_the_process_stays(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage, engine: Engine
) -> None:
    start_worker()
    first, refining, second, decomposing = both_under_way(customer, stage)
    refining.tell("step until canceled")
    cancel(engine, first)
    watch.job(first, "canceled")
    decomposing.tell("step until canceled")
    cancel(engine, second)
    watch.job(second, "canceled")
    third = customer.post("device")
    puppet = stage.decomposes(third)
    assert puppet.pid == decomposing.pid
    puppet.tell("finish")
    stage.refines(third).tell("finish")
    assert watch.job(third, "succeeded").crashes == 0


def test_a_job_that_is_canceled_while_it_waits_for_the_one_before_ends_as_soon_as_that_is_done(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage, engine: Engine
) -> None:
    start_worker()
    first, refining, second, decomposing = both_under_way(customer, stage)
    decomposing.tell("finish")
    decomposing.wait_for_end()
    cancel(engine, second)
    wait_for_beats(watch, second)
    refining.tell("finish")
    watch.job(first, "succeeded")
    watch.job(second, "canceled")


@pytest.mark.parametrize(("command", "code"), [("fail", "decomposition-failed"), ("break", "internal-error")])
def test_a_job_that_fails_at_its_finish_holds_up_no_other(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage, command: str, code: str
) -> None:
    start_worker()
    first, refining, second, decomposing = both_under_way(customer, stage)
    decomposing.tell("finish")
    refining.tell(command)
    first = watch.job(first, "failed")
    assert first.error is not None
    assert (first.error["code"], first.attempt) == (code, 1)
    stage.refines(second).tell("finish")
    watch.job(second, "succeeded")


def test_running_out_of_memory_at_the_finish_is_tried_once_more(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage
) -> None:
    start_worker()
    job = customer.post("device")
    stage.decomposes(job).tell("finish")
    stage.refines(job).tell("run out of memory")
    stage.decomposes(job).tell("finish")
    stage.refines(job).tell("finish")
    job = watch.job(job, "succeeded")
    assert (job.attempt, job.crashes) == (2, 0)


def test_after_sigkill_both_jobs_are_run_again_one_by_one_and_each_has_one_result(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage, engine: Engine
) -> None:
    start_worker()  # found by the death of the child, long before the leases run out
    first, refining, second, _ = both_under_way(customer, stage)
    os.kill(refining.pid, signal.SIGKILL)
    first, second = stage.first_of(first, second)
    stage.decomposes(first).tell("finish")
    stage.refines(first).tell("finish")
    suspect = stage.decomposes(second)
    assert state(engine, first) == "succeeded"  # either may be what ended the process, so neither is beside another
    third = customer.post("device")
    suspect.tell("finish")
    suspect = stage.refines(second)
    wait_for_beats(watch, second)
    assert state(engine, third) == "queued"
    suspect.tell("finish")
    stage.decomposes(third).tell("finish")
    stage.refines(third).tell("finish")
    done = [watch.job(job, "succeeded") for job in (first, second, third)]
    assert [(job.attempt, job.crashes) for job in done] == [(2, 1), (2, 1), (1, 0)]
    assert_stored_once(engine, *done)


def test_a_job_that_ends_its_worker_each_time_harms_the_one_beside_it_once(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage, engine: Engine
) -> None:
    start_worker()
    good, refining, poison, decomposing = both_under_way(customer, stage)
    decomposing.tell("die")
    refining.wait_for_end()
    deaths = 2
    if stage.first_of(good, poison)[0] is poison:
        stage.decomposes(poison).tell("die")
        deaths -= 1
    stage.finish(good)
    for _ in range(deaths):
        stage.decomposes(poison).tell("die")
    good, poison = watch.job(good, "succeeded"), watch.job(poison, "failed")
    assert (good.crashes, poison.crashes) == (1, 3)
    assert_stored_once(engine, good)


def test_a_job_that_hangs_is_charged_alone(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage
) -> None:
    start_worker(LAMINA_STALL_S="2")
    first, refining, second, decomposing = both_under_way(customer, stage)
    refining.tell("step until canceled")
    decomposing.tell("hang")
    stage.finish(first, second)
    first, second = watch.job(first, "succeeded"), watch.job(second, "succeeded")
    assert [(job.attempt, job.crashes) for job in (first, second)] == [(2, 0), (2, 1)]


def test_to_wait_for_the_job_before_is_not_to_hang(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage, engine: Engine
) -> None:
    start_worker(LAMINA_STALL_S="1", LAMINA_HEARTBEAT_S="0.5")
    first, refining, second, decomposing = both_under_way(customer, stage)
    refining.tell("step until canceled")
    decomposing.tell("finish")
    decomposing.wait_for_end()
    wait_for_beats(watch, second, 5)  # for longer than it may stall
    cancel(engine, first)
    stage.refines(second).tell("finish")
    second = watch.job(second, "succeeded")
    assert (second.attempt, second.crashes) == (1, 0)


def test_a_worker_that_slept_past_both_leases_is_fenced_out_of_both_jobs(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage, engine: Engine
) -> None:
    sleeper = start_worker(**SHORT_LEASE)
    first, refining, second, decomposing = both_under_way(customer, stage)
    sleeper.signal_all(signal.SIGSTOP)
    start_worker()
    stage.finish(first, second)
    done = [watch.job(job, "succeeded") for job in (first, second)]
    for puppet in (refining, decomposing):
        puppet.tell("finish")
    sleeper.signal_all(signal.SIGCONT)
    watch.until("two fenced writes", lambda connection: counters.all_(connection).get(("fenced_writes", ""), 0) == 2)
    with engine.begin() as connection:
        assert [read(connection, job) for job in done] == done
    assert_stored_once(engine, *done)


def test_a_stopping_worker_finishes_what_is_being_finished(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage
) -> None:
    worker = start_worker(LAMINA_DRAIN_S="60")
    job = customer.post("device")
    stage.decomposes(job).tell("finish")
    refining = stage.refines(job)
    worker.signal_main(signal.SIGTERM)
    wait_for_beats(watch, job, 5)  # Celery has no task left, and its child would be gone by now
    refining.tell("finish")
    assert watch.job(job, "succeeded").attempt == 1
    assert worker.wait() == 0


def test_a_stopping_worker_ends_both_its_jobs(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage
) -> None:
    worker = start_worker(LAMINA_DRAIN_S="60")
    first, refining, second, decomposing = both_under_way(customer, stage)
    worker.signal_main(signal.SIGTERM)
    decomposing.tell("finish")
    refining.tell("finish")
    stage.refines(second).tell("finish")
    assert [watch.job(job, "succeeded").attempt for job in (first, second)] == [1, 1]
    assert worker.wait() == 0


def test_a_stopping_worker_hands_both_its_jobs_back_when_they_take_too_long(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage, engine: Engine
) -> None:
    worker = start_worker()
    first, refining, second, _ = both_under_way(customer, stage)
    worker.signal_main(signal.SIGTERM)
    refining.wait_for_end()
    worker.wait()
    assert [watch.job(job, "queued").crashes for job in (first, second)] == [0, 0]
    start_worker()
    stage.finish(first, second)
    assert [watch.job(job, "succeeded").crashes for job in (first, second)] == [0, 0]
    assert_stored_once(engine, first, second)


def test_a_stopping_worker_hands_back_a_job_whose_finish_takes_too_long(
    start_worker: StartWorker, customer: Customer, watch: Watch, stage: Stage
) -> None:
    worker = start_worker()
    job = customer.post("device")
    stage.decomposes(job).tell("finish")
    refining = stage.refines(job)
    worker.signal_main(signal.SIGTERM)
    refining.wait_for_end()
    worker.wait()
    assert watch.job(job, "queued").crashes == 0
