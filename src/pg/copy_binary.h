/*
 * copy_binary.h - rows as the tuples of a binary COPY, from values as text.
 *
 * Types: int2, int4, int8, oid, float4, float8, numeric, bool, text, varchar, char(n), date,
 * timestamp, timestamptz, uuid, bytea, json, jsonb, and domains over them. Text is read as the
 * server reads it. What the server reads by its settings or in less common forms is refused: dates
 * other than 2026-11-22, timestamptz without its zone's offset, "now".
 *
 * Threads:   any; pure but for the buffer.
 * Errors:    the buffer is then as it was.
 */
#ifndef BD_COPY_BINARY_H
#define BD_COPY_BINARY_H

#include "core/buf.h"
#include "core/err.h"
#include "core/series.h"
#include "pg/target.h"

/* Can all columns be encoded? BD_E_CONFIG, naming the first that cannot and its type. */
BD_MUSTCHECK int bd_copy_binary_check(const BdTarget *target, BdErr *err);

/* Append row number `row` of the target's columns. BD_E_FORMAT names column, value and type; which
 * row it is, the caller knows. The target has been checked. */
BD_MUSTCHECK int bd_copy_binary_row(BdBuf *data, const BdTarget *target, const BdSeries *columns,
                                    uint32_t row, BdErr *err);

#endif
