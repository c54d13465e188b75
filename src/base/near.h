/* SPDX-License-Identifier: Apache-2.0 */
/* The words that a mistyped one may have been meant as. Pure; letter case does not matter. */
#ifndef CGMEM_BASE_NEAR_H
#define CGMEM_BASE_NEAR_H

#include <stddef.h>

#include "base/buf.h"

/*
 * The nearest of the @n @words (NULL entries are skipped) by edit distance (insert, delete,
 * replace, swap of neighbours); a beginning of a word counts as near. NULL: none is near enough.
 */
const char *cgm_near(const char *word, const char *const *words, size_t n);
/* Appends the up to three nearest as "A, B, C"; nothing when none is near. */
void cgm_near_add(struct cgm_buf *b, const char *word, const char *const *words, size_t n);

#endif
