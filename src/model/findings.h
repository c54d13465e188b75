/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings: rules that fired. One table of rules {id, kind, function, man}; a rule gets the whole
 * snapshot with its breakdown and says how many bytes, why (evidence), and what to do. Causes
 * partition the charged memory: a byte belongs to one cause. The first cause is the answer.
 *
 * Order of causes: those that lead, then the rest; within both, those in docker's figure by bytes,
 * then the others by bytes. A cause leads from max(10 % of charged, min(16 MiB, half the largest
 * cause)) on; the kernel's own memory, which has no ordinary size as a program's heap has, also
 * from max(10 % of charged, 4 MiB) on when it is half of docker's figure. So a megabyte of heap
 * does not hide 40 MiB of page cache, and in a small container the largest still comes first. A
 * cause is listed from min(16 MiB, 1 % of charged) on, and the first always.
 *
 * Then growth, risks (most severe first), notices. Causes are always CGM_INFO: one sample shows
 * what memory is, not that it is wrong; only risks rise above, and growth of what cannot be freed
 * that was seen long enough and meets the limit soon. Pure.
 */
#ifndef CGMEM_MODEL_FINDINGS_H
#define CGMEM_MODEL_FINDINGS_H

#include "model/breakdown.h"
#include "model/trend.h"

enum cgm_finding_kind { CGM_KIND_CAUSE, CGM_KIND_GROWTH, CGM_KIND_RISK, CGM_KIND_NOTICE };
enum cgm_severity { CGM_INFO, CGM_WARN, CGM_CRITICAL };

#define CGM_EVIDENCE_MAX 12

struct cgm_evidence {
	const char *name; /* constant: a memory.stat key, a file, a process field */
	uint64_t value;
	const char *unit; /* "bytes", "count", "percent", "per_second" */
};

struct cgm_finding {
	const char *id; /* constant */
	enum cgm_finding_kind kind;
	enum cgm_severity severity;
	struct cgm_opt bytes;
	bool in_docker;	   /* a cause whose bytes docker's figure contains */
	char summary[512]; /* one to three sentences */
	char advice[640];  /* what to do; a command where there is one; "" none */
	struct cgm_evidence evidence[CGM_EVIDENCE_MAX];
	size_t n_evidence;
};

#define CGM_FINDINGS_MAX 64

struct cgm_findings {
	struct cgm_finding v[CGM_FINDINGS_MAX];
	size_t n;
	struct cgm_trend trend; /* of the snapshot's track; n_points 0: it has none */
};

int cgm_findings_make(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
		      struct cgm_findings **ret);
/*
 * The first cause that one sample alone can tell, for `cgmem ps`' WHY: a constant id, or "-" when
 * nothing is known.
 */
const char *cgm_why(const struct cgm_sample *s, const struct cgm_host *host);
/* All ids and kinds that exist, for completion, the man page test and --filter; NULL-terminated. */
struct cgm_finding_info {
	const char *id;
	enum cgm_finding_kind kind;
};
extern const struct cgm_finding_info cgm_finding_infos[];
const char *cgm_kind_name(enum cgm_finding_kind k);
const char *cgm_severity_name(enum cgm_severity s);
/* Of what a cause's bytes are a share: "charged, in docker's figure", "what is in use". */
const char *cgm_finding_whole(const struct cgm_finding *f, const struct cgm_breakdown *b);
/* One to three plain sentences that answer "what is it?", appended to @b's text by the caller. */
int cgm_verdict_make(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
		     const struct cgm_findings *f, char *buf, size_t size);

#endif
