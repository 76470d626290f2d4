"""What the snippets of the tests begin with."""
import json
import os
import sys
import time

from redis import Redis
from rq import Queue, Retry, Worker
from rq.command import send_kill_horse_command, send_shutdown_command, send_stop_job_command
from rq.job import Job
from rq.registry import CanceledJobRegistry, FailedJobRegistry, FinishedJobRegistry, StartedJobRegistry
from rq.results import Result
from rq.serializers import JSONSerializer

args = sys.argv[1:]
redis = Redis.from_url(os.environ["REDIS_URL"])
queue = Queue("q", connection=redis, serializer=JSONSerializer)
finished = FinishedJobRegistry(queue=queue)
failed = FailedJobRegistry(queue=queue)
started = StartedJobRegistry(queue=queue)
canceled = CanceledJobRegistry(queue=queue)


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


def shown(name):
    """What RQ says of a worker."""
    worker = next(worker for worker in Worker.all(connection=redis) if worker.name == name)
    return (
        f"{worker.get_state()} {','.join(worker.queue_names())} {worker.get_current_job_id()}"
        f" finished {worker.successful_job_count} failed {worker.failed_job_count}"
    )
