/*
 * stream_memory.h - a stream of bytes that are in memory already.
 */
#ifndef BD_TEST_STREAM_MEMORY_H
#define BD_TEST_STREAM_MEMORY_H

#include "input/stream.h"

/* Read from n bytes at p, which must outlive the stream; `name` is for messages. */
BD_MUSTCHECK int stream_open_memory(BdStream **out, const char *name, const char *p, size_t n,
                                    BdErr *err);

#endif
