"""Real workers, killed, stopped, starved and lied to: each job ends once, with one result."""

import signal
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import redis
from sqlalchemy import Connection, Engine, text

from app.embedded import resolve
from app.settings import Settings
from app.store import counters, jobs
from app.store.jobs import Job
from app.store.migrate import upgrade
from app.store.session import make_engine
from app.store.tables import DEFAULT_TENANT
from tests.worker_process import SHORT_LEASE, Customer, Puppets, StartWorker, Watch, WorkerProcess, read


def runs(connection: Connection, model: str) -> int:
    """How often the model was run."""
    return counters.all_(connection).get(("model_calls", model), 0)


def stored(connection: Connection, job: Job) -> int:
    query = text("SELECT count(*) FROM image_layers WHERE id = :id")
    return int(connection.execute(query, {"id": job.decomposition_id}).scalar_one())


def test_a_job_is_done_and_kept_and_one_whose_bell_never_rang_is_found(
    start_worker: StartWorker, customer: Customer, watch: Watch, engine: Engine
) -> None:
    start_worker()
    job = watch.job(customer.post("noop"), "succeeded")
    assert (job.attempt, job.crashes, job.result) == (1, 0, {"decomposition_id": job.decomposition_id})
    with engine.begin() as connection:
        assert stored(connection, job) == 1
    assert watch.job(customer.post("noop", ring=False), "succeeded").attempt == 1


def test_after_sigkill_of_the_child_the_job_is_run_again_and_has_one_result(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets, engine: Engine
) -> None:
    start_worker()  # found by its death, long before the lease runs out
    job = customer.post("puppet")
    first = puppets.next()
    first.tell("die")
    second = puppets.next()
    assert second.pid != first.pid
    second.tell("finish")
    job = watch.job(job, "succeeded")
    assert (job.attempt, job.crashes) == (2, 1)
    with engine.begin() as connection:
        assert stored(connection, job) == 1


def test_after_sigkill_of_the_whole_worker_another_one_does_the_job(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets, engine: Engine
) -> None:
    worker = start_worker(**SHORT_LEASE)
    job = customer.post("puppet")
    first = puppets.next()
    worker.signal_all(signal.SIGKILL)
    first.wait_for_end()
    start_worker()
    second = puppets.next()
    assert second.seed == first.seed
    second.tell("finish")
    job = watch.job(job, "succeeded")
    assert (job.attempt, job.crashes) == (2, 1)
    with engine.begin() as connection:
        assert stored(connection, job) == 1


def test_sigkill_of_the_main_process_takes_its_child_along(
    start_worker: StartWorker, customer: Customer, puppets: Puppets
) -> None:
    worker = start_worker()
    customer.post("puppet")
    first = puppets.next()
    worker.signal_main(signal.SIGKILL)
    first.wait_for_end()


def test_a_job_that_ends_its_worker_each_time_fails_after_three_and_harms_no_other(
    start_worker: StartWorker, customer: Customer, watch: Watch, engine: Engine
) -> None:
    start_worker()
    poison, good = customer.post("poison"), customer.post("noop")
    assert watch.job(good, "succeeded").crashes == 0
    poison = watch.job(poison, "failed")
    assert poison.error is not None
    assert (poison.error["code"], poison.crashes, poison.attempt) == ("worker-lost", 3, 3)
    with engine.begin() as connection:
        assert runs(connection, "poison") == 3
    assert watch.job(customer.post("noop"), "succeeded").crashes == 0


def test_a_flushed_redis_loses_no_job(
    start_worker: StartWorker, customer: Customer, watch: Watch, engine: Engine, redis_url: str
) -> None:
    posted = [customer.post("noop") for _ in range(20)]
    flush(redis_url)
    start_worker()
    for job in posted:
        assert watch.job(job, "succeeded").attempt == 1
    flush(redis_url)  # also while the worker waits on it
    assert watch.job(customer.post("noop"), "succeeded").attempt == 1
    with engine.begin() as connection:
        assert runs(connection, "noop") == len(posted) + 1


def test_ten_messages_for_one_job_run_it_once(
    start_worker: StartWorker, customer: Customer, watch: Watch, engine: Engine
) -> None:
    job = customer.post("noop")
    assert all(customer.bell.ring("noop") for _ in range(9))
    start_worker()
    watch.job(job, "succeeded")
    watch.until("all messages taken", lambda _: customer.bell.waiting("noop") == 0)
    assert watch.job(customer.post("noop"), "succeeded").attempt == 1
    with engine.begin() as connection:
        assert runs(connection, "noop") == 2
        assert read(connection, job).attempt == 1


def test_canceling_stops_at_a_step_and_keeps_the_process(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets, engine: Engine
) -> None:
    start_worker()
    job = customer.post("puppet")
    first = puppets.next()
    first.tell("step until canceled")
    with engine.begin() as connection:
        _, outcome = jobs.request_cancel(connection, DEFAULT_TENANT, job.id)
    assert outcome == "requested"
    first.wait_for_end()
    job = watch.job(job, "canceled")
    assert job.crashes == 0
    other = customer.post("puppet")
    second = puppets.next()
    assert second.pid == first.pid
    second.tell("finish")
    watch.job(other, "succeeded")


def test_a_canceled_job_in_the_queue_is_never_run(
    start_worker: StartWorker, customer: Customer, watch: Watch, engine: Engine
) -> None:
    job = customer.post("noop")
    with engine.begin() as connection:
        _, outcome = jobs.request_cancel(connection, DEFAULT_TENANT, job.id)
    assert outcome == "canceled"
    start_worker()
    watch.job(customer.post("noop"), "succeeded")
    with engine.begin() as connection:
        assert (read(connection, job).state, runs(connection, "noop")) == ("canceled", 1)


def test_a_hung_step_is_ended_by_the_watchdog_though_the_heart_beats(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets
) -> None:
    start_worker(LAMINA_STALL_S="1")
    job = customer.post("puppet")
    first = puppets.next()
    first.tell("hang")
    first.wait_for_end()
    second = puppets.next()
    second.tell("finish")
    job = watch.job(job, "succeeded")
    assert (job.attempt, job.crashes) == (2, 1)


def test_a_job_over_its_deadline_fails_and_is_not_tried_again(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets
) -> None:
    start_worker(LAMINA_DEADLINE_S="1")
    job = customer.post("puppet")
    puppet = puppets.next()
    puppet.tell("step until canceled")
    puppet.wait_for_end()
    job = watch.job(job, "failed")
    assert job.error is not None
    assert (job.error["code"], job.attempt) == ("deadline-exceeded", 1)


def test_a_worker_that_slept_past_its_lease_is_fenced_out_and_changes_nothing(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets, engine: Engine
) -> None:
    sleeper = start_worker(**SHORT_LEASE)
    job = customer.post("puppet")
    first = puppets.next()
    sleeper.signal_all(signal.SIGSTOP)
    start_worker()
    second = puppets.next()
    second.tell("finish")
    job = watch.job(job, "succeeded")
    first.tell("finish")
    sleeper.signal_all(signal.SIGCONT)
    watch.until("a fenced write", lambda connection: counters.all_(connection).get(("fenced_writes", ""), 0) == 1)
    with engine.begin() as connection:
        assert read(connection, job) == job
        assert stored(connection, job) == 1
    sleeper.signal_all(signal.SIGTERM)


def test_a_stopping_worker_finishes_its_job(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets
) -> None:
    worker = start_worker(LAMINA_DRAIN_S="60")
    job = customer.post("puppet")
    puppet = puppets.next()
    worker.signal_main(signal.SIGTERM)
    puppet.tell("finish")
    assert watch.job(job, "succeeded").attempt == 1
    assert worker.wait() == 0


def test_a_stopping_worker_hands_a_long_job_back_without_counting_a_crash(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets
) -> None:
    worker = start_worker()
    job = customer.post("puppet")
    first = puppets.next()
    worker.signal_main(signal.SIGTERM)
    first.wait_for_end()
    worker.wait()
    assert watch.job(job, "queued").crashes == 0
    start_worker()
    second = puppets.next()
    second.tell("finish")
    assert watch.job(job, "succeeded").crashes == 0


def test_running_out_of_memory_is_tried_once_more(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets
) -> None:
    start_worker()
    lucky = customer.post("puppet")
    puppets.next().tell("run out of memory")
    puppets.next().tell("finish")
    assert watch.job(lucky, "succeeded").attempt == 2
    unlucky = customer.post("puppet")
    puppets.next().tell("run out of memory")
    puppets.next().tell("run out of memory")
    unlucky = watch.job(unlucky, "failed")
    assert unlucky.error is not None
    assert (unlucky.error["code"], unlucky.attempt, unlucky.crashes) == ("out-of-memory", 2, 0)


def test_other_failures_are_final_and_a_model_that_cannot_be_set_up_fails_its_jobs_and_no_other(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets
) -> None:
    start_worker()
    failures = {
        "fail": "decomposition-failed",
        "break": "internal-error",
        "run out of memory in every mode": "out-of-memory",
    }
    for command, code in failures.items():
        job = customer.post("puppet")
        puppets.next().tell(command)
        job = watch.job(job, "failed")
        assert job.error is not None
        assert (job.error["code"], job.attempt) == (code, 1), command
    missing = watch.job(customer.post("missing"), "failed")
    assert missing.error is not None
    assert missing.error["code"] == "model-unavailable"
    watch.job(customer.post("noop"), "succeeded")


def test_recomputing_runs_the_model_again_and_compares(
    start_worker: StartWorker, customer: Customer, watch: Watch, engine: Engine
) -> None:
    start_worker()
    first = watch.job(customer.post_seed("noop", 1), "succeeded")
    again = watch.job(customer.post_seed("noop", 1, recompute=True), "succeeded")
    assert again.id != first.id
    assert again.result == {"decomposition_id": first.decomposition_id, "identical": True}
    with engine.begin() as connection:
        assert runs(connection, "noop") == 2


def test_both_servers_restarted_under_a_worker_lose_no_job(puppets: Puppets, tmp_path: Path) -> None:
    with TemporaryDirectory(prefix="lamina") as folder, ExitStack() as later:
        own = Settings(database_url=None, redis_url=None, data_dir=Path(folder))
        with resolve(own) as settings:
            assert settings.database_url is not None
            assert settings.redis_url is not None
            upgrade(settings.database_url)
            environment = {"PUPPET_SOCKET": str(puppets.path)}
            worker = WorkerProcess(settings.database_url, settings.redis_url, tmp_path / "worker.log", **environment)
            later.enter_context(worker)
            engine = make_engine(settings.database_url)
            later.callback(engine.dispose)
            customer = Customer(engine, settings.redis_url)
            later.callback(customer.close)
            under_way, waiting = customer.post("puppet"), customer.post("noop")
            puppet = puppets.next()
        with resolve(own) as again:  # under the same addresses
            assert (again.database_url, again.redis_url) == (settings.database_url, settings.redis_url)
            watch = Watch(engine)
            later.callback(watch.close)
            puppet.tell("finish")
            assert watch.job(under_way, "succeeded").attempt == 1
            assert watch.job(waiting, "succeeded").attempt == 1
            assert watch.job(customer.post("noop"), "succeeded").attempt == 1
            worker.signal_all(signal.SIGKILL)


def flush(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url.replace("redis+socket://", "unix://"))
    client.flushall()
    client.close()
