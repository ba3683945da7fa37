#include "run/control.h"

int bd_control_init(BdControl *control, int64_t max_errors, BdErr *err) {
    *control = (BdControl){.fatal = BD_ERR_INIT};
    if (bd_wake_init(&control->wake, err) != 0) {
        return -1;
    }
    if (bd_rejects_init(&control->rejects, max_errors, err) != 0) {
        bd_wake_deinit(&control->wake);
        return -1;
    }
    return 0;
}

void bd_control_deinit(BdControl *control) {
    bd_rejects_deinit(&control->rejects);
    bd_wake_deinit(&control->wake);
}

void bd_control_stop(BdControl *control, BdStop stop) {
    int now = atomic_load(&control->stop);
    while (now < (int)stop && !atomic_compare_exchange_weak(&control->stop, &now, (int)stop)) {
    }
    bd_wake_signal(&control->wake);
}

void bd_control_fail(BdControl *control, const BdErr *err) {
    if (!atomic_exchange(&control->failed, true)) {
        control->fatal = *err;
    }
    bd_control_stop(control, BD_STOP_DRAIN);
}

int64_t bd_control_want_claim(BdControl *control) {
    int64_t number = atomic_fetch_add(&control->claims_wanted, 1) + 1;
    bd_wake_signal(&control->wake);
    return number;
}

bool bd_control_claimed(const BdControl *control, int64_t number) {
    return atomic_load(&control->claims_taken) >= number;
}

int bd_control_reject(BdControl *control, const char *file, int64_t line, const char *sqlstate,
                      const char *reason) {
    if (!bd_rejects_add(&control->rejects, file, line, sqlstate, reason)) {
        return 0;
    }
    bd_control_stop(control, BD_STOP_DRAIN);
    return -1;
}
