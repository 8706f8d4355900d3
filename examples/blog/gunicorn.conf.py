"""krait -m gunicorn, in this folder: two processes that answer on 127.0.0.1 only."""
bind = "127.0.0.1:8000"
workers = 2
wsgi_app = "app:create_app()"
# Loaded once, before the workers: what is wrong with the settings is said once, and there is no start.
preload_app = True
# Nothing is kept outside of the blog's folder.
control_socket_disable = True


def post_fork(server, worker):
    # Connections to a database are not shared between processes.
    server.app.wsgi().extensions["engine"].dispose(close=False)
