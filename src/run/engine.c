#include "run/engine.h"

#include "core/clock.h"
#include "core/mem.h"
#include "run/engine_impl.h"

#include <pthread.h>

#define STACK_BYTES ((size_t)1024 * 1024) /* enough for an interpreter; hundreds must fit */

/* One thread and its share of the workers. */
typedef struct Crew {
    BdEngine *engine;
    pthread_t thread;
    BdWorker *workers;
    uint32_t count;
    BdThreadUse *use;
} Crew;

struct BdEngine {
    BdCrewFn *run;
    BdControl *control;
    Crew *crews;
    BdThreadUse *uses;
    uint32_t started;      /* threads */
    pthread_mutex_t mutex; /* the gate: covers the next two, which are waited for with `opened` */
    pthread_cond_t opened;
    bool open;
    bool cancelled; /* opened for nobody */
};

static bool pass_gate(BdEngine *engine) {
    pthread_mutex_lock(&engine->mutex);
    while (!engine->open) {
        pthread_cond_wait(&engine->opened, &engine->mutex);
    }
    bool pass = !engine->cancelled;
    pthread_mutex_unlock(&engine->mutex);
    return pass;
}

static void open_gate(BdEngine *engine, bool cancelled) {
    pthread_mutex_lock(&engine->mutex);
    if (!engine->open) {
        engine->open = true;
        engine->cancelled = cancelled;
        pthread_cond_broadcast(&engine->opened);
    }
    pthread_mutex_unlock(&engine->mutex);
}

static void *crew_main(void *argument) {
    Crew *crew = argument;
    BdControl *control = crew->engine->control;
    if (pass_gate(crew->engine)) {
        int64_t begin_ns = bd_now_ns();
        int64_t waited_ns = crew->engine->run(crew->workers, crew->count);
        *crew->use = bd_thread_use_now();
        crew->use->waited_ns = waited_ns;
        crew->use->wall_ns = bd_now_ns() - begin_ns;
    }
    if (atomic_fetch_sub(&control->active, 1) == 1) {
        bd_wake_signal(&control->wake);
    }
    return NULL;
}

static int start_crew(BdEngine *engine, BdWorker *workers, uint32_t count, BdErr *err) {
    Crew *crew = &engine->crews[engine->started];
    *crew = (Crew){.engine = engine,
                   .workers = workers,
                   .count = count,
                   .use = &engine->uses[engine->started]};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    atomic_fetch_add(&engine->control->active, 1);
    int failed = pthread_create(&crew->thread, &attributes, crew_main, crew);
    pthread_attr_destroy(&attributes);
    if (failed != 0) {
        atomic_fetch_sub(&engine->control->active, 1);
        return bd_err_set_sys(err, BD_E_CONFIG, failed, "cannot start thread %u",
                              engine->started + 1);
    }
    engine->started++;
    return 0;
}

uint32_t bd_engine_crews(BdEngineKind kind, uint32_t workers, uint32_t jobs) {
    return kind == BD_ENGINE_THREADS || jobs > workers ? workers : jobs;
}

/* Workers are shared out evenly: the first `count % crews` crews get one more. */
static uint32_t share_of(uint32_t count, uint32_t crews, uint32_t crew) {
    return count / crews + (crew < count % crews ? 1 : 0);
}

uint32_t bd_engine_crew(BdEngineKind kind, uint32_t workers, uint32_t jobs, uint32_t worker) {
    uint32_t crews = bd_engine_crews(kind, workers, jobs);
    uint32_t crew = 0;
    for (uint32_t end = share_of(workers, crews, 0); end <= worker;
         end += share_of(workers, crews, crew)) {
        crew++;
    }
    return crew;
}

static int start_crews(BdEngine *engine, BdWorker *workers, uint32_t count, uint32_t crews,
                       BdErr *err) {
    uint32_t first = 0;
    for (uint32_t i = 0; i < crews; i++) {
        uint32_t share = share_of(count, crews, i);
        if (start_crew(engine, workers + first, share, err) != 0) {
            return -1;
        }
        first += share;
    }
    return 0;
}

static int init_gate(BdEngine *engine, BdErr *err) {
    int failed = pthread_mutex_init(&engine->mutex, NULL);
    if (failed == 0) {
        failed = pthread_cond_init(&engine->opened, NULL);
        if (failed == 0) {
            return 0;
        }
        pthread_mutex_destroy(&engine->mutex);
    }
    return bd_err_set_sys(err, BD_E_NOMEM, failed, "cannot make a lock");
}

int bd_engine_open(BdEngine **out, BdEngineKind kind, BdWorker *workers, uint32_t count,
                   uint32_t jobs, BdThreadUse *uses, BdErr *err) {
    *out = NULL;
    uint32_t crews = bd_engine_crews(kind, count, jobs);
    BdEngine *engine = bd_alloc(sizeof(*engine));
    if (engine == NULL || (engine->crews = bd_alloc_array(crews, sizeof(Crew))) == NULL) {
        bd_free(engine);
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for %u threads", crews);
    }
    if (init_gate(engine, err) != 0) {
        bd_free(engine->crews);
        bd_free(engine);
        return -1;
    }
    engine->run = kind == BD_ENGINE_THREADS ? bd_engine_threads_run : bd_engine_poll_run;
    engine->uses = uses;
    engine->control = workers[0].opts->control;
    if (start_crews(engine, workers, count, crews, err) != 0) {
        bd_engine_close(engine);
        return -1;
    }
    *out = engine;
    return 0;
}

void bd_engine_go(BdEngine *engine) {
    open_gate(engine, false);
}

void bd_engine_close(BdEngine *engine) {
    if (engine == NULL) {
        return;
    }
    open_gate(engine, true);
    for (uint32_t i = 0; i < engine->started; i++) {
        pthread_join(engine->crews[i].thread, NULL);
    }
    pthread_cond_destroy(&engine->opened);
    pthread_mutex_destroy(&engine->mutex);
    bd_free(engine->crews);
    bd_free(engine);
}
