/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container engine for tests: speaks enough of Docker's API over a unix socket that the docker
 * CLI lists, inspects and `docker stats --no-stream` what the files of a folder say, and misbehaves
 * when asked to.
 *
 *   fake_engine [options] SOCKET
 *     -d DIR       answers: _ping (body), version, info.json, containers.json, containers-all.json
 *                  (for all=1; else containers.json), inspect-ID.json, stats-ID.json, events.json;
 *                  a container may be asked for by a prefix of its id, or by its name when there
 *                  is an inspect-ID.json; what is missing is 404, /_ping and /version answer anyway
 *     -m MODE      how to answer (default "serve"); see modes[] below
 *     -p TEXT      only requests whose target contains TEXT are treated by MODE, others are served
 *     -a VERSION   header Api-Version (default 1.41; "none" leaves it out)
 *     -r MIN:MAX   (1.24:1.41) refuse other versions with 400 as dockerd does
 *     -s SERVER    header Server (default "Docker/20.10.24 (linux)"; "none" leaves it out)
 *     -l FILE      append each request line to FILE
 *
 * The socket appears (by rename) once it can be connected to. One process a connection; ends on
 * SIGTERM or when its standard input is closed, if that is a pipe.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fake_engine.h"
#include "fake_engine_wrong.h"

struct mode {
	const char *name;
	void (*answer)(int fd, const struct request *r);
};

static const char *dir = ".", *only, *log_file;
static unsigned version_min, version_max;

static char *load(const char *name, size_t *ret_len)
{
	char path[4096];
	struct stat st;
	size_t n = 0;
	char *s = NULL;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "re");
	if (!f)
		return NULL;
	if (fstat(fileno(f), &st) < 0 || !(s = malloc((size_t)st.st_size + 1)))
		die(path);
	n = fread(s, 1, (size_t)st.st_size, f);
	s[n] = '\0';
	fclose(f);
	*ret_len = n;
	return s;
}

/* False: there is no such file. */
static bool answer_file(int fd, const struct request *r, const char *name)
{
	size_t n;
	char *s = load(name, &n);

	if (!s)
		return false;
	answer(fd, r, 200, s, n);
	free(s);
	return true;
}

/* True when inspect file @file is of the container named @name. */
static bool is_named(const char *file, const char *name)
{
	char want[1100];
	size_t n;
	char *s = load(file, &n);
	bool yes;

	snprintf(want, sizeof want, "\"Name\":\"/%s\"", name);
	yes = s && strstr(s, want);
	free(s);
	return yes;
}

static bool is_answer(const char *file)
{
	size_t len = strlen(file);

	return (!strncmp(file, "inspect-", 8) || !strncmp(file, "stats-", 6)) && len < 290 &&
	       !strcmp(file + len - 5, ".json");
}

/*
 * The file of @kind for container @ref: the whole id, a prefix of it, or a name; docker's own
 * clients ask by all three. Ids have to be unambiguous.
 */
static bool find_container(const char *kind, const char *ref, char *ret, size_t cap)
{
	const struct dirent *d;
	DIR *all = opendir(dir);
	bool found = false;

	if (!all)
		return false;
	for (int by_name = 0; by_name < 2 && !found; by_name++) {
		rewinddir(all);
		while (!found && (d = readdir(all))) {
			if (!is_answer(d->d_name))
				continue;
			found = by_name ? is_named(d->d_name, ref)
					: !strncmp(strchr(d->d_name, '-') + 1, ref, strlen(ref));
			if (found)
				snprintf(ret, cap, "%s%s", kind, strchr(d->d_name, '-'));
		}
	}
	closedir(all);
	return found;
}

/* /containers/ID/json -> inspect-ID.json. */
static bool answer_container(int fd, const struct request *r)
{
	static const char *const kinds[][2] = {{"/json", "inspect"}, {"/stats", "stats"}};
	const char *id = r->path + strlen("/containers/");
	size_t len = strcspn(id, "/");
	char ref[1024], name[400];

	snprintf(ref, sizeof ref, "%.*s", (int)len, id);
	for (size_t i = 0; i < 2; i++)
		if (len && !strcmp(id + len, kinds[i][0]))
			return find_container(kinds[i][1], ref, name, sizeof name) &&
			       answer_file(fd, r, name);
	return false;
}

static void serve(int fd, const struct request *r)
{
	char version[128];

	snprintf(version, sizeof version,
		 "{\"Version\":\"20.10.24\",\"ApiVersion\":\"%s\",\"MinAPIVersion\":\"1.12\","
		 "\"Os\":\"linux\",\"Arch\":\"amd64\"}",
		 api);
	if (!strcmp(r->path, "/_ping")) {
		if (!answer_file(fd, r, "_ping"))
			answer_text(fd, r, 200, "OK");
	} else if (!strcmp(r->path, "/version")) {
		if (!answer_file(fd, r, "version"))
			answer_text(fd, r, 200, version);
	} else if (!strcmp(r->path, "/info") && answer_file(fd, r, "info.json")) {
		return;
	} else if (!strcmp(r->path, "/containers/json")) {
		if (!(r->all && answer_file(fd, r, "containers-all.json")) &&
		    !answer_file(fd, r, "containers.json"))
			answer_text(fd, r, 200, "[]");
	} else if (!strncmp(r->path, "/containers/", 12) && answer_container(fd, r)) {
		return;
	} else if (!strcmp(r->path, "/events")) {
		if (!answer_file(fd, r, "events.json")) {
			head(fd, 200, "application/json", -1);
			hang(fd, r);
		}
	} else {
		answer_text(fd, r, 404, "{\"message\":\"no such thing here\"}");
	}
}

/* Serves one request well and then closes, without saying so: a client must connect again. */
static void once(int fd, const struct request *r)
{
	serve(fd, r);
	_exit(0);
}

static const struct mode modes[] = {
	{"serve", serve},
	{"hang", hang},			      /* accepts, reads, never answers */
	{"garbage", garbage},		      /* 4 KiB that are no HTTP */
	{"nojson", no_json},		      /* 200 with a page of HTML */
	{"endless", endless},		      /* a list that never ends */
	{"endless-headers", endless_headers}, /* headers that never end */
	{"big", big},			      /* 100 MB of valid JSON */
	{"slow", slow},			      /* one byte a second */
	{"deep", deep},			      /* 100,000 nested lists */
	{"cut", cut},			      /* closes in the middle of a body */
	{"broken", broken},		      /* 500 */
	{"close", closes},		      /* closes without an answer */
	{"once", once},			      /* one request a connection, unannounced */
};

static const struct mode *mode = modes;

static void note(const struct request *r)
{
	char line[1100];
	int fd, n;

	if (!log_file)
		return;
	fd = open(log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	n = snprintf(line, sizeof line, "%s %s\n", r->method, r->target);
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		die(log_file);
	close(fd);
}

static void refuse_version(int fd, const struct request *r)
{
	char text[256];
	bool old = r->version < version_min;

	snprintf(text, sizeof text,
		 "{\"message\":\"client version 1.%u is too %s. %s supported API version is "
		 "1.%u%s\"}\n",
		 r->version, old ? "old" : "new", old ? "Minimum" : "Maximum",
		 old ? version_min : version_max,
		 old ? ", please upgrade your client to a newer version" : "");
	answer_text(fd, r, 400, text);
}

static void converse(int fd)
{
	static char buf[HEAD_MAX + 1];
	struct request r;
	size_t have = 0;

	while (next_request(fd, buf, &have, &r)) {
		note(&r);
		if (r.version && version_max &&
		    (r.version < version_min || r.version > version_max))
			refuse_version(fd, &r);
		else if (!only || strstr(r.target, only))
			mode->answer(fd, &r);
		else
			serve(fd, &r);
		if (!r.keep)
			break;
	}
}

static int listen_at(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char temp[sizeof a.sun_path];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || (size_t)snprintf(temp, sizeof temp, "%s.new", path) >= sizeof temp) {
		errno = fd < 0 ? errno : ENAMETOOLONG;
		die(path);
	}
	unlink(temp);
	memcpy(a.sun_path, temp, strlen(temp) + 1);
	if (bind(fd, (const struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 512) < 0 ||
	    rename(temp, path) < 0)
		die(path);
	return fd;
}

static const struct mode *find_mode(const char *name)
{
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	fprintf(stderr, "fake_engine: no mode \"%s\"; there are:", name);
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		fprintf(stderr, " %s", modes[i].name);
	fprintf(stderr, "\n");
	exit(2);
}

static void options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "d:m:p:a:r:s:l:")) != -1) {
		if (c == 'd')
			dir = optarg;
		else if (c == 'm')
			mode = find_mode(optarg);
		else if (c == 'p')
			only = optarg;
		else if (c == 'a')
			api = optarg;
		else if (c == 's')
			server = optarg;
		else if (c == 'l')
			log_file = optarg;
		else if (c != 'r' || sscanf(optarg, "1.%u:1.%u", &version_min, &version_max) != 2)
			exit(2);
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "usage: fake_engine [options] SOCKET\n");
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct stat st;
	bool watch_stdin;
	int fd;

	options(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	fd = listen_at(argv[optind]);
	watch_stdin = fstat(0, &st) == 0 && S_ISFIFO(st.st_mode);
	for (;;) {
		struct pollfd p[2] = {{.fd = fd, .events = POLLIN},
				      {.fd = watch_stdin ? 0 : -1, .events = POLLIN}};
		int conn;

		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents)
			return 0;
		conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (conn < 0)
			continue;
		if (fork() == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
			close(fd);
			converse(conn);
			_exit(0);
		}
		close(conn);
	}
}
