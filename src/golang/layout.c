/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/layout.h"
#include "golang/runtime.h"

#include "base/banned.h"

#define NO CGM_GO_NO_FIELD

/* atomicstatus, goid, waitsince, waitreason follow sched, whose ret went in 1.25; 1.23 and 1.24
 * have syscallbp before them. gopc and startpc come after what tracing keeps of a goroutine. */
static const struct cgm_go_g_layout g_117 = {0, 8, 144, 152, 168, 176, 296, 312, 320};
static const struct cgm_go_g_layout g_121 = {0, 8, 144, 152, 168, 176, 280, 296, 304};
static const struct cgm_go_g_layout g_123 = {0, 8, 152, 160, 176, 184, 288, 304, 312};
static const struct cgm_go_g_layout g_125 = {0, 8, 144, 152, 168, 176, 280, 296, 304};
static const struct cgm_go_g_layout g_126 = {0, 8, 144, 152, 168, 176, 288, 304, 312};

static const struct cgm_go_gc_layout gc_117 = {NO, 8, 32, NO, NO, 48, 64, NO, 72};
static const struct cgm_go_gc_layout gc_118 = {NO, 8, 104, NO, NO, 120, 168, NO, 176};
static const struct cgm_go_gc_layout gc_119 = {8, 16, 104, 112, 120, 136, 184, 304, 352};
static const struct cgm_go_gc_layout gc_120 = {8, 16, 48, 56, 64, 80, 128, 248, 296};
static const struct cgm_go_gc_layout gc_121 = {8, 16, 72, 80, 88, 104, 152, 272, 320};

#define SYS(at) (at), (at) + 8, (at) + 16, (at) + 24, (at) + 32, (at) + 40
static const struct cgm_go_stats_layout stats_117 = {
	.heap = 48,
	.shards = 5960,
	.stride = 1176,
	.bits = 40,
	.large_alloc = 56,
	.small_alloc = 72,
	.large_free = 616,
	.small_free = 632,
	.gen = 9488,
	.stacks_sys = 88,
	.mspan_sys = 104,
	.mcache_sys = 120,
	.buckhash_sys = 128,
	.gc_misc_sys = 152,
	.other_sys = 160,
	.last_gc_unix = 168,
	.numgc = 4280,
};
static const struct cgm_go_stats_layout stats_119 = {
	.heap = NO,
	.shards = 0,
	.stride = 1176,
	.bits = 40,
	.large_alloc = 56,
	.small_alloc = 72,
	.large_free = 616,
	.small_free = 632,
	.gen = 3528,
	.stacks_sys = 3544,
	.mspan_sys = 3552,
	.mcache_sys = 3560,
	.buckhash_sys = 3568,
	.gc_misc_sys = 3576,
	.other_sys = 3584,
	.last_gc_unix = 3592,
	.numgc = 7704,
};
static const struct cgm_go_stats_layout stats_125 = {
	.heap = NO,
	.shards = 0,
	.stride = 1168,
	.bits = NO,
	.large_alloc = 48,
	.small_alloc = 64,
	.large_free = 608,
	.small_free = 624,
	.gen = 3504,
	.stacks_sys = 3520,
	.mspan_sys = 3528,
	.mcache_sys = 3536,
	.buckhash_sys = 3544,
	.gc_misc_sys = 3552,
	.other_sys = 3560,
	.last_gc_unix = 3568,
	.numgc = 7680,
};

/* waitReason and waitReasonStrings of runtime/runtime2.go. Each version adds in the middle. */
#define REASONS_START                                                                          \
	"", "GC assist marking", "IO wait", "chan receive (nil chan)", "chan send (nil chan)", \
		"dumping heap", "garbage collection", "garbage collection scan", "panicwait",  \
		"select", "select (no cases)", "GC assist wait", "GC sweep wait",              \
		"GC scavenge wait", "chan receive", "chan send", "finalizer wait",             \
		"force gc (idle)"
#define REASONS_SYNC                                                                      \
	"semacquire", "sleep", "sync.Cond.Wait", "sync.Mutex.Lock", "sync.RWMutex.RLock", \
		"sync.RWMutex.Lock"
#define REASONS_END                                                                              \
	"trace reader (blocked)", "wait for GC cycle", "GC worker (idle)", "GC worker (active)", \
		"preempted", "debug call", "GC mark termination", "stopping the world"
#define REASONS_122                                                                                \
	"flushing proc caches", "trace goroutine status", "trace proc status", "page trace flush", \
		"coroutine"
#define REASON_123 "GC weak to strong wait"

static const char *const reasons_117[] = {REASONS_START,
					  "semacquire",
					  "sleep",
					  "sync.Cond.Wait",
					  "timer goroutine (idle)",
					  "trace reader (blocked)",
					  "wait for GC cycle",
					  "GC worker (idle)",
					  "preempted",
					  "debug call"};
static const char *const reasons_120[] = {REASONS_START, REASONS_SYNC, REASONS_END};
static const char *const reasons_122[] = {REASONS_START, REASONS_SYNC, REASONS_END, REASONS_122};
static const char *const reasons_123[] = {REASONS_START, REASONS_SYNC, REASONS_END, REASONS_122,
					  REASON_123};
static const char *const reasons_124[] = {REASONS_START,
					  REASONS_SYNC,
					  "sync.WaitGroup.Wait",
					  REASONS_END,
					  REASONS_122,
					  REASON_123,
					  "synctest.Run",
					  "synctest.Wait",
					  "chan receive (synctest)",
					  "chan send (synctest)",
					  "select (synctest)"};
static const char *const reasons_125[] = {REASONS_START,
					  "GOMAXPROCS updater (idle)",
					  REASONS_SYNC,
					  "sync.WaitGroup.Wait",
					  REASONS_END,
					  REASONS_122,
					  REASON_123,
					  "synctest.Run",
					  "synctest.Wait",
					  "chan receive (durable)",
					  "chan send (durable)",
					  "select (durable)",
					  "sync.WaitGroup.Wait (durable)",
					  "cleanup wait"};

/* From 1.26 on those by which a goroutine is idle for synctest stand together. */
static const char *const reasons_126[] = {"",
					  "GC assist marking",
					  "IO wait",
					  "dumping heap",
					  "garbage collection",
					  "garbage collection scan",
					  "panicwait",
					  "GC assist wait",
					  "GC sweep wait",
					  "GC scavenge wait",
					  "finalizer wait",
					  "force gc (idle)",
					  "GOMAXPROCS updater (idle)",
					  "semacquire",
					  "sleep",
					  "chan receive (nil chan)",
					  "chan send (nil chan)",
					  "select (no cases)",
					  "select",
					  "chan receive",
					  "chan send",
					  "sync.Cond.Wait",
					  "sync.Mutex.Lock",
					  "sync.RWMutex.RLock",
					  "sync.RWMutex.Lock",
					  "sync.WaitGroup.Wait",
					  REASONS_END,
					  REASONS_122,
					  REASON_123,
					  "synctest.Run",
					  "synctest.Wait",
					  "chan receive (durable)",
					  "chan send (durable)",
					  "select (durable)",
					  "sync.WaitGroup.Wait (durable)",
					  "cleanup wait"};

#define R(v) reasons_##v, sizeof reasons_##v / sizeof *reasons_##v
static const struct cgm_go_layout layouts[] = {
	{17, &g_117, &gc_117, &stats_117, R(117), 0, 1200},
	{18, &g_117, &gc_118, &stats_117, R(117), 0, 1200},
	{19, &g_117, &gc_119, &stats_119, R(117), 0, 1200},
	{20, &g_117, &gc_120, &stats_119, R(120), 0, 1200},
	{21, &g_121, &gc_121, &stats_119, R(120), 3, 1200},
	{22, &g_121, &gc_121, &stats_119, R(122), 3, 1200},
	{23, &g_123, &gc_121, &stats_119, R(123), 3, 1200},
	{24, &g_123, &gc_121, &stats_119, R(124), 3, 1208},
	{25, &g_125, &gc_121, &stats_125, R(125), 3, 1208},
	{26, &g_126, &gc_121, &stats_125, R(126), 3, 2296}, /* and 1.27 */
};

const uint16_t cgm_go_class_size[CGM_GO_SIZE_CLASSES] = {
	0,     8,     16,    24,    32,	   48,	  64,	 80,	96,    112,   128,   144,
	160,   176,   192,   208,   224,   240,	  256,	 288,	320,   352,   384,   416,
	448,   480,   512,   576,   640,   704,	  768,	 896,	1024,  1152,  1280,  1408,
	1536,  1792,  2048,  2304,  2688,  3072,  3200,	 3456,	4096,  4864,  5376,  6144,
	6528,  6784,  6912,  8192,  9472,  9728,  10240, 10880, 12288, 13568, 14336, 16384,
	18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768};

const struct cgm_go_layout *cgm_go_layout_of(const struct cgm_go_image *image)
{
	const struct cgm_go_layout *l = NULL;

	if (!cgm_go_machine_known(image))
		return NULL;
	if (image->minor < CGM_GO_MINOR_FIRST || image->minor > CGM_GO_MINOR_LAST)
		return NULL;
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
		if (layouts[i].minor <= image->minor)
			l = &layouts[i];
	return l;
}

const char *cgm_go_wait_reason(const struct cgm_go_layout *l, unsigned reason)
{
	return reason < l->n_reasons ? l->reasons[reason] : NULL;
}

bool cgm_go_version_known(const struct cgm_go_image *image)
{
	return cgm_go_layout_of(image) != NULL;
}
