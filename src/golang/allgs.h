/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime.allgs (src/runtime/proc.go): the slice of all goroutines that ever were, the dead among
 * them kept for the next. The structures are never freed, so a list that was read stays good.
 * Private to src/golang.
 */
#ifndef CGMEM_GOLANG_ALLGS_H
#define CGMEM_GOLANG_ALLGS_H

#include "golang/layout.h"
#include "golang/runtime.h"

/* src/runtime/runtime2.go */
enum cgm_g_status {
	CGM_G_IDLE,
	CGM_G_RUNNABLE,
	CGM_G_RUNNING,
	CGM_G_SYSCALL,
	CGM_G_WAITING,
	CGM_G_DEAD = 6,
	CGM_G_COPYSTACK = 8,
	CGM_G_PREEMPTED,
	CGM_G_LEAKED,	  /* from Go 1.26 on */
	CGM_G_DEAD_EXTRA, /* from Go 1.26 on: dead, kept for a thread of C code */
	CGM_G_STATUS_COUNT
};
#define CGM_G_SCAN UINT32_C(0x1000) /* the garbage collector looks at its stack */

/* What is read of a goroutine. */
struct cgm_g {
	unsigned status, reason; /* without the scan bit */
	uint64_t stack_lo, stack_hi, waitsince, gopc, startpc;
	/* Where it goes on: sched, or, in a system call, where it left. */
	uint64_t pc, sp, lr;
};

/* The goroutines' addresses, ascending. */
struct cgm_allgs {
	uint64_t *v;
	size_t n;
};

/* Whether @status is that of a goroutine that lives. */
bool cgm_g_alive(unsigned status);
/*
 * Whether the 24 bytes at @b may be that slice; with @first also that the first goroutine of it is
 * the program's first, as it is unless that ended early. *@ret_len is how many there are.
 */
bool cgm_allgs_plausible(const struct cgm_go_process *p, const uint8_t *b, bool first,
			 uint64_t *ret_len);
/* 0; -EAGAIN: it grew during each of several readings; -E2BIG; -EBADMSG: no such list; -errno. */
int cgm_allgs_read(const struct cgm_go_process *p, uint64_t addr, struct cgm_allgs *ret);
void cgm_allgs_clear(struct cgm_allgs *a);
/*
 * Hands each goroutine to @see, which returns 0 or an error that ends the walk; NULL stands for one
 * that cannot be read, being swapped out.
 */
int cgm_allgs_each(const struct cgm_go_process *p, const struct cgm_allgs *a,
		   int (*see)(const struct cgm_g *g, void *arg), void *arg);

#endif
