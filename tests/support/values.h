/*
 * values.h - random values as text, of every type that the ways of shipping rows are tested with.
 *
 * They are the same in each run.
 */
#ifndef BD_TEST_VALUES_H
#define BD_TEST_VALUES_H

#include <stddef.h>
#include <stdint.h>

#define VALUE_BYTES 512
#define VALUE_TYPES 21

/* Write a random value to where there are VALUE_BYTES. */
typedef void MakeFn(char *to);

typedef struct Type {
    const char *name;
    MakeFn *make;
    const char *edges[12]; /* values that should always be tried */
} Type;

/* The last one is a domain over numeric. */
extern const Type value_types[VALUE_TYPES];

/* A random number from 0 to n - 1. */
int value_below(int n);

/* Change a value somewhere, so that it probably is none any more. */
void value_mutate(char *text);

#endif
