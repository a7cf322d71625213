"""Rows and requests: the HTTP service and what it keeps. Never loads a model.

main        create_app(settings): the only place where things are wired
cli/        the ``lamina`` command
web/        the only HTTP, one file a resource
flow/       verbs, one a file: submit, render …; no HTTP
store/      the only SQL
enqueue     rings the workers' bell by name, through Celery
embedded/   a Postgres and a Redis that start by themselves
settings    every setting, from the environment
"""
