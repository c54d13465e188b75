/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cgroup_tree.h"
#include "collect/target.h"

#define X60(c)	 c c c c c c c c c c c c c c c c c c c c
#define WEB	 "abc1" X60("aaa")
#define WEB2	 "abc2" X60("bbb")
#define DB	 "c0ff" X60("ccc")
#define NAMESAKE "dead" X60("ddd")
#define CGROUPS	 "sys/fs/cgroup/"
#define ENTRY(id, name, state, service)                                   \
	"{\"Id\":\"" id "\",\"Names\":[\"/" name "\"],\"State\":\"" state \
	"\",\"Labels\":{\"com.docker.compose.project\":\"shop\","         \
	"\"com.docker.compose.service\":\"" service "\"}}"

/* The fourth has the beginning of the second's id as its name. */
static const char list[] = "[" ENTRY(WEB, "web", "running", "front") "," ENTRY(
	WEB2, "web-2", "running", "front") "," ENTRY(DB, "db", "exited",
						     "store") "," ENTRY(NAMESAKE, "abc2", "exited",
									"other") "]";

struct run {
	struct cgm_session *s;
	struct cgm_containers c;
	struct cgm_err err;
};

static void fill(struct tree *t)
{
	tree_file(t, "proc/self/mountinfo", V2_MOUNTS);
	tree_file(t, "proc/self/cgroup", "0::/user.slice/me.scope\n");
	tree_file(t, "proc/77/cgroup", "0::/docker/" WEB "\n");
	tree_file(t, "proc/78/cgroup", "0::/docker/" WEB "/inner\n");
	tree_file(t, "proc/79/cgroup", "4:memory:/\n");
	tree_file(t, CGROUPS "cgroup.controllers", "cpuset cpu io memory pids\n");
	tree_file(t, CGROUPS "docker/" WEB "/memory.current", "1\n");
	tree_file(t, CGROUPS "docker/" WEB2 "/memory.current", "2\n");
	tree_file(t, CGROUPS "user.slice/me.scope/memory.current", "3\n");
}

static void start(const struct tree *t, enum cgm_engine_kind engine, struct run *r)
{
	const struct cgm_session_options o = {.root = t->dir, .engine = engine};

	*r = (struct run){0};
	assert_int_equal(cgm_session_open(&o, &r->s, &r->err), 0);
}

static void start_docker(struct tree *t, struct run *r)
{
	fill(t);
	tree_file(t, "docker/containers.json", list);
	start(t, CGM_ENGINE_AUTO, r);
}

static void stop(struct run *r)
{
	cgm_containers_clear(&r->c);
	cgm_session_free(r->s);
}

static int resolve(struct run *r, const char *text)
{
	cgm_containers_clear(&r->c);
	r->err = (struct cgm_err){0};
	return cgm_target_resolve(r->s, text, &r->c, &r->err);
}

/* @text is one target: its kind, name and path (NULL: it has none). */
static void assert_one(struct run *r, const char *text, enum cgm_target_kind kind, const char *name,
		       const char *path)
{
	assert_int_equal(resolve(r, text), 0);
	assert_int_equal(r->c.n, 1);
	assert_int_equal(r->c.v[0].target.kind, kind);
	assert_string_equal(r->c.v[0].target.name, name);
	if (path)
		assert_string_equal(r->c.v[0].path, path);
	else
		assert_null(r->c.v[0].path);
}

static void assert_none(struct run *r, const char *text, int code, const char *words)
{
	assert_int_equal(resolve(r, text), -code);
	assert_int_equal(r->err.code, code);
	assert_string_equal(r->err.msg, words);
	assert_int_equal(r->c.n, 0);
}

static void test_containers(void **state)
{
	struct run r;

	start_docker(*state, &r);
	assert_one(&r, "web", CGM_TARGET_CONTAINER, "web", "/docker/" WEB);
	assert_string_equal(r.c.v[0].target.id, WEB);
	assert_string_equal(r.c.v[0].target.engine, "docker");
	assert_one(&r, "web-2", CGM_TARGET_CONTAINER, "web-2", "/docker/" WEB2);
	assert_one(&r, WEB2, CGM_TARGET_CONTAINER, "web-2", "/docker/" WEB2);
	assert_one(&r, "abc1", CGM_TARGET_CONTAINER, "web", "/docker/" WEB);
	assert_one(&r, "abc2b", CGM_TARGET_CONTAINER, "web-2", "/docker/" WEB2);
	assert_one(&r, "abc2", CGM_TARGET_CONTAINER, "abc2", NULL); /* a name before a prefix */
	assert_one(&r, "db", CGM_TARGET_CONTAINER, "db", NULL);	    /* stopped */
	assert_string_equal(r.c.v[0].target.state, "exited");
	stop(&r);
}

static void test_ambiguous(void **state)
{
	struct run r;

	start_docker(*state, &r);
	assert_none(&r, "abc", ENOTUNIQ,
		    "abc fits several containers: web (abc1aaaaaaaa), web-2 (abc2bbbbbbbb)");
	stop(&r);
}

static void test_services(void **state)
{
	struct run r;

	start_docker(*state, &r);
	assert_one(&r, "shop/store", CGM_TARGET_CONTAINER, "db", NULL);
	assert_int_equal(resolve(&r, "shop/front"), 0);
	assert_int_equal(r.c.n, 2);
	assert_string_equal(r.c.v[0].target.name, "web");
	assert_string_equal(r.c.v[1].target.name, "web-2");
	assert_int_equal(cgm_target_resolve(r.s, "db", &r.c, &r.err), 0); /* appended */
	assert_int_equal(r.c.n, 3);
	assert_string_equal(r.c.v[2].target.name, "db");
	assert_int_equal(resolve(&r, "shop/"), -ESRCH);
	assert_int_equal(resolve(&r, "shop/fron"), -ESRCH);
	assert_int_equal(resolve(&r, "sho/front"), -ESRCH);
	stop(&r);
}

static void test_unknown(void **state)
{
	struct run r;

	start_docker(*state, &r);
	assert_none(&r, "wbe", ESRCH, "wbe: no such container; did you mean web?");
	assert_none(&r, "zebra", ESRCH, "zebra: no such container (cgmem ps -a lists them)");
	assert_none(&r, "", ESRCH, "an empty name names nothing");
	assert_none(&r, WEB "a", ESRCH, WEB "a: no such container (cgmem ps -a lists them)");
	stop(&r);
}

static void test_paths(void **state)
{
	struct run r;

	start_docker(*state, &r);
	assert_one(&r, "/docker/" WEB, CGM_TARGET_CONTAINER, "web", "/docker/" WEB);
	assert_one(&r, "/docker/" WEB "//", CGM_TARGET_CONTAINER, "web", "/docker/" WEB);
	assert_one(&r, "/sys/fs/cgroup/docker/" WEB2 "/", CGM_TARGET_CONTAINER, "web-2",
		   "/docker/" WEB2);
	assert_one(&r, "/user.slice/me.scope", CGM_TARGET_CGROUP, "me.scope",
		   "/user.slice/me.scope");
	assert_one(&r, "/sys/fs/cgroup/docker", CGM_TARGET_CGROUP, "docker", "/docker");
	assert_none(&r, "/nope", ESRCH, "/nope: no such cgroup below /sys/fs/cgroup");
	assert_none(&r, "/sys/fs/cgroup/nope", ESRCH,
		    "/sys/fs/cgroup/nope: no such cgroup below /sys/fs/cgroup");
	assert_none(&r, "/docker/" DB, ESRCH,
		    "/docker/" DB ": no such cgroup below /sys/fs/cgroup");
	stop(&r);
}

static void test_pids(void **state)
{
	struct run r;

	start_docker(*state, &r);
	assert_one(&r, "self", CGM_TARGET_SELF, "me.scope", "/user.slice/me.scope");
	assert_one(&r, "pid:77", CGM_TARGET_CONTAINER, "web", "/docker/" WEB);
	assert_int_equal(resolve(&r, "pid:78"), 0);
	assert_string_equal(r.c.v[0].path, "/docker/" WEB "/inner");
	assert_int_equal(r.c.v[0].target.asked_pid, 78);
	assert_none(&r, "pid:79", ESRCH, "pid:79: the process has no memory cgroup");
	assert_none(&r, "pid:80", ESRCH, "pid:80: no such process");
	assert_none(&r, "pid:4194304", ESRCH, "pid:4194304: no such process");
	assert_none(&r, "pid:4194305", EINVAL, "pid:4194305: not a process id");
	assert_none(&r, "pid:0", EINVAL, "pid:0: not a process id");
	assert_none(&r, "pid:abc", EINVAL, "pid:abc: not a process id");
	assert_none(&r, "pid:-1", EINVAL, "pid:-1: not a process id");
	assert_none(&r, "pid:77x", EINVAL, "pid:77x: not a process id");
	assert_none(&r, "pid:", EINVAL, "pid:: not a process id");
	stop(&r);
}

/* On v1 it is the memory controller's group that counts. */
static void test_pids_v1(void **state)
{
	struct tree *t = *state;
	struct run r;

	tree_v1(t);
	tree_file(t, "proc/77/cgroup", "8:pids:/docker/other\n4:memory:/app\n0::/none\n");
	tree_file(t, "proc/78/cgroup", "8:pids:/app\n0::/app\n");
	start(t, CGM_ENGINE_NONE, &r);
	assert_one(&r, "pid:77", CGM_TARGET_PID, "app", "/app");
	assert_one(&r, "self", CGM_TARGET_SELF, "self", "/docker/self");
	assert_none(&r, "pid:78", ESRCH, "pid:78: the process has no memory cgroup");
	stop(&r);
}

static void test_host(void **state)
{
	struct run r;

	start_docker(*state, &r);
	assert_one(&r, "host", CGM_TARGET_HOST, "host", "/");
	stop(&r);
}

static void test_no_engine(void **state)
{
	struct run r;

	fill(*state);
	start(*state, CGM_ENGINE_NONE, &r);
	assert_one(&r, "abc1", CGM_TARGET_CONTAINER, "abc1aaaaaaaa", "/docker/" WEB);
	assert_string_equal(r.c.v[0].target.id, WEB);
	assert_null(r.c.v[0].target.engine);
	assert_one(&r, "/docker/" WEB2, CGM_TARGET_CONTAINER, "abc2bbbbbbbb", "/docker/" WEB2);
	assert_int_equal(resolve(&r, "abc"), -ENOTUNIQ); /* in the order of the folder */
	assert_non_null(strstr(r.err.msg, "abc1aaaaaaaa (abc1aaaaaaaa)"));
	assert_non_null(strstr(r.err.msg, "abc2bbbbbbbb (abc2bbbbbbbb)"));
	assert_int_equal(r.c.n, 0);
	assert_none(&r, "web", ESRCH, "web: no such container (cgmem ps -a lists them)");
	stop(&r);
	/* an engine may be asked, and there is none: who knows what its names are */
	start(*state, CGM_ENGINE_AUTO, &r);
	assert_one(&r, "abc1", CGM_TARGET_CONTAINER, "abc1aaaaaaaa", "/docker/" WEB);
	assert_int_equal(resolve(&r, "web"), -EHOSTDOWN);
	assert_int_equal(r.err.code, EHOSTDOWN);
	assert_int_equal(r.c.n, 0);
	stop(&r);
}

static void test_no_memory(void **state)
{
	struct tree *t = *state;
	struct run r;

	tree_file(t, "proc/self/mountinfo", "30 24 0:25 / / rw - ext4 /dev/sda rw\n");
	tree_file(t, "docker/containers.json", list);
	start(t, CGM_ENGINE_AUTO, &r);
	assert_one(&r, "host", CGM_TARGET_HOST, "host", NULL);
	assert_one(&r, "web", CGM_TARGET_CONTAINER, "web", NULL);
	assert_int_equal(resolve(&r, "self"), -ENODEV);
	assert_int_equal(resolve(&r, "pid:77"), -ENODEV);
	assert_int_equal(resolve(&r, "/docker"), -ENODEV);
	assert_int_equal(r.c.n, 0);
	assert_true(r.err.msg[0]);
	stop(&r);
}

/* The engine is the tree's, not one that whoever runs this has. */
static int setup(void **state)
{
	(void)state;
	return unsetenv("DOCKER_HOST") | unsetenv("DOCKER_CONTEXT") | unsetenv("XDG_RUNTIME_DIR") |
	       setenv("DOCKER_CONFIG", "/nonexistent", 1);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(test_containers), IN_TREE(test_ambiguous), IN_TREE(test_services),
		IN_TREE(test_unknown),	  IN_TREE(test_paths),	   IN_TREE(test_pids),
		IN_TREE(test_pids_v1),	  IN_TREE(test_host),	   IN_TREE(test_no_engine),
		IN_TREE(test_no_memory),
	};

	return cmocka_run_group_tests_name("target", tests, setup, NULL);
}
