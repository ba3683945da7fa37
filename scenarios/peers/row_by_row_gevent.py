"""row_by_row with psycopg2 made cooperative, and a greenlet of gevent for each connection."""

import gevent
import gevent.queue
from gevent.socket import wait_read, wait_write
from psycopg2.extensions import POLL_OK, POLL_READ, POLL_WRITE, set_wait_callback

import blocking
import peer

WAIT = {POLL_READ: wait_read, POLL_WRITE: wait_write}


def wait(connection):
    """Let other greenlets run while libpq waits."""
    while (state := connection.poll()) != POLL_OK:
        WAIT[state](connection.fileno())


def run(step, insert, connections, records):
    waiting = gevent.queue.Queue(peer.QUEUE or None)
    greenlets = [gevent.spawn(blocking.work, step, insert, connection, waiting)
                 for connection in connections]
    greenlets.append(gevent.spawn(blocking.feed, step, records, waiting))
    gevent.joinall(greenlets, raise_error=True)


set_wait_callback(wait)
blocking.main(run)
