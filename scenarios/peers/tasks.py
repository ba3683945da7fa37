"""A task of asyncio for each connection: what the adapters under asyncio have in common."""

import asyncio

import peer


async def work(step, insert, session, waiting):
    """Insert the records on the queue, until None comes."""
    while (record := await waiting.get()) is not None:
        step.done(await insert(session, record))


async def feed(step, records, waiting):
    """Put the records on the queue, and then None for each worker."""
    for record in records:
        await waiting.put(record)
    step.fed()
    for _ in range(peer.POOLSIZE):
        await waiting.put(None)


async def run(step, insert, sessions, records):
    waiting = asyncio.Queue(peer.QUEUE)
    async with asyncio.TaskGroup() as group:
        for session in sessions:
            group.create_task(work(step, insert, session, waiting))
        group.create_task(feed(step, records, waiting))


async def main(insert_geo, insert_data, sessions):
    """Have the sessions, one for each connection, insert the records of both steps."""
    with peer.measured("geo") as step:
        await run(step, insert_geo, sessions, peer.geo_records())
    with peer.measured("data") as step:
        await run(step, insert_data, sessions, peer.data_records())
    peer.report()
