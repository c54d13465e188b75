/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/stat.h>

#include "engine/engine.h"
#include "fake_http.h"

#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define C "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static const char running[] = "{\"Id\":\"" A "\",\"Names\":[\"/web\"],\"State\":\"running\"}";
static const char exited[] = "{\"Id\":\"" C "\",\"Names\":[\"/old\"],\"State\":\"exited\"}";
static const char inspect[] = "{\"Id\":\"" A "\",\"Name\":\"/web\",\"RestartCount\":2,\"State\":"
			      "{\"Status\":\"running\",\"Pid\":4711}}";

/* An engine that takes versions min to max, and what it says of itself. */
struct engine {
	unsigned min, max;
	const char *headers; /* of /_ping */
	const char *version; /* body of /version */
	int list_status;
	unsigned info_asked, version_asked, refused;
};

static bool refuse(int conn, struct engine *e, unsigned v)
{
	char body[200];

	e->refused++;
	(void)snprintf(body, sizeof body,
		       "{\"message\":\"client version 1.%u is too %s. %s supported API version is "
		       "1.%u%s\"}",
		       v, v < e->min ? "old" : "new", v < e->min ? "Minimum" : "Maximum",
		       v < e->min ? e->min : e->max, v < e->min ? ", please upgrade" : "");
	return fake_http_reply(conn, 400, "", body);
}

static bool answer_list(int conn, const struct engine *e, bool all)
{
	char body[400];

	(void)snprintf(body, sizeof body, "[%s%s%s]", running, all ? "," : "", all ? exited : "");
	if (e->list_status != 200)
		return fake_http_reply(conn, e->list_status, "",
				       "{\"message\":\"no \\u001b[31mway\"}");
	return fake_http_reply(conn, 200, "", body);
}

static bool answer(int conn, const char *target, void *arg)
{
	struct engine *e = arg;
	unsigned v;
	int n = 0;

	if (!strcmp(target, "/_ping"))
		return fake_http_reply(conn, 200, e->headers, "OK");
	if (sscanf(target, "/v1.%u%n", &v, &n) != 1)
		return fake_http_reply(conn, 404, "", "");
	if (v < e->min || v > e->max)
		return refuse(conn, e, v);
	target += n;
	if (!strcmp(target, "/containers/json") || !strcmp(target, "/containers/json?all=1"))
		return answer_list(conn, e, strchr(target, '?') != NULL);
	if (!strcmp(target, "/containers/" A "/json") || !strcmp(target, "/containers/web/json"))
		return fake_http_reply(conn, 200, "", inspect);
	if (!strcmp(target, "/info")) {
		e->info_asked++;
		return fake_http_reply(conn, 200, "", "{\"CgroupDriver\":\"systemd\"}");
	}
	if (!strcmp(target, "/version")) {
		e->version_asked++;
		return fake_http_reply(conn, 200, "", e->version);
	}
	return fake_http_reply(conn, 404, "", "{\"message\":\"No such container\"}");
}

struct fixture {
	char dir[40];
	struct fake_http server;
	struct engine engine;
	struct cgm_root *root;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f)
		return -1;
	memcpy(f->dir, "/tmp/cgm-engine-XXXXXX", sizeof "/tmp/cgm-engine-XXXXXX");
	f->engine = (struct engine){
		.min = 12,
		.max = 41,
		.headers = "Api-Version: 1.41\r\nServer: Docker/20.10.24 (linux)\r\n",
		.version = "{}",
		.list_status = 200,
	};
	*state = f;
	return mkdtemp(f->dir) && !cgm_root_open(NULL, &f->root, NULL) &&
			       fake_http_start(&f->server, f->dir, answer, &f->engine)
		       ? 0
		       : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[100];

	fake_http_stop(&f->server);
	cgm_root_free(f->root);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", f->dir);
	free(f);
	return system(command);
}

static void put(const struct fixture *f, const char *dir, const char *name, const char *text)
{
	char path[300];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/%s", f->dir, dir);
	(void)mkdir(path, 0755);
	(void)snprintf(path, sizeof path, "%s/%s/%s", f->dir, dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0755), 0);
}

static int open_at(const struct cgm_root *root, const char *host, struct cgm_engine **ret,
		   struct cgm_err *err)
{
	struct cgm_engine_address a = {0};
	int rc;

	assert_int_equal(cgm_engine_address(host, CGM_ENGINE_AUTO, &a, NULL), 0);
	rc = cgm_engine_open(root, &a, ret, err);
	cgm_engine_address_clear(&a);
	return rc;
}

static struct cgm_engine *open_engine(const struct fixture *f)
{
	struct cgm_engine *e = NULL;
	struct cgm_err err = {0};
	char url[120];

	(void)snprintf(url, sizeof url, "unix://%s", f->server.path);
	if (open_at(f->root, url, &e, &err))
		fail_msg("%s", err.msg);
	return e;
}

static void test_list_and_inspect(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e = open_engine(f);
	struct cgm_containers l = {0};
	struct cgm_container gone = {.target = {.id = strdup(C)}}, odd = {0};
	struct cgm_err err = {0};

	assert_string_equal(cgm_engine_name(e), "docker");
	assert_int_equal(cgm_engine_list(e, false, &l, NULL), 0);
	assert_int_equal(l.n, 1);
	cgm_containers_clear(&l);
	assert_int_equal(cgm_engine_list(e, true, &l, NULL), 0);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.v[1].target.engine, "docker");
	assert_int_equal(cgm_engine_inspect(e, &l.v[0], NULL), 0);
	assert_int_equal(l.v[0].target.pid, 4711);
	assert_int_equal(l.v[0].target.restarts.v, 2);
	/* gone between list and inspect */
	assert_int_equal(cgm_engine_inspect(e, &gone, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "404: No such container"));
	assert_int_equal(cgm_engine_inspect(e, &odd, NULL), -EINVAL);
	odd.target.id = strdup("../../info");
	assert_int_equal(cgm_engine_inspect(e, &odd, NULL), -EINVAL);
	/* asked once */
	assert_string_equal(cgm_engine_cgroup_driver(e), "systemd");
	assert_string_equal(cgm_engine_cgroup_driver(e), "systemd");
	assert_int_equal(f->engine.info_asked, 1);
	assert_int_equal(f->engine.version_asked, 0);
	assert_int_equal(f->server.accepted, 1);
	cgm_container_clear(&gone);
	cgm_container_clear(&odd);
	cgm_containers_clear(&l);
	cgm_engine_free(e);
}

/* By what a user types; what could be a path or a query of the engine's is never sent. */
static void test_by_name(void **state)
{
	static const char *const never[] = {"", ".", "../info", "web/json", "we b", "web?x", "-"};
	struct fixture *f = *state;
	struct cgm_engine *e = open_engine(f);
	struct cgm_container c = {0};
	struct cgm_err err = {0};
	char longest[300];

	assert_int_equal(cgm_engine_inspect_name(e, "web", &c, NULL), 0);
	assert_string_equal(c.target.id, A);
	assert_string_equal(c.target.engine, "docker");
	assert_int_equal(c.target.pid, 4711);
	assert_true(c.inspected);
	cgm_container_clear(&c);
	assert_int_equal(cgm_engine_inspect_name(e, "wed", &c, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "404: No such container"));
	for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
		assert_int_equal(cgm_engine_inspect_name(e, never[i], &c, &err), -ENOENT);
		assert_string_equal(err.msg, "no name of a container");
	}
	memset(longest, 'a', sizeof longest);
	longest[256] = '\0';
	assert_int_equal(cgm_engine_inspect_name(e, longest, &c, &err), -ENOENT);
	assert_string_equal(err.msg, "no name of a container");
	longest[255] = '\0';
	assert_int_equal(cgm_engine_inspect_name(e, longest, &c, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "404"));
	assert_null(c.target.id);
	cgm_engine_free(e);
}

static void test_versions(void **state)
{
	static const struct {
		unsigned min, max;
		const char *headers;
		unsigned refused;
	} daemons[] = {
		{12, 24, "Server: Docker/1\r\nApi-Version: 1.24\r\n", 0},
		{44, 52, "Server: Docker/1\r\nApi-Version: 1.52\r\n", 0},
		{50, 60, "Server: Docker/1\r\nApi-Version: 1.60\r\n", 1},
		{12, 41, "Server: Docker/1\r\n", 1}, /* a proxy took the header */
		{50, 60, "Server: Docker/1\r\n", 1},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof daemons / sizeof *daemons; i++) {
		struct cgm_containers l = {0};
		struct cgm_engine *e;

		f->engine.min = daemons[i].min;
		f->engine.max = daemons[i].max;
		f->engine.headers = daemons[i].headers;
		f->engine.refused = 0;
		e = open_engine(f);
		assert_int_equal(cgm_engine_list(e, false, &l, NULL), 0);
		assert_int_equal(l.n, 1);
		cgm_containers_clear(&l);
		assert_int_equal(cgm_engine_list(e, false, &l, NULL), 0);
		assert_int_equal(f->engine.refused, daemons[i].refused);
		cgm_containers_clear(&l);
		cgm_engine_free(e);
	}
}

/* Refused for ever: asked twice, no more. */
static void test_version_never(void **state)
{
	struct fixture *f = *state;
	struct cgm_containers l = {0};
	struct cgm_engine *e = open_engine(f);
	struct cgm_err err = {0};

	f->engine.min = 99;
	f->engine.max = 98;
	assert_int_equal(cgm_engine_list(e, false, &l, &err), -EPROTO);
	assert_int_equal(f->engine.refused, 2);
	assert_non_null(strstr(err.msg, "HTTP 400"));
	cgm_engine_free(e);
}

static void test_podman(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e;

	f->engine.headers = "Server: Libpod/4.3.1 (linux)\r\nApi-Version: 1.41\r\n";
	e = open_engine(f);
	assert_string_equal(cgm_engine_name(e), "podman");
	assert_int_equal(f->engine.version_asked, 0);
	cgm_engine_free(e);
	f->engine.headers = "Api-Version: 1.41\r\n";
	f->engine.version = "{\"Components\":[{\"Name\":7},{\"Name\":\"Podman Engine\"}]}";
	e = open_engine(f);
	assert_string_equal(cgm_engine_name(e), "podman");
	cgm_engine_free(e);
	f->engine.version = "{\"Components\":[{\"Name\":\"Engine\"}]}";
	e = open_engine(f);
	assert_string_equal(cgm_engine_name(e), "docker");
	assert_int_equal(f->engine.version_asked, 2);
	cgm_engine_free(e);
}

static void test_refusals(void **state)
{
	static const int statuses[][2] = {
		{401, -EACCES}, {403, -EACCES}, {404, -ENOENT}, {500, -EIO},
		{503, -EAGAIN}, {302, -EPROTO}, {400, -EPROTO},
	};
	struct fixture *f = *state;
	struct cgm_engine *e = open_engine(f);

	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		struct cgm_containers l = {.n = 7};
		struct cgm_err err = {0};

		f->engine.list_status = statuses[i][0];
		assert_int_equal(cgm_engine_list(e, false, &l, &err), statuses[i][1]);
		assert_int_equal(err.code, -statuses[i][1]);
		assert_non_null(strstr(err.msg, "no \\x1b[31mway"));
		assert_int_equal(l.n, 7);
	}
	cgm_engine_free(e);
}

static void test_saved(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e = NULL;
	struct cgm_containers l = {0};
	struct cgm_root *root = NULL;
	char list[500];

	(void)snprintf(list, sizeof list, "[%s,%s]", running, exited);
	put(f, "docker", "containers.json", list);
	put(f, "docker", "info.json", "{\"CgroupDriver\":\"cgroupfs\"}");
	put(f, "docker", "inspect-" A ".json", inspect);
	assert_int_equal(cgm_root_open(f->dir, &root, NULL), 0);
	/* nobody is asked */
	assert_int_equal(open_at(root, "tcp://127.0.0.1:1", &e, NULL), 0);
	assert_string_equal(cgm_engine_name(e), "docker");
	assert_string_equal(cgm_engine_cgroup_driver(e), "cgroupfs");
	assert_int_equal(cgm_engine_list(e, false, &l, NULL), 0);
	assert_int_equal(l.n, 1);
	assert_int_equal(cgm_engine_inspect(e, &l.v[0], NULL), 0);
	assert_int_equal(l.v[0].target.pid, 4711);
	cgm_containers_clear(&l);
	assert_int_equal(cgm_engine_list(e, true, &l, NULL), 0);
	assert_int_equal(l.n, 2);
	assert_int_equal(cgm_engine_inspect(e, &l.v[1], NULL), -ENOENT);
	cgm_containers_clear(&l);
	cgm_engine_free(e);
	put(f, "docker", "version", "{\"Components\":[{\"Name\":\"Podman Engine\"}]}");
	assert_int_equal(open_at(root, NULL, &e, NULL), 0);
	assert_string_equal(cgm_engine_name(e), "podman");
	cgm_engine_free(e);
	cgm_root_free(root);
}

/* A host that is mounted somewhere: its sockets are looked for beneath. */
static void test_mounted_root(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e = NULL;
	struct cgm_root *root = NULL;
	char from[120], to[140];
	struct cgm_err err = {0};

	assert_int_equal(cgm_root_open(f->dir, &root, NULL), 0);
	assert_int_equal(open_at(root, "unix:///none.sock", &e, &err), -ENOENT);
	assert_non_null(strstr(err.msg, f->dir));
	(void)snprintf(to, sizeof to, "%s/run", f->dir);
	assert_int_equal(mkdir(to, 0755), 0);
	(void)snprintf(to, sizeof to, "%s/var", f->dir);
	assert_int_equal(mkdir(to, 0755), 0);
	(void)snprintf(to, sizeof to, "%s/var/run", f->dir);
	assert_int_equal(symlink("/run", to), 0);
	(void)snprintf(from, sizeof from, "%s", f->server.path);
	(void)snprintf(to, sizeof to, "%s/run/docker.sock", f->dir);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(open_at(root, NULL, &e, &err), 0);
	cgm_engine_free(e);
	assert_int_equal(open_at(root, "unix:///var/run/docker.sock", &e, &err), 0);
	cgm_engine_free(e);
	/* named, and not there: as it is */
	(void)snprintf(from, sizeof from, "unix://%.80s/run/docker.sock", f->dir);
	assert_int_equal(open_at(root, from, &e, &err), 0);
	cgm_engine_free(e);
	cgm_root_free(root);
}

/* A path that does not fit into a socket's address. */
static void test_long_path(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e = NULL;
	char dir[200], path[300];

	(void)snprintf(dir, sizeof dir, "%s/%0120d", f->dir, 0);
	assert_int_equal(mkdir(dir, 0755), 0);
	(void)snprintf(path, sizeof path, "unix://%s/s", dir);
	assert_int_equal(open_at(f->root, path, &e, NULL), -ENOENT);
	assert_int_equal(rename(f->server.path, path + 7), 0);
	assert_int_equal(open_at(f->root, path, &e, NULL), 0);
	cgm_engine_free(e);
}

/* Stands in for ssh: notes its arguments, and is the far engine itself. */
static const char ssh[] =
	"#!/bin/sh\necho \"$@\" >\"$0.args\"; cr=$(printf '\\r')\n"
	"while read -r method path rest; do\n"
	"	while read -r line && [ \"$line\" != \"$cr\" ]; do :; done\n"
	"	case $path in */containers/json*) b='[]' ;; *) b=OK ;; esac\n"
	"	printf 'HTTP/1.1 200 OK\\r\\nApi-Version: 1.41\\r\\nServer: Docker/1\\r\\n'\n"
	"	printf 'Content-Length: %d\\r\\n\\r\\n%s' ${#b} \"$b\"\n"
	"done\n";

static void test_ssh(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e = NULL;
	struct cgm_containers l = {.n = 7};
	struct cgm_err err = {0};
	char path[300], line[200] = "", *old = strdup(getenv("PATH"));
	FILE *args;

	put(f, "bin", "ssh", ssh);
	(void)snprintf(path, sizeof path, "%s/bin:/usr/bin:/bin", f->dir);
	assert_int_equal(setenv("PATH", path, 1), 0);
	if (open_at(f->root, "ssh://me@far:2222", &e, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(cgm_engine_list(e, true, &l, NULL), 0);
	assert_int_equal(l.n, 0);
	cgm_engine_free(e);
	(void)snprintf(path, sizeof path, "%s/bin/ssh.args", f->dir);
	args = fopen(path, "r");
	assert_non_null(args);
	assert_non_null(fgets(line, sizeof line, args));
	assert_string_equal(line, "-T -o ConnectTimeout=20 -p 2222 -- me@far docker system "
				  "dial-stdio\n");
	(void)fclose(args);
	put(f, "bin", "ssh", "#!/bin/sh\necho 'Permission denied (publickey).' >&2\nexit 255\n");
	assert_int_equal(open_at(f->root, "ssh://far", &e, &err), -ECONNREFUSED);
	assert_non_null(strstr(err.msg, "ssh: Permission denied (publickey)."));
	(void)setenv("PATH", old, 1);
	free(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_list_and_inspect, setup, teardown),
		cmocka_unit_test_setup_teardown(test_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(test_versions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_version_never, setup, teardown),
		cmocka_unit_test_setup_teardown(test_podman, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_saved, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mounted_root, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_path, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ssh, setup, teardown),
	};

	(void)unsetenv("DOCKER_HOST");
	(void)unsetenv("DOCKER_CONTEXT");
	(void)unsetenv("XDG_RUNTIME_DIR");
	(void)setenv("DOCKER_CONFIG", "/nonexistent", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
