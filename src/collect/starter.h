/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For `cgmem ps`: the sums over the Go programs of many groups, a worker for each, a few at a time.
 * To fork copies the page tables of all that this process maps, which is most of what a worker
 * costs once libcurl is there with all that it needs. So a child of this process, the starter, is
 * forked before it is loaded, has what the workers need ready while the engine is asked, and forks
 * them from its small memory. It is this program with this program's rights, and checks what the
 * workers answer; paths go in, sums come out. Lives until it is closed; serves one thread.
 */
#ifndef CGMEM_COLLECT_STARTER_H
#define CGMEM_COLLECT_STARTER_H

#include "collect/inspect.h"

struct cgm_starter;

/* The child works with a copy of @s. 0 or -errno. */
int cgm_starter_open(struct cgm_session *s, struct cgm_starter **ret);
void cgm_starter_close(struct cgm_starter *s);

/*
 * Asks for the sums of the groups at @paths (NULL: there is none), and whether also for the number
 * of goroutines. The answer to each question is to be fetched before the next: as many sums, those
 * unknown of which nothing was found out. 0 or -errno; after that it is of no use.
 */
int cgm_starter_ask(struct cgm_starter *s, const char *const *paths, size_t n, bool goroutines);
int cgm_starter_answer(struct cgm_starter *s, struct cgm_go_sums *ret, size_t n);

#endif
