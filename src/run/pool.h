/*
 * pool.h - the sessions of a run: opened together, used by one worker each, closed together.
 *
 * Opening and preparing go on in many sessions at once (32 at a time, so that a server's backlog is
 * not overrun), and are over before any clock starts.
 *
 * Threads:   one at a time. All calls wait, and end early on Ctrl-C with BD_E_STOPPED.
 */
#ifndef BD_POOL_H
#define BD_POOL_H

#include "pg/session.h"
#include "run/plan.h"

typedef struct BdPool BdPool;

/* Open `size` sessions. */
BD_MUSTCHECK int bd_pool_open(BdPool **out, const char *conninfo, BdProtocol protocol,
                              uint32_t size, BdErr *err);

uint32_t bd_pool_size(const BdPool *pool);
BdSession *bd_pool_session(BdPool *pool, uint32_t i);

/* How long bd_pool_open() took. */
int64_t bd_pool_open_ns(const BdPool *pool);

/*
 * Make all sessions forget the statements of an earlier step. Then, where there is a plan, check it
 * against the server, and prepare its statements on every session if the protocol is for it.
 */
BD_MUSTCHECK int bd_pool_prepare(BdPool *pool, BdPlan *plan, BdErr *err);

/* NULL is allowed. */
void bd_pool_close(BdPool *pool);

#endif
