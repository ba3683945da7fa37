/*
 * attr.h - compiler attributes under names of our own.
 */
#ifndef BD_ATTR_H
#define BD_ATTR_H

/* The result must be looked at: functions that can fail carry this. */
#define BD_MUSTCHECK __attribute__((warn_unused_result))

/* The function takes a printf format as argument `fmt` and its values from argument `first`. */
#define BD_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

#define BD_CACHE_LINE 64 /* bytes; what two threads write must not share one */

#endif
