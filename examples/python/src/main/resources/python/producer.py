"""Hands work to a Java worker: producer.py <uri of Redis>"""
import sys
import time

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

queue = Queue("emails", connection=Redis.from_url(sys.argv[1]), serializer=JSONSerializer)
job = queue.enqueue("email.send", "ada@example.org", subject="Hello")
while job.get_status() not in ("finished", "failed"):
    time.sleep(0.02)
print(job.return_value())
