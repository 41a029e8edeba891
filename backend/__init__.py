"""The backend: aggregates such as `runs`, `tasks` and `workers`, and the API, dispatcher and worker above them.

`app`, `server_app` and `local_app` compose a process of them.
"""
