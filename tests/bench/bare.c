/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least that a C program does to read files of the groups below a folder, to compare with:
 *
 *   bare once  ROUNDS DIR FILE...   open, read, close
 *   bare again ROUNDS DIR FILE...   descriptors kept, pread; past the descriptor limit as "once"
 *
 * Nothing is parsed. Prints nanoseconds of processor time for one group in one round.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define GROUPS_MAX 10000
#define FILES_MAX  16
#define FDS_LEFT   256

static char *groups[GROUPS_MAX];
static int fds[GROUPS_MAX][FILES_MAX];
static int n_groups;
static char buf[16384];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void list(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d) {
		perror(dir);
		exit(1);
	}
	while ((e = readdir(d)))
		if (e->d_type == DT_DIR && e->d_name[0] != '.' && n_groups < GROUPS_MAX)
			groups[n_groups++] = strdup(e->d_name);
	closedir(d);
}

static int open_file(const char *dir, const char *group, const char *file)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s/%s", dir, group, file);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void read_file(const char *dir, const char *group, const char *file)
{
	int fd = open_file(dir, group, file);

	if (fd < 0 || read(fd, buf, sizeof buf) < 0)
		exit(1);
	close(fd);
}

static void read_once(const char *dir, char **files, int n_files)
{
	for (int g = 0; g < n_groups; g++)
		for (int f = 0; f < n_files; f++)
			read_file(dir, groups[g], files[f]);
}

static void open_all(const char *dir, char **files, int n_files)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	for (int g = 0; g < n_groups; g++) {
		for (int f = 0; f < n_files; f++) {
			fds[g][f] = open_file(dir, groups[g], files[f]);
			if (fds[g][f] < (int)limit.rlim_cur - FDS_LEFT)
				continue;
			close(fds[g][f]);
			fds[g][f] = -1;
		}
	}
}

static void read_again(const char *dir, char **files, int n_files)
{
	for (int g = 0; g < n_groups; g++) {
		for (int f = 0; f < n_files; f++) {
			if (fds[g][f] < 0)
				read_file(dir, groups[g], files[f]);
			else if (pread(fds[g][f], buf, sizeof buf, 0) < 0)
				exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	int rounds, again, n_files = argc - 4;
	double start;

	if (argc < 5 || n_files > FILES_MAX)
		return 2;
	again = strcmp(argv[1], "again") == 0;
	rounds = (int)strtol(argv[2], NULL, 10);
	list(argv[3]);
	if (n_groups == 0)
		return 1;
	if (again) {
		open_all(argv[3], argv + 4, n_files);
		read_again(argv[3], argv + 4,
			   n_files); /* the first reading of a descriptor allocates */
	}
	start = now();
	for (int i = 0; i < rounds; i++) {
		if (again)
			read_again(argv[3], argv + 4, n_files);
		else
			read_once(argv[3], argv + 4, n_files);
	}
	printf("%.0f\n", (now() - start) / rounds / n_groups);
	return 0;
}
