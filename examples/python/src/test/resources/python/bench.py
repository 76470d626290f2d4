"""What the snippets of the tests begin with."""
import json
import os
import time
from datetime import datetime, timedelta, timezone

from click.testing import CliRunner
from redis import Redis
from rq import Queue, Retry, Worker
from rq.cli import main
from rq.command import send_kill_horse_command, send_shutdown_command, send_stop_job_command
from rq.job import Dependency, Job
from rq.registry import (
    CanceledJobRegistry,
    DeferredJobRegistry,
    FailedJobRegistry,
    FinishedJobRegistry,
    ScheduledJobRegistry,
    StartedJobRegistry,
)
from rq.results import Result
from rq.serializers import JSONSerializer

redis = Redis.from_url(os.environ["REDIS_URL"])
queue = Queue("q", connection=redis, serializer=JSONSerializer)
finished = FinishedJobRegistry(queue=queue)
failed = FailedJobRegistry(queue=queue)
started = StartedJobRegistry(queue=queue)
canceled = CanceledJobRegistry(queue=queue)
deferred = DeferredJobRegistry(queue=queue)
scheduled = ScheduledJobRegistry(queue=queue)


def queue_of(name):
    return Queue(name, connection=redis, serializer=JSONSerializer)


def fetch(id):
    return Job.fetch(id, connection=redis, serializer=JSONSerializer)


def status(job):
    """The status as text: it is an enum in new versions."""
    found = job.get_status()
    return getattr(found, "value", found)


def ended(job):
    """Waits until the job has ended, as a Python program would."""
    job = fetch(job) if isinstance(job, str) else job
    while status(job) in ("queued", "started"):
        time.sleep(0.01)
    return job


def counts():
    return f"queued {queue.count} started {started.count} finished {finished.count} failed {failed.count}"


def tally(name):
    """What there is in a queue and its registries, and that rq info says so too. Every job has to be readable."""
    here = queue_of(name)
    places = {
        "queued": here,
        "started": StartedJobRegistry(queue=here),
        "finished": FinishedJobRegistry(queue=here),
        "failed": FailedJobRegistry(queue=here),
        "deferred": DeferredJobRegistry(queue=here),
        "scheduled": ScheduledJobRegistry(queue=here),
        "canceled": CanceledJobRegistry(queue=here),
    }
    counted = {place: jobs.count for place, jobs in places.items()}
    check_info(name, counted)
    for place, jobs in places.items():
        for id in jobs.get_job_ids():
            job = fetch(id.split(":")[0])
            assert status(job) in (place, "stopped" if place == "failed" else place), f"{id} is {status(job)} in {place}"
            assert len(job.results()) <= 10
    return ", ".join(f"{place} {count}" for place, count in counted.items() if count)


def check_info(name, counted):
    info = CliRunner().invoke(main, ["info", "--raw", "--only-queues", "--url", os.environ["REDIS_URL"]]).output
    line = next((line for line in info.splitlines() if line.startswith(f"queue {name} ")), None)
    shown = line.split()[2:] if line else ["0"]
    assert shown[0].rstrip(",") == str(counted["queued"]), info
    # later versions show more
    for count, place in zip(shown[1::2], ("started", "finished", "failed")):
        assert count == str(counted[place]), info


def shown(name):
    """What RQ says of a worker."""
    worker = next(worker for worker in Worker.all(connection=redis) if worker.name == name)
    return (
        f"{worker.get_state()} {','.join(worker.queue_names())} {worker.get_current_job_id()}"
        f" finished {worker.successful_job_count} failed {worker.failed_job_count}"
    )
