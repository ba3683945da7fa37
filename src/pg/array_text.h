/*
 * array_text.h - one-dimensional arrays as text, "{1,NULL,"a \"b\""}": what unnest() is given.
 *
 * Threads:   any; pure but for the buffer.
 * Errors:    -1 when memory runs out; the buffer is then as it was.
 */
#ifndef BD_ARRAY_TEXT_H
#define BD_ARRAY_TEXT_H

#include "core/buf.h"

/* Add an element, NULL for NULL, to an array, which is begun by an empty buffer. delimiter: what
 * the type has between elements (pg_type.typdelim), mostly a comma. */
BD_MUSTCHECK int bd_array_text_add(BdBuf *array, const char *value, char delimiter);

/* End the array, which has an element at least, and put a zero byte after it, not counted. */
BD_MUSTCHECK int bd_array_text_end(BdBuf *array);

#endif
