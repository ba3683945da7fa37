#include "bind/lua_loop.h"

#include "core/mem.h"

int bd_loop_open(BdLoop *loop, const BdLoopOpts *opts, BdErr *err) {
    *loop = (BdLoop){.opts = *opts};
    loop->interpreters = bd_alloc_array(opts->crews, sizeof(BdInterpreter *));
    if (loop->interpreters == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for %u interpreters", opts->crews);
    }
    if (bd_turn_init(&loop->turn, err) != 0) {
        bd_free(loop->interpreters);
        loop->interpreters = NULL;
        return -1;
    }
    return 0;
}

void bd_loop_close(BdLoop *loop) {
    if (loop->interpreters == NULL) {
        return;
    }
    for (uint32_t i = 0; i < loop->opts.crews; i++) {
        bd_interpreter_close(loop->interpreters[i]);
    }
    bd_turn_deinit(&loop->turn);
    bd_free(loop->interpreters);
    loop->interpreters = NULL;
}

int bd_loop_new_task(void *context, const BdTaskPlace *place, BdTask **out, BdErr *err) {
    BdLoop *loop = context;
    BdInterpreter **interpreter = &loop->interpreters[loop->opts.shared ? 0 : place->crew];
    if (*interpreter == NULL) {
        BdInterpreterOpts opts = loop->opts.interpreter;
        opts.turn = loop->opts.shared ? &loop->turn : NULL;
        opts.control = place->control;
        if (bd_interpreter_open(interpreter, &opts, err) != 0) {
            return -1;
        }
    }
    return bd_coroutine_task_new(out, *interpreter, place->session, &loop->opts.task, err);
}
