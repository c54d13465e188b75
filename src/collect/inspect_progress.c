/* SPDX-License-Identifier: Apache-2.0 */
/* How far a worker has come, and what that says of who holds it up. */
#include <sys/mman.h>
#include <sys/sysmacros.h>

#include "collect/inspect_job.h"

#include "base/banned.h"

void cgm_inspect_at(const struct cgm_inspect_job *j, enum cgm_inspect_stage stage, size_t index,
		    uint64_t dev, uint64_t ino)
{
	struct cgm_inspect_progress *p = j->progress;

	if (!p)
		return;
	atomic_store(&p->index, (uint32_t)index);
	atomic_store(&p->stage, stage);
	atomic_store(&p->dev, dev);
	atomic_store(&p->ino, ino);
	atomic_fetch_add(&p->beat, 1);
}

struct cgm_inspect_progress *cgm_inspect_progress_new(void)
{
	void *p = mmap(NULL, sizeof(struct cgm_inspect_progress), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void cgm_inspect_progress_free(struct cgm_inspect_progress *p)
{
	if (p)
		(void)munmap(p, sizeof *p);
}

/*
 * A file system without a device of its own is a server's, or made for one container: who holds
 * back one file of it can do so with all.
 */
static bool avoid_file(struct cgm_inspect_job *j, uint64_t dev, uint64_t ino)
{
	if (!dev || j->n_avoid == CGM_INSPECT_AVOID_MAX)
		return false;
	j->avoid[j->n_avoid++] = (struct cgm_inspect_avoid){dev, major(dev) ? ino : 0};
	return true;
}

static void cut_off(struct cgm_inspect_job *j, size_t index)
{
	j->cut = true;
	j->cut_at = index;
}

bool cgm_inspect_learn(struct cgm_inspect_job *j, struct cgm_inspect_target *targets, bool stalled)
{
	struct cgm_inspect_progress *p = j->progress;
	uint32_t index = p ? atomic_load(&p->index) : 0, stage = p ? atomic_load(&p->stage) : 0;

	if (!p || !atomic_load(&p->beat) || index >= j->n || j->cut)
		return false;
	atomic_store(&p->beat, 0);
	if (stage == CGM_AT_PROC && !targets[index].avoid)
		targets[index].avoid = true;
	else if (stage == CGM_AT_PROC || !avoid_file(j, atomic_load(&p->dev), atomic_load(&p->ino)))
		stalled = false;
	/* There may be any number of them: what is in front of this one was no trouble. */
	if (!stalled)
		cut_off(j, index);
	return true;
}
