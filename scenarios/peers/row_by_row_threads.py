"""row_by_row with psycopg2 and a pool of threads: one connection for each of them."""

import concurrent.futures
import os
import queue
import traceback

import blocking
import peer


def work(*arguments):
    try:
        blocking.work(*arguments)
    except Exception:  # the others would wait for this thread without end
        traceback.print_exc()
        os._exit(1)


def run(step, insert, connections, records):
    waiting = queue.Queue(peer.QUEUE)
    with concurrent.futures.ThreadPoolExecutor(len(connections)) as pool:
        for connection in connections:
            pool.submit(work, step, insert, connection, waiting)
        blocking.feed(step, records, waiting)


blocking.main(run)
