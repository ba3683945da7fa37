/*
 * pool.h - the sessions of a run: opened together, used by one worker each, closed together.
 *
 * Opening and preparing go on in many sessions at once (32 at a time, so that a server's backlog is
 * not overrun), and are over before any clock starts.
 *
 * Threads:   one at a time, but for those that say otherwise. Opening and preparing wait, and end
 *            early on Ctrl-C with BD_E_STOPPED.
 */
#ifndef BD_POOL_H
#define BD_POOL_H

#include "pg/session.h"
#include "run/plan.h"

#include <stdbool.h>

typedef struct BdPool BdPool;

/* Open `size` sessions. */
BD_MUSTCHECK int bd_pool_open(BdPool **out, const char *conninfo, BdProtocol protocol,
                              uint32_t size, BdErr *err);

/* Any thread. */
uint32_t bd_pool_size(const BdPool *pool);

BdSession *bd_pool_session(BdPool *pool, uint32_t i);

/*
 * Begin to open another session for the i-th worker, whose own is lost: go on with
 * bd_session_connect(). It is the caller's until bd_pool_replace() puts it in the place of the lost
 * one, which is freed. No descriptor of a lost session may be waited for any more. Any thread.
 */
BD_MUSTCHECK int bd_pool_reopen(BdPool *pool, BdSession **out, BdErr *err);
void bd_pool_replace(BdPool *pool, uint32_t i, BdSession *session);

/* What is to be prepared on such a session, from 0; NULL when that was all. */
const BdStatement *bd_pool_statement(const BdPool *pool, uint32_t n);

/* Ask the server to cancel what the sessions do, without waiting for it; or cut their connections
 * off. While workers use them. */
void bd_pool_cancel(BdPool *pool);
void bd_pool_cut_off(BdPool *pool);

/* How long bd_pool_open() took. */
int64_t bd_pool_open_ns(const BdPool *pool);

/* Make all sessions forget what was prepared on them, if an earlier step has prepared any. */
BD_MUSTCHECK int bd_pool_forget(BdPool *pool, BdErr *err);

/*
 * Make all sessions forget, unless they have. Then, where there is a plan, check it against the
 * server, and prepare its statements on every session if the protocol is for it.
 */
BD_MUSTCHECK int bd_pool_prepare(BdPool *pool, BdPlan *plan, BdErr *err);

/* NULL is allowed. */
void bd_pool_close(BdPool *pool);

#endif
