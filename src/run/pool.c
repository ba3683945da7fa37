#include "run/pool.h"

#include "core/clock.h"
#include "core/files.h"
#include "core/interrupt.h"
#include "core/mem.h"
#include "pg/cancel.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>

#define AT_ONCE 32 /* sessions that open or prepare at the same time */

struct BdPool {
    char *conninfo;        /* may be NULL */
    pthread_mutex_t mutex; /* covers the sessions while they are cancelled, or one is replaced */
    BdCancel cancel;
    BdSession **sessions;
    uint32_t size;
    BdProtocol protocol;
    int64_t open_ns;
    const BdPlan *plan; /* whose statements are prepared on every session; NULL: none */
    bool prepared;      /* the sessions may hold prepared statements of an earlier step */
};

/*
 * Something that many sessions do at once. begin() starts it for one session; step() goes on until
 * it says BD_IO_DONE or fails. Both must not wait.
 */
typedef struct Errand {
    BdPool *pool;
    int (*begin)(struct Errand *errand, uint32_t i, BdErr *err);
    BdIo (*step)(struct Errand *errand, uint32_t i, BdErr *err);
    bool connects; /* which may take as long as connect_timeout says */
    const void *context;
    uint32_t *progress; /* per session, for the errand's own use */
} Errand;

/* The sessions that an errand is under way with. */
typedef struct Window {
    uint32_t sessions[AT_ONCE];
    struct pollfd fds[AT_ONCE + 1]; /* one more for Ctrl-C */
    int64_t deadlines_ns[AT_ONCE];  /* 0: none */
    uint32_t count;
} Window;

/* Step the i-th of the window: 1 done, 0 to be waited for, -1 failed. */
static int step_one(Errand *errand, Window *window, uint32_t i, BdErr *err) {
    uint32_t session = window->sessions[i];
    BdIo io = errand->step(errand, session, err);
    if (io == BD_IO_FAILED) {
        return -1;
    }
    if (io == BD_IO_DONE) {
        return 1;
    }
    window->fds[i] = (struct pollfd){.fd = bd_session_fd(errand->pool->sessions[session]),
                                     .events = io == BD_IO_READ ? POLLIN : POLLIN | POLLOUT};
    return 0;
}

/* Step those of the window that can go on; those that are done leave it. */
static int step_window(Errand *errand, Window *window, BdErr *err) {
    for (uint32_t i = 0; i < window->count;) {
        int done = window->fds[i].revents == 0 ? 0 : step_one(errand, window, i, err);
        if (done < 0) {
            return -1;
        }
        if (done == 0) {
            i++;
            continue;
        }
        window->count--;
        window->sessions[i] = window->sessions[window->count];
        window->fds[i] = window->fds[window->count];
        window->deadlines_ns[i] = window->deadlines_ns[window->count];
    }
    return 0;
}

static int64_t deadline_ns(const Errand *errand, uint32_t session) {
    int64_t limit_ns =
        errand->connects ? bd_session_connect_limit_ns(errand->pool->sessions[session]) : 0;
    return limit_ns == 0 ? 0 : bd_now_ns() + limit_ns;
}

/* The deadline that comes first, of a session that nothing has happened to; its place in *i. */
static int64_t first_deadline_ns(const Window *window, uint32_t *i) {
    int64_t first_ns = 0;
    for (uint32_t k = 0; k < window->count; k++) {
        int64_t own_ns = window->deadlines_ns[k];
        if (own_ns != 0 && (first_ns == 0 || own_ns < first_ns) && window->fds[k].revents == 0) {
            first_ns = own_ns;
            *i = k;
        }
    }
    return first_ns;
}

static int wait_window(const Errand *errand, Window *window, BdErr *err) {
    uint32_t i = 0;
    for (uint32_t k = 0; k < window->count; k++) {
        window->fds[k].revents = 0;
    }
    int timeout_ms = bd_timeout_ms(first_deadline_ns(window, &i), bd_now_ns());
    window->fds[window->count] = (struct pollfd){.fd = bd_interrupt_fd(), .events = POLLIN};
    if (poll(window->fds, window->count + 1, timeout_ms) < 0 && errno != EINTR) {
        return bd_err_set_sys(err, BD_E_BUG, errno, "cannot wait for the server");
    }
    if (bd_interrupted()) {
        return bd_err_set(err, BD_E_STOPPED, 0, "interrupted");
    }
    int64_t first_ns = first_deadline_ns(window, &i);
    if (first_ns != 0 && first_ns <= bd_now_ns()) {
        return bd_session_connect_late(errand->pool->sessions[window->sessions[i]], err);
    }
    return 0;
}

/* Do the errand with sessions first .. size-1, AT_ONCE at a time. */
static int run_errand(Errand *errand, uint32_t first, BdErr *err) {
    Window window = {.count = 0};
    uint32_t next = first;
    while (next < errand->pool->size || window.count > 0) {
        while (window.count < AT_ONCE && next < errand->pool->size) {
            if (errand->begin(errand, next, err) != 0) {
                return -1;
            }
            window.deadlines_ns[window.count] = deadline_ns(errand, next);
            window.sessions[window.count] = next++;
            window.fds[window.count++].revents = POLLIN; /* its first step needs no waiting */
        }
        if (step_window(errand, &window, err) != 0) {
            return -1;
        }
        bool full = window.count == AT_ONCE || next == errand->pool->size;
        if (window.count > 0 && full && wait_window(errand, &window, err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- opening ---- */

static int begin_open(Errand *errand, uint32_t i, BdErr *err) {
    return bd_session_new(&errand->pool->sessions[i], errand->context, errand->pool->protocol, err);
}

static BdIo step_open(Errand *errand, uint32_t i, BdErr *err) {
    return bd_session_connect(errand->pool->sessions[i], err);
}

int bd_pool_open(BdPool **out, const char *conninfo, BdProtocol protocol, uint32_t size,
                 BdErr *err) {
    *out = NULL;
    if (bd_files_allow(size, 1, err) != 0) {
        return -1;
    }
    BdPool *pool = bd_alloc(sizeof(*pool));
    if (pool == NULL || (pool->sessions = bd_alloc_array(size, sizeof(BdSession *))) == NULL ||
        (conninfo != NULL && (pool->conninfo = bd_strdup(conninfo)) == NULL) ||
        pthread_mutex_init(&pool->mutex, NULL) != 0) {
        bd_free(pool != NULL ? pool->sessions : NULL);
        bd_free(pool != NULL ? pool->conninfo : NULL);
        bd_free(pool);
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for %u connections", size);
    }
    pool->size = size;
    pool->protocol = protocol;
    Errand errand = {.pool = pool,
                     .begin = begin_open,
                     .step = step_open,
                     .connects = true,
                     .context = conninfo};
    int64_t begin_ns = bd_now_ns();
    if (run_errand(&errand, 0, err) != 0) {
        bd_pool_close(pool);
        return -1;
    }
    pool->open_ns = bd_now_ns() - begin_ns;
    *out = pool;
    return 0;
}

void bd_pool_close(BdPool *pool) {
    if (pool == NULL) {
        return;
    }
    bd_cancel_end(&pool->cancel);
    for (uint32_t i = 0; i < pool->size; i++) {
        bd_session_free(pool->sessions[i]);
    }
    pthread_mutex_destroy(&pool->mutex);
    bd_free(pool->sessions);
    bd_free(pool->conninfo);
    bd_free(pool);
}

int bd_pool_reopen(BdPool *pool, BdSession **out, BdErr *err) {
    return bd_session_new(out, pool->conninfo, pool->protocol, err);
}

void bd_pool_replace(BdPool *pool, uint32_t i, BdSession *session) {
    pthread_mutex_lock(&pool->mutex);
    BdSession *lost = pool->sessions[i];
    pool->sessions[i] = session;
    pthread_mutex_unlock(&pool->mutex);
    bd_session_free(lost);
}

void bd_pool_cancel(BdPool *pool) {
    pthread_mutex_lock(&pool->mutex);
    bd_cancel_begin(&pool->cancel, pool->sessions, pool->size);
    pthread_mutex_unlock(&pool->mutex);
}

void bd_pool_cut_off(BdPool *pool) {
    pthread_mutex_lock(&pool->mutex);
    for (uint32_t i = 0; i < pool->size; i++) {
        bd_session_abort(pool->sessions[i]);
    }
    pthread_mutex_unlock(&pool->mutex);
}

const BdStatement *bd_pool_statement(const BdPool *pool, uint32_t n) {
    return pool->plan != NULL && n < bd_plan_statements(pool->plan)
               ? bd_plan_statement(pool->plan, n)
               : NULL;
}

uint32_t bd_pool_size(const BdPool *pool) {
    return pool->size;
}

BdSession *bd_pool_session(BdPool *pool, uint32_t i) {
    return pool->sessions[i];
}

int64_t bd_pool_open_ns(const BdPool *pool) {
    return pool->open_ns;
}

/* ---- preparing ---- */

static int begin_forget(Errand *errand, uint32_t i, BdErr *err) {
    const BdRequest request = {.kind = BD_REQUEST_TEXT, .text = "deallocate all"};
    return bd_session_send(errand->pool->sessions[i], &request, err);
}

static BdIo step_forget(Errand *errand, uint32_t i, BdErr *err) {
    BdAnswer *answer = NULL;
    BdIo io = bd_session_step(errand->pool->sessions[i], &answer, err);
    bd_answer_free(answer);
    return io;
}

/* progress counts the statements that are prepared. */
static int begin_prepare(Errand *errand, uint32_t i, BdErr *err) {
    const BdPlan *plan = errand->context;
    const BdRequest request = {.kind = BD_REQUEST_PREPARE,
                               .statement = bd_plan_statement(plan, errand->progress[i])};
    return bd_session_send(errand->pool->sessions[i], &request, err);
}

static BdIo step_prepare(Errand *errand, uint32_t i, BdErr *err) {
    for (;;) {
        BdAnswer *answer = NULL;
        BdIo io = bd_session_step(errand->pool->sessions[i], &answer, err);
        if (io != BD_IO_DONE) {
            return io;
        }
        bd_answer_free(answer);
        if (++errand->progress[i] == bd_plan_statements(errand->context)) {
            return BD_IO_DONE;
        }
        if (begin_prepare(errand, i, err) != 0) {
            return BD_IO_FAILED;
        }
    }
}

/* Prepare the plan's statements on all sessions but the first, where the check has done it. */
static int prepare_others(BdPool *pool, const BdPlan *plan, BdErr *err) {
    Errand errand = {.pool = pool, .begin = begin_prepare, .step = step_prepare, .context = plan};
    errand.progress = bd_alloc_array(pool->size, sizeof(*errand.progress));
    if (errand.progress == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory while preparing statements");
    }
    int result = run_errand(&errand, 1, err);
    bd_free(errand.progress);
    return result;
}

static int ask(BdSession *session, const char *text, BdErr *err) {
    const BdRequest request = {.kind = BD_REQUEST_TEXT, .text = text};
    BdAnswer *answer = NULL;
    int status = bd_session_ask(session, &request, &answer, err);
    bd_answer_free(answer);
    return status;
}

/* In a transaction: a pooler may prepare a statement on one connection, and describe it on another
 * one. */
static int check_plan(BdPlan *plan, BdSession *session, BdErr *err) {
    if (ask(session, "begin", err) != 0) {
        return -1;
    }
    if (bd_plan_check(plan, session, err) != 0) {
        BdErr ignored = BD_ERR_INIT;
        (void)ask(session, "rollback", &ignored);
        return -1;
    }
    return ask(session, "commit", err);
}

int bd_pool_forget(BdPool *pool, BdErr *err) {
    Errand forget = {.pool = pool, .begin = begin_forget, .step = step_forget};
    if (pool->prepared && run_errand(&forget, 0, err) != 0) {
        return -1;
    }
    pool->prepared = false;
    pool->plan = NULL;
    return 0;
}

int bd_pool_prepare(BdPool *pool, BdPlan *plan, BdErr *err) {
    if (bd_pool_forget(pool, err) != 0) {
        return -1;
    }
    pool->prepared = pool->protocol == BD_PROTOCOL_PREPARED; /* or the tasks will, without a plan */
    pool->plan = pool->prepared ? plan : NULL;
    if (plan == NULL) {
        return 0;
    }
    if (check_plan(plan, pool->sessions[0], err) != 0) {
        return -1;
    }
    return pool->prepared ? prepare_others(pool, plan, err) : 0;
}
