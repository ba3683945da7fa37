#include "input/generator.h"

#include "core/mem.h"

#include <stdio.h>

static int no_memory(BdErr *err) {
    return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a source");
}

int bd_generator_init(BdGenerator *generator, const char *name, const BdDraw *draws,
                      uint32_t fields, int64_t records, uint64_t seed, BdErr *err) {
    *generator = (BdGenerator){.name = name,
                               .draws = bd_alloc_array(fields, sizeof(*draws)),
                               .fields = fields,
                               .records = records,
                               .seed = seed,
                               .state = seed};
    if (generator->draws == NULL) {
        return no_memory(err);
    }
    for (uint32_t i = 0; i < fields; i++) {
        generator->draws[i] = draws[i];
        generator->most_bytes += bd_draw_most_bytes(&draws[i]);
    }
    return 0;
}

void bd_generator_deinit(BdGenerator *generator) {
    bd_free(generator->draws);
    *generator = (BdGenerator){.name = NULL};
}

int bd_generator_fill(BdGenerator *generator, BdBatch *batch, uint32_t max_records,
                      size_t text_bytes, int64_t *bytes, BdErr *err) {
    size_t filled = 0;
    while (bd_batch_size(batch) < max_records && generator->given < generator->records &&
           filled < text_bytes) {
        char *text = NULL;
        uint32_t *offsets = NULL;
        if (bd_batch_begin(batch, generator->most_bytes, generator->fields, &text, &offsets, err) !=
            0) {
            return -1;
        }
        offsets[0] = 0;
        for (uint32_t i = 0; i < generator->fields; i++) {
            size_t n = bd_draw_write(&generator->draws[i], generator->given, &generator->state,
                                     text + offsets[i]);
            offsets[i + 1] = offsets[i] + (uint32_t)n;
        }
        filled += offsets[generator->fields];
        bd_batch_end(batch, generator->fields, ++generator->given, generator->name);
    }
    *bytes += (int64_t)filled;
    return 0;
}

static int describe_draw(const BdDraw *draw, BdBuf *text) {
    static const char *const kinds[] = {[BD_DRAW_SEQUENCE] = "sequence",
                                        [BD_DRAW_UNIFORM] = "uniform",
                                        [BD_DRAW_ZIPFIAN] = "zipfian",
                                        [BD_DRAW_GAUSSIAN] = "gaussian",
                                        [BD_DRAW_TEXT] = "text"};
    char line[128];
    int n = snprintf(line, sizeof(line), ", %s %lld to %lld by %.15g", kinds[draw->kind],
                     (long long)draw->low, (long long)draw->high, draw->exponent);
    return bd_buf_append(text, line, (size_t)n);
}

int bd_generator_describe(const BdGenerator *generator, BdBuf *text, BdErr *err) {
    char seed[32];
    snprintf(seed, sizeof(seed), ", seed %llu", (unsigned long long)generator->seed);
    int status = bd_buf_append_str(text, generator->name);
    status = status == 0 ? bd_buf_append_str(text, seed) : -1;
    for (uint32_t i = 0; i < generator->fields && status == 0; i++) {
        status = describe_draw(&generator->draws[i], text);
    }
    return status == 0 && bd_buf_append_str(text, "\n") == 0 ? 0 : no_memory(err);
}
