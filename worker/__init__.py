"""Work off the queue: a Celery message is a hint, Postgres decides what is done."""
